import {
  LegendDisplayMode,
  LegendPlacement,
  VisibilityMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  FieldColorBuilder,
  FieldColorModeId,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline'
import { PLAIN } from './colours.ts'
import { type PanelParts, withParts } from './panels.ts'

/** A row for each series, coloured by its state over time. The mapping names the values. */
export const states = (parts: PanelParts, mapping: ValueMapping) =>
  withParts(new PanelBuilder(), parts)
    .mappings([mapping])
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(PLAIN))
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.9)
    .fillOpacity(80)
    .lineWidth(0)
    // A state every few seconds is enough to see when it changed.
    .interval('5s')
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(false)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
