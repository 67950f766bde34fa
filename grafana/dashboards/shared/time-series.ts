import {
  AxisPlacement,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  LineStyleBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { COLOURS } from './colours.ts'
import { type PanelParts, withParts } from './panels.ts'

/** Names only, side by side: for more series than fit into a table, to which Grafana gives a third of the panel. */
export const names = () =>
  new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .calcs([])

/** Series with their last and highest value. */
const table = () => names().displayMode(LegendDisplayMode.Table).calcs(['lastNotNull', 'max'])

function timeSeries(parts: PanelParts) {
  return (
    withParts(new PanelBuilder(), parts)
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
      // By index: the first colours of this palette are distinct, for colour-blind people too. By name they would be
      // random ones of sixty, many of which are nearly or entirely equal.
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
      .axisPlacement(AxisPlacement.Auto)
      .showPoints(VisibilityMode.Never)
      .lineWidth(2)
      // A time without scrapes is shown as a gap.
      .spanNulls(false)
  )
}

/** A line for each series. */
export const lines = (parts: PanelParts) => timeSeries(parts).fillOpacity(5).legend(table())

/** Lines on top of each other, for parts of a whole. */
export const stacked = (parts: PanelParts) =>
  timeSeries(parts)
    .lineWidth(1)
    .fillOpacity(65)
    .min(0)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
    .legend(names())

/** Rare events, as bars of half a minute. */
export const events = (parts: PanelParts) =>
  timeSeries(parts)
    .drawStyle(GraphDrawStyle.Bars)
    .interval('30s')
    .lineWidth(1)
    .fillOpacity(65)
    .min(0)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
    .legend(names())

/** Properties of a series to compare with: a thin dashed line without a fill. */
export const referenceLine = (colour: string = COLOURS.reference) => [
  { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: colour } },
  { id: 'custom.lineStyle', value: new LineStyleBuilder().fill('dash').dash([8, 6]).build() },
  { id: 'custom.lineWidth', value: 1 },
  { id: 'custom.fillOpacity', value: 0 },
]

/** Properties of a series whose colour means something. */
export const inColour = (colour: string) => [
  { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: colour } },
]

interface Colourable {
  overrideByName(name: string, properties: { id: string; value: unknown }[]): this
}

/** Gives the series of the sentiments their colours. */
export function bySentiment<B extends Colourable>(panel: B): B {
  for (const sentiment of ['positive', 'neutral', 'negative', 'unknown'] as const)
    panel.overrideByName(sentiment, inColour(COLOURS[sentiment]))
  return panel
}
