import { html } from '../../../src/html/html.ts'
import type { Series } from '../answers.ts'
import { type Frame, ROOM, rowAxis, svg, timeAxis } from '../chart.ts'
import { schemeColour, THEME } from '../colours.ts'
import type { Panel } from '../json.ts'
import { unitOf } from '../units.ts'
import { rectangles } from './rectangles.ts'

/** The height of the colour scale below the cells. */
const SCALE = 28

/** The number of observations in each bucket of a histogram (series with a label `le`) over time, as colours. */
export function heatmap(panel: Panel, series: readonly Series[], frame: Frame) {
  const { color = {}, cellGap = 1, yAxis = {}, cellValues = {}, legend = {} } = panel.options ?? {}
  if (color.mode !== 'scheme')
    throw new Error(
      'the preview draws heat maps with a colour scheme only: see tools/preview/panels/heatmap.ts',
    )
  const buckets = apart(series)
  const counts = buckets.flatMap(({ points }) => points.map(([, count]) => count)).filter(count => count > 0)
  const most = Math.max(...counts)
  // Linear: Grafana uses `scale` and `exponent` only in the mode "opacity".
  const colourAt = (part: number) => schemeColour(color.scheme, color.reverse ? 1 - part : part)
  const cells = buckets.flatMap(({ points }, row) =>
    points
      .filter(([, count]) => count > 0)
      .map(([at, count]) => ({ from: at - frame.step, to: at, row, colour: colourAt(count / most) })),
  )
  const bound = unitOf(yAxis.unit)
  const names = buckets.map(({ le }) => {
    const { text, suffix } = bound(le)
    return text + suffix
  })
  const scale = legend.show ? SCALE : 0
  const chart = svg(
    {
      grid: { ...ROOM, left: yAxis.axisLabel ? 22 : ROOM.left },
      xAxis: timeAxis(frame.range),
      yAxis: { ...rowAxis(names, 60), ...(yAxis.axisLabel ? axisTitle(yAxis.axisLabel) : {}) },
      series: [rectangles(cells, { rowPart: 1 - cellGap / 20, gap: cellGap })],
    },
    { width: frame.width, height: frame.height - scale },
  )
  const stops = Array.from({ length: 11 }, (_, i) => colourAt(i / 10)).join(', ')
  const end = unitOf(cellValues.unit)(most)
  return html`${chart}${
    scale > 0
      ? html`<div class="scale"><span>0</span><div style="background: linear-gradient(90deg, ${stops})"></div>
        <span>${end.text}${end.suffix}</span></div>`
      : null
  }`
}

const axisTitle = (name: string) =>
  ({ name, nameLocation: 'middle', nameGap: 44, nameTextStyle: { color: THEME.faint } }) as const

/** Buckets in order, without the counts of lower buckets: buckets of Prometheus are cumulative. */
function apart(series: readonly Series[]) {
  const buckets = series
    .map(({ labels, points }) => ({ le: Number((labels.le ?? '').replace('Inf', 'Infinity')), points }))
    .sort((a, b) => a.le - b.le)
  return buckets.map(({ le, points }, i) => {
    const below = new Map(buckets[i - 1]?.points)
    return { le, points: points.map(([at, count]): [number, number] => [at, count - (below.get(at) ?? 0)]) }
  })
}
