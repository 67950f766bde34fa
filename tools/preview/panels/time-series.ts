import type { CustomSeriesRenderItemReturn, LineSeriesOption, SeriesOption } from 'echarts'
import { html } from '../../../src/html/html.ts'
import type { Series } from '../answers.ts'
import { type Frame, marked, ROOM, svg, timeAxis, valueAxis } from '../chart.ts'
import { colourFor, fieldConfigOf } from '../field.ts'
import type { FieldConfig, Panel } from '../json.ts'
import type { TimeRange } from '../time.ts'
import { unitOf } from '../units.ts'
import { legend } from './legend.ts'

/** Lines, stacked lines or bars over time. */
export function timeSeries(panel: Panel, series: readonly Series[], frame: Frame) {
  const entries = series.map(({ name, points }, index) => {
    const config = fieldConfigOf(panel, name)
    const values = points.map(([, value]) => value).filter(value => !Number.isNaN(value))
    return { name, config, values, points, colour: colourFor(config, name, index, values.at(-1) ?? 0) }
  })
  const below = legend(panel, entries, frame)
  const defaults = panel.fieldConfig?.defaults ?? {}
  const times = timesOf(series, frame.step)
  const chart = svg(
    {
      grid: ROOM,
      xAxis: timeAxis(frame.range),
      yAxis: axis(defaults, Math.max(...entries.flatMap(({ values }) => values))),
      series: [
        ...entries.map(({ points, config, colour }) => drawn(onTimes(points, times), config, colour)),
        ...bands(entries, times),
        softLimits(defaults, frame.range),
        marked(frame.marks, frame.range),
      ],
    },
    { width: frame.width, height: frame.height - below.height },
  )
  return html`${chart}${below.markup}`
}

/** The number of intervals of a scale with given ends. */
const PARTS = 4

/** Values with their unit. Ticks of bytes are at multiples of a power of two, so that they are whole KiB or MiB. */
function axis({ unit, decimals, min, max }: FieldConfig, highest: number) {
  const show = unitOf(unit)
  const write = (value: number) => {
    const { text, suffix } = show(value, decimals)
    return (decimals === undefined && text.includes('.') ? text.replace(/\.?0+$/, '') : text) + suffix
  }
  const interval = 2 ** Math.ceil(Math.log2(highest / 4))
  const inBytes = unit === 'bytes' && interval > 0 && Number.isFinite(interval)
  return valueAxis(write, {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    // A scale with two ends has whole parts.
    ...(min === undefined || max === undefined ? {} : { interval: (max - min) / PARTS }),
    ...(inBytes ? { interval, max: Math.ceil(highest / interval) * interval } : {}),
  })
}

/** Extends the axis to the usual range of values by two invisible points. */
const softLimits = ({ custom = {} }: FieldConfig, { from }: TimeRange): SeriesOption => ({
  type: 'scatter',
  symbolSize: 0,
  silent: true,
  data: [custom.axisSoftMin, custom.axisSoftMax].flatMap(limit =>
    limit === undefined ? [] : [[from, limit]],
  ),
})

function drawn(data: [number, number | null][], { custom = {} }: FieldConfig, colour: string): SeriesOption {
  const { drawStyle = 'line', lineWidth = 1, lineStyle, fillOpacity = 0, stacking } = custom
  const stack = stacking?.mode === 'normal' ? { stack: 'all' } : {}
  const opacity = custom.fillBelowTo === undefined ? fillOpacity / 100 : 0
  if (drawStyle === 'bars')
    return { type: 'bar', ...stack, data, itemStyle: { color: colour, opacity }, barMaxWidth: 24 }
  if (drawStyle !== 'line')
    throw new Error(
      `the preview does not know the draw style "${drawStyle}": see tools/preview/panels/time-series.ts`,
    )
  const dashed = lineStyle?.fill === 'dash' ? (lineStyle.dash ?? 'dashed') : 'solid'
  const line: LineSeriesOption = {
    type: 'line',
    ...stack,
    data,
    symbol: 'none',
    lineStyle: { color: colour, width: lineWidth, type: dashed },
    itemStyle: { color: colour },
  }
  return opacity > 0 ? { ...line, areaStyle: { color: colour, opacity } } : line
}

/** The area between two lines, if one is filled down to another: a shape for each stretch without a gap. */
function bands(
  entries: readonly { name: string; points: Series['points']; config: FieldConfig; colour: string }[],
  times: readonly number[],
): SeriesOption[] {
  return entries.flatMap(({ points, config: { custom = {} }, colour }) => {
    const below = entries.find(({ name }) => name === custom.fillBelowTo)
    if (!below) return []
    const [upper, lower] = [onTimes(points, times), onTimes(below.points, times)]
    const stretches: [at: number, from: number, to: number][][] = [[]]
    for (const [i, [at, to]] of upper.entries()) {
      const from = lower[i]?.[1] ?? null
      if (to === null || from === null) stretches.push([])
      else stretches.at(-1)?.push([at, from, to])
    }
    const shapes = stretches.filter(({ length }) => length > 1)
    return [
      {
        type: 'custom',
        silent: true,
        clip: true,
        data: shapes.map(stretch => stretch[0]?.slice(0, 2) as number[]),
        renderItem: ({ dataIndex }, api) => {
          const stretch = shapes[dataIndex] ?? []
          const edge = (which: 1 | 2) => stretch.map(point => api.coord([point[0], point[which]]))
          return {
            type: 'polygon',
            shape: { points: [...edge(2), ...edge(1).reverse()] },
            style: { fill: colour, opacity: (custom.fillOpacity ?? 0) / 100 },
          } as CustomSeriesRenderItemReturn
        },
      },
    ]
  })
}

/** All times at which there could be a point, from the first to the last actual point. */
function timesOf(series: readonly Series[], step: number): number[] {
  const ends = series.flatMap(({ points }) => [points[0], points.at(-1)]).flatMap(point => point?.[0] ?? [])
  const [first, last] = [Math.min(...ends), Math.max(...ends)]
  return Array.from({ length: Math.round((last - first) / step) + 1 }, (_, i) => first + i * step)
}

/** A value at each of those times, so that lines can be stacked; null without a point, so that lines have gaps. */
function onTimes(points: Series['points'], times: readonly number[]): [number, number | null][] {
  const values = new Map(points)
  return times.map(time => {
    const value = values.get(time)
    return [time, value !== undefined && Number.isFinite(value) ? value : null]
  })
}
