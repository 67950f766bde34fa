import { HeatmapCellLayout } from '@grafana/grafana-foundation-sdk/common'
import {
  CellValuesBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  PanelBuilder,
  RowsHeatmapOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap'
import { type PanelParts, withParts } from './panels.ts'

/** The counts of a histogram's buckets over time. `unit` is that of the buckets, `cellUnit` that of the cells. */
export const heatmap = (parts: PanelParts, cellUnit: string, axisLabel: string) =>
  withParts(new PanelBuilder(), parts)
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        // From dark blue to yellow: it reads the same in grey, and to colour-blind people.
        .scheme('Cividis')
        .scale(HeatmapColorScale.Exponential)
        .exponent(0.5)
        .steps(64)
        .fill('dark-orange')
        .reverse(false),
    )
    .rowsFrame(new RowsHeatmapOptionsBuilder().layout(HeatmapCellLayout.Auto))
    .yAxis(new YAxisConfigBuilder().unit(parts.unit).axisLabel(axisLabel))
    .cellValues(new CellValuesBuilder().unit(cellUnit))
    .cellGap(1)
    .showLegend()
    // Wide enough cells that each holds some posts.
    .interval('5s')
    .maxDataPoints(120)
