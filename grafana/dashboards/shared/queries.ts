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

/** The course of an expression over the dashboard's time range. */
export const overTime = (expr: string, legend: string) => query(expr, legend).range()

/** An expression now. Not the last value of its course: if nothing is there any more, this says so. */
export const now = (expr: string, legend: string) => query(expr, legend).instant()

/** Buckets of a histogram by their bound, for a heat map. */
export const buckets = (expr: string) => query(expr, '{{le}}').range().format(PromQueryFormat.Heatmap)

/** Events a minute by those labels, of those that happen at all: hundreds of counters that stay 0 are no picture. */
export const eventsPerMinute = (counter: string, by: string) =>
  `60 * sum by (${by}) (rate(${counter}[$__rate_interval])) > 0`
