import type { Html } from '../../../src/html/html.ts'
import type { Series } from '../answers.ts'
import type { Frame } from '../chart.ts'
import type { Panel } from '../json.ts'
import { barGauge } from './bar-gauge.ts'
import { heatmap } from './heatmap.ts'
import { stat } from './stat.ts'
import { stateTimeline } from './state-timeline.ts'
import { table } from './table.ts'
import { timeSeries } from './time-series.ts'

/** Draws the content of a panel with at least one series. */
export type Draw = (panel: Panel, series: readonly Series[], frame: Frame) => Html

/** The function that draws each type of panel. */
export const PANELS: Readonly<Record<string, Draw>> = {
  timeseries: timeSeries,
  stat,
  bargauge: barGauge,
  heatmap,
  'state-timeline': stateTimeline,
  table,
}
