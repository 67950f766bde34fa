import * as echarts from 'echarts'
import { Html } from '../../src/html/html.ts'
import type { Mark } from './answers.ts'
import { colourOf, THEME } from './colours.ts'
import { clock, dayTicks, type TimeRange } from './time.ts'

/** What a panel is drawn into, in pixels, and what it must know beside its series. */
export interface Frame {
  width: number
  height: number
  range: TimeRange
  /** Milliseconds between two points of a graph. */
  step: number
  marks: readonly Mark[]
}

/** The fonts of the page, which charts must have too. */
export const FONTS = "Inter, 'Noto Sans', 'Noto Sans CJK KR', 'Noto Color Emoji', sans-serif"

/** Roughly how wide a text is, in pixels: signs of East Asia and emoji are about twice as wide as letters. */
export function textWidth(text: string, size: number): number {
  let width = 0
  for (const sign of text) width += (sign.codePointAt(0) as number) > 0x2e80 ? size * 1.1 : size * 0.56
  return width
}

/** A chart as SVG. */
export function svg(
  option: echarts.EChartsOption,
  { width, height }: { width: number; height: number },
): Html {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: FONTS }, ...option })
    return new Html(chart.renderToSVGString())
  } finally {
    chart.dispose()
  }
}

const label = { color: THEME.faint, fontSize: 11 }

/** The axis of all graphs over time. */
export function timeAxis(range: TimeRange): echarts.XAXisComponentOption {
  const ticks = dayTicks(range)
  const at = ticks && { customValues: ticks }
  return {
    type: 'time',
    min: range.from,
    max: range.to,
    axisLabel: {
      ...label,
      ...at,
      formatter: time => clock(time, range),
      hideOverlap: true,
      showMinLabel: ticks !== undefined,
      showMaxLabel: ticks !== undefined,
    },
    axisLine: { show: false },
    axisTick: { show: false, ...at },
    splitLine: { show: true, lineStyle: { color: THEME.grid } },
    splitNumber: 6,
  }
}

/** The axis of values, with whatever writes them. */
export const valueAxis = (
  formatter: (value: number) => string,
  more: echarts.YAXisComponentOption = {},
): echarts.YAXisComponentOption =>
  ({
    type: 'value',
    axisLabel: { ...label, formatter },
    splitLine: { lineStyle: { color: THEME.grid } },
    splitNumber: 4,
    ...more,
  }) as echarts.YAXisComponentOption

/** The axis of rows with names. */
export const rowAxis = (names: string[], width: number): echarts.YAXisComponentOption => ({
  type: 'category',
  data: names,
  axisLabel: { ...label, width, overflow: 'truncate', interval: 0 },
  axisLine: { show: false },
  axisTick: { show: false },
})

/** Where a chart leaves room for the labels of its axes. */
export const ROOM = { left: 4, right: 20, top: 8, bottom: 4, containLabel: true }

/** A series that has no values, and is there for its marks: stretches of time, each with a bar at its foot. */
export const marked = (marks: readonly Mark[], { from, to }: TimeRange): echarts.SeriesOption => ({
  type: 'line',
  data: [],
  silent: true,
  markArea: {
    data: marks.map(mark => [
      {
        name: '',
        xAxis: Math.max(mark.from, from),
        itemStyle: { color: colourOf(mark.colour), opacity: 0.12 },
      },
      { xAxis: Math.min(mark.to, to) },
    ]),
  },
  markLine: {
    symbol: 'none',
    label: { show: false },
    data: marks.flatMap(mark =>
      [mark.from, mark.to].map(xAxis => ({
        xAxis,
        lineStyle: { color: colourOf(mark.colour), type: 'dashed' as const, width: 1, opacity: 0.9 },
      })),
    ),
  },
})
