import type { CustomSeriesRenderItemReturn, SeriesOption } from 'echarts'
import { FONTS } from '../chart.ts'

/** A coloured cell of a chart with rows for categories: from one time to another. */
export interface Rectangle {
  from: number
  to: number
  row: number
  colour: string
  label?: { text: string; colour: string }
}

/**
 * Cells over time.
 * @param rowPart the share of the row's height that a cell takes
 * @param gap pixels between two cells of a row
 */
export const rectangles = (
  cells: readonly Rectangle[],
  { rowPart, gap }: { rowPart: number; gap: number },
): SeriesOption => ({
  type: 'custom',
  clip: true,
  data: cells.map(({ from, row }) => [from, row]),
  encode: { x: 0, y: 1 },
  renderItem: ({ dataIndex }, api) => {
    const { from, to, row, colour, label } = cells[dataIndex] as Rectangle
    const [x = 0, middle = 0] = api.coord([from, row])
    const [end = 0] = api.coord([to, row])
    const rowHeight = ([api.size?.([0, 1])].flat()[1] ?? 0) as number
    const height = rowHeight * rowPart
    const item = {
      type: 'rect',
      shape: { x, y: middle - height / 2, width: Math.max(end - x - gap, 1), height },
      style: { fill: colour },
      textContent: label && {
        style: { text: label.text, fill: label.colour, fontSize: 12, fontFamily: FONTS },
      },
      textConfig: { position: 'insideLeft', distance: 6 },
    }
    return item as CustomSeriesRenderItemReturn
  },
})
