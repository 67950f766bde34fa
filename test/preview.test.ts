import { expect, test } from 'vitest'
import signalBz from '../plugins/formats/signal-bz/index.ts'
import { testRankingFormat } from '../src/plugin/testing.ts'
import { legendOf, metricName } from '../tools/preview/answers.ts'
import {
  colourByIndex,
  colourByName,
  contrast,
  onGround,
  schemeColour,
  THEME,
} from '../tools/preview/colours.ts'
import { colourFor, fieldConfigOf, shownText } from '../tools/preview/field.ts'
import { box, place } from '../tools/preview/grid.ts'
import type { Panel } from '../tools/preview/json.ts'
import { parseOptions } from '../tools/preview/options.ts'
import { listAt } from '../tools/preview/rankings.ts'
import { clock, dayTicks, moment, stepOf } from '../tools/preview/time.ts'
import { unitOf } from '../tools/preview/units.ts'
import grafana from './support/grafana-display.json' with { type: 'json' }

const inUnit = (unit: string, value: number, decimals?: number) => {
  const { text, suffix } = unitOf(unit)(value, decimals)
  return text + suffix
}

test('values are written in their unit, as Grafana writes them', () => {
  expect(inUnit('none', 0.2346)).toBe('0.235')
  expect(inUnit('none', -0.2, 2)).toBe('-0.20')
  expect(inUnit('none', 7)).toBe('7')
  expect(inUnit('percentunit', 0.356)).toBe('35.6%')
  expect(inUnit('count:posts/s', 17_700)).toBe('17.7K posts/s')
  expect(inUnit('count:posts', 999)).toBe('999 posts')
  expect(inUnit('suffix:σ', 5)).toBe('5 σ')
  expect(inUnit('s', 0.0337)).toBe('33.7 ms')
  expect(inUnit('s', 0)).toBe('0 s')
  expect(inUnit('s', 1200)).toBe('20 mins')
  expect(inUnit('bytes', 316 * 1024 ** 2)).toBe('316 MiB')
  expect(inUnit('bytes', 1024)).toBe('1 KiB')
  expect(inUnit('Bps', 54_900)).toBe('54.9 kB/s')
  expect(inUnit('count:posts', Number.NaN)).toBe('NaN posts')
})

test('values and colours are those that Grafana itself gives, by its own package', () => {
  const { values, decimals, texts, palette } = grafana
  for (const [unit, byDecimals] of Object.entries(texts))
    for (const [i, ofGrafana] of byDecimals.entries())
      expect([
        unit,
        decimals[i],
        ...values.map(value => inUnit(unit, value, decimals[i] ?? undefined)),
      ]).toEqual([unit, decimals[i], ...ofGrafana])
  expect(palette.map((_, place) => colourByIndex(place))).toEqual(palette)
})

test('a unit that the preview does not know is reported in one line', () => {
  expect(() => unitOf('furlongs')).toThrow(
    'the preview does not know the unit "furlongs": add it to tools/preview/units.ts',
  )
  expect(() => unitOf('time:YYYY')).toThrow('the unit "time:YYYY"')
})

const PANEL: Panel = {
  type: 'timeseries',
  fieldConfig: {
    defaults: {
      unit: 's',
      color: { mode: 'thresholds' },
      thresholds: {
        steps: [
          { value: null, color: '#111111' },
          { value: 10, color: '#222222' },
        ],
      },
      custom: { lineWidth: 2 },
    },
    overrides: [
      {
        matcher: { id: 'byName', options: 'limit' },
        properties: [
          { id: 'custom.lineWidth', value: 1 },
          { id: 'unit', value: 'bytes' },
        ],
      },
    ],
  },
}

test('an override changes the series that it names, and leaves the others', () => {
  expect(fieldConfigOf(PANEL, 'limit')).toMatchObject({ unit: 'bytes', custom: { lineWidth: 1 } })
  expect(fieldConfigOf(PANEL, 'other')).toMatchObject({ unit: 's', custom: { lineWidth: 2 } })
})

test('a colour goes by the last threshold that a value has reached', () => {
  const config = fieldConfigOf(PANEL, 'other')
  expect([-5, 9.9, 10, 99].map(value => colourFor(config, 'other', 0, value))).toEqual([
    '#111111',
    '#111111',
    '#222222',
    '#222222',
  ])
})

test('a mapping gives a value its text and colour; at the border of two ranges the first counts', () => {
  const config = {
    unit: 'none',
    mappings: [
      { type: 'range' as const, options: { from: 0.3, to: 1, result: { text: '😄', color: '#000001' } } },
      { type: 'range' as const, options: { from: -1, to: 0.3, result: { text: '🙁', color: '#000002' } } },
      { type: 'value' as const, options: { 7: { text: 'seven' } } },
    ],
  }
  expect([0.3, 0.29, 7, 8].map(value => shownText(config, value))).toEqual(['😄', '🙁', 'seven', '8'])
  expect(colourFor(config, '', 0, 0.3)).toBe('#000001')
})

test('a colour by name is the same for the same name, and is seen on the ground of a panel', () => {
  expect(colourByName('nova')).toBe(colourByName('nova'))
  for (const name of ['nova', '갤럭시', '', 'a', 'b', 'c'])
    expect(contrast(colourByName(name), THEME.panel)).toBeGreaterThanOrEqual(3)
})

test('text on a colour is light on dark ones and dark on light ones', () => {
  expect(onGround('#1f6fb2')).toBe('#ffffff')
  expect(onGround('#fee838')).not.toBe('#ffffff')
})

test('a colour scheme runs from its first colour to its last', () => {
  expect(schemeColour('Cividis', 0)).toBe('rgb(0, 34, 78)')
  expect(schemeColour('Cividis', 1)).toBe('rgb(254, 232, 56)')
  expect(() => schemeColour('Rainbow', 0)).toThrow('the preview does not know the colour scheme "Rainbow"')
})

test('a legend has the labels of its series, and nothing for one that is not there', () => {
  expect(legendOf('{{ source }}, late for {{window}}{{none}}', { source: 'demo', window: '1s' })).toBe(
    'demo, late for 1s',
  )
  expect(metricName({ __name__: 'up', job: 'x' })).toBe('up{job="x"}')
})

const VARIABLES = {
  values: { topic: '.+', window: '1m' },
  texts: { topic: 'All', window: '1m' },
  options: new Map([['topic', ['a', 'b.c', '갤럭시', 'd', 'e']]]),
}

test('a panel that repeats is shown once for each value, beside and below each other, and moves down what follows', () => {
  const repeating: Panel = {
    type: 'stat',
    title: 'About $topic in $window',
    repeat: 'topic',
    maxPerRow: 2,
    gridPos: { x: 0, y: 3, w: 24, h: 4 },
  }
  const after: Panel = { type: 'stat', title: 'After', gridPos: { x: 6, y: 7, w: 6, h: 2 } }
  const placed = place([repeating, after], VARIABLES)
  expect(placed.map(({ title, place: { x, y, w } }) => [title, x, y, w])).toEqual([
    ['About a in 1m', 0, 3, 12],
    ['About b.c in 1m', 12, 3, 12],
    ['About 갤럭시 in 1m', 0, 7, 12],
    ['About d in 1m', 12, 7, 12],
    ['About e in 1m', 0, 11, 12],
    ['After', 6, 15, 6],
  ])
  expect(placed.map(({ values }) => values.topic)).toEqual(['a', 'b\\\\.c', '갤럭시', 'd', 'e', '.+'])
})

test('a panel that repeats is shown once if one value is selected', () => {
  const repeating: Panel = {
    type: 'stat',
    title: '$topic',
    repeat: 'topic',
    gridPos: { x: 0, y: 0, w: 24, h: 4 },
  }
  const placed = place([repeating], { ...VARIABLES, values: { topic: 'b\\\\.c' } })
  expect(placed.map(({ title, place: { w } }) => [title, w])).toEqual([['b.c', 24]])
})

test('24 columns fill the page, with a gap between two panels', () => {
  const [left, right] = place(
    [
      { type: 'stat', gridPos: { x: 0, y: 0, w: 8, h: 2 } },
      { type: 'stat', gridPos: { x: 8, y: 0, w: 16, h: 2 } },
    ],
    VARIABLES,
  ).map(placed => box(placed, 1280))
  expect(left).toMatchObject({ left: 0, top: 0, height: 68 })
  expect((right?.left ?? 0) - (left?.width ?? 0)).toBe(8)
  expect((right?.left ?? 0) + (right?.width ?? 0)).toBe(1280)
})

test('points are as far apart as the least interval says, and further where there would be more than pixels', () => {
  const lasting = (minutes: number) => ({ from: 0, to: minutes * 60_000 })
  expect(stepOf(lasting(15), 1000, 1000)).toBe(1000)
  expect(stepOf(lasting(15), 1000, 5000)).toBe(5000)
  expect(stepOf(lasting(60), 600, 1000)).toBe(5000)
  expect(stepOf(lasting(24 * 60), 600, 1000)).toBe(120_000)
})

test('times are relative to now or absolute', () => {
  expect(moment('now', 1e12)).toBe(1e12)
  expect(moment('now-15m', 1e12)).toBe(1e12 - 900_000)
  expect(moment('1970-01-01T00:00:01Z', 1e12)).toBe(1000)
  expect(() => moment('yesterday', 0)).toThrow('expected a time such as "now-15m"')
  expect(clock(new Date(2026, 0, 1, 9, 5, 7).getTime(), { from: 0, to: 900_000 })).toBe('09:05')
  expect(clock(new Date(2026, 0, 1, 9, 5, 7).getTime(), { from: 0, to: 60_000 })).toBe('09:05:07')
})

test('weeks have labels at days that are equally far apart, other ranges where they would be anyway', () => {
  const day = (month: number, date: number) => new Date(2026, month - 1, date).getTime()
  const from = new Date(2026, 9, 29, 15, 30).getTime()
  const ticks = [
    day(10, 30),
    day(11, 3),
    day(11, 7),
    day(11, 11),
    day(11, 15),
    day(11, 19),
    day(11, 23),
    day(11, 27),
  ]
  expect(dayTicks({ from, to: day(11, 28) })).toEqual(ticks)
  expect(dayTicks({ from, to: from + 86_400_000 })).toBeUndefined()
  expect(dayTicks({ from: day(1, 1), to: day(12, 31) })).toBeUndefined()
})

test('lists of the ranking have ten terms, and change', async () => {
  const { outcome } = await testRankingFormat(signalBz)
  const [first, later] = [1_800_000_000_000, 1_800_000_090_000].map(at => outcome(listAt(at)).rankings?.[0])
  expect([first?.at, first?.items.length]).toEqual([1_800_000_000_000, 10])
  expect([later?.at, later?.items.length]).toEqual([1_800_000_090_000, 10])
  expect(later?.items).not.toEqual(first?.items)
})

test('invalid options are reported in one line', () => {
  expect(() => parseOptions(['--var', 'topic'])).toThrow('--var: expected NAME=VALUE, got "topic"')
  expect(() => parseOptions(['--minutes', 'x'])).toThrow('--minutes: expected a whole number')
  expect(() => parseOptions(['--warm-up', '90'])).toThrow('--warm-up: expected a time with its unit')
  expect(() => parseOptions(['--nonsense'])).toThrow("Unknown option '--nonsense'")
  const { range } = parseOptions(['--from', 'now', '--to', 'now-5m'])
  expect(() => range('now-15m', 1e12)).toThrow('--from: expected a time before "now-5m", got "now"')
})

test('without a time range the dashboard decides, or how long the demo has run', () => {
  expect(parseOptions(['--prometheus', 'http://x']).range('now-15m', 1e12).from).toBe(1e12 - 900_000)
  expect(parseOptions(['--warm-up', '3m']).range('now-15m', 1e12).from).toBe(1e12 - 180_000)
  expect(parseOptions(['--minutes', '5']).range('now-15m', 1e12).from).toBe(1e12 - 300_000)
})
