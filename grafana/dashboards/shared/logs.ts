import { LogsDedupStrategy, LogsSortOrder } from '@grafana/grafana-foundation-sdk/common'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/logs'
import { DataqueryBuilder, QueryEditorMode } from '@grafana/grafana-foundation-sdk/loki'
import { LOKI_SOURCE } from './data-source.ts'
import type { PanelParts } from './panels.ts'

/** The maximum of lines; the newest are shown. */
const MOST_LINES = 200

/** What a panel of lines must have. A line has no unit. */
interface LogParts extends Omit<PanelParts, 'unit' | 'queries'> {
  /** In LogQL. */
  query: string
}

/** Lines of Loki, the newest first. A click on one shows its labels and metadata. */
export const logs = ({ title, description, width, empty, query }: LogParts) =>
  new PanelBuilder()
    .title(title)
    .description(description)
    .noValue(empty)
    .datasource(LOKI_SOURCE)
    .span(width)
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .dedupStrategy(LogsDedupStrategy.None)
    .sortOrder(LogsSortOrder.Descending)
    .withTarget(
      new DataqueryBuilder()
        .datasource(LOKI_SOURCE)
        .editorMode(QueryEditorMode.Code)
        .queryType('range')
        .expr(query)
        .maxLines(MOST_LINES)
        .refId('A'),
    )
