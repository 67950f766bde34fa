import {
  DataqueryBuilder,
  PromQueryFormat,
  QueryEditorMode,
} from '@grafana/grafana-foundation-sdk/prometheus'
import { DATA_SOURCE } from './data-source.ts'

/** A query written over several lines, as the one line that the editor shows. */
const oneLine = (expr: string) => expr.trim().replace(/\s+/g, ' ')

const query = (expr: string, legend: string) =>
  new DataqueryBuilder()
    .datasource(DATA_SOURCE)
    .editorMode(QueryEditorMode.Code)
    .expr(oneLine(expr))
    .legendFormat(legend)

/** An expression over the dashboard's time range. */
export const overTime = (expr: string, legend: string) => query(expr, legend).range()

/** An expression now. Unlike the last value of a range, it has no value if its series no longer exists. */
export const now = (expr: string, legend: string) => query(expr, legend).instant()

/** Buckets of a histogram by their bound, for a heat map. */
export const buckets = (expr: string) => query(expr, '{{le}}').range().format(PromQueryFormat.Heatmap)

/** Events a minute by labels, without the counters that stay 0, of which there may be hundreds. */
export const eventsPerMinute = (counter: string, by: string) =>
  `60 * sum by (${by}) (rate(${counter}[$__rate_interval])) > 0`
