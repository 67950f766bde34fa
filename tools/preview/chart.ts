import * as echarts from 'echarts'
import { Html } from '../../src/html/html.ts'
import type { Mark } from './answers.ts'
import { colourOf, THEME } from './colours.ts'
import { clock, dayTicks, type TimeRange } from './time.ts'

/** The size of a panel's drawing area in pixels, and the context for drawing its series. */
export interface Frame {
  width: number
  height: number
  range: TimeRange
  /** The distance of two points of a graph, in milliseconds. */
  step: number
  marks: readonly Mark[]
}

/** The fonts of the page, for charts. */
export const FONTS = "Inter, 'Noto Sans', 'Noto Sans CJK KR', 'Noto Color Emoji', sans-serif"

/** The approximate width of a text in pixels: East Asian characters and emoji are about twice as wide as letters. */
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

/** The time axis of all graphs. */
export function timeAxis(range: TimeRange): echarts.XAXisComponentOption {
  const ticks = dayTicks(range)
  const at = ticks && { customValues: ticks }
  return {
    type: 'time',
    min: range.from,
    max: range.to,
    // Bars are cut off at the ends of the range, instead of making it longer.
    containShape: false,
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

/** The axis of values, with the given format. */
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

/** The axis of named rows. */
export const rowAxis = (names: string[], width: number): echarts.YAXisComponentOption => ({
  type: 'category',
  data: names,
  axisLabel: { ...label, width, overflow: 'truncate', interval: 0 },
  axisLine: { show: false },
  axisTick: { show: false },
})

/** The margins of a chart for the labels of its axes. */
export const ROOM = { left: 4, right: 20, top: 8, bottom: 4, containLabel: true }

/** A series without values, only for its marks: stretches of time, each with a bar at the bottom. */
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
