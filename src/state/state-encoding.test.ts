import { expect, test } from 'vitest'
import { StateMismatch } from './encoding.ts'
import type { StateShape } from './shape.ts'
import { type EncodedBase, State } from './state.ts'
import {
  DELTA,
  deltaOf,
  HOUR,
  historyDelta,
  MINUTE,
  merge,
  SHAPE,
  seen,
  WITH_HISTORY,
} from './state-testing.ts'

test('a state is the same after it was encoded and decoded, and counts on in the same way', () => {
  const state = new State(SHAPE)
  merge(state, deltaOf(0, 70), 70_000)
  state.advance(70_000)
  merge(state, deltaOf(40, 90), 90_000)
  const { base, terms } = state.encode()
  const copy = State.decodeBase(SHAPE, base)
  for (const each of terms) expect(copy.decodeTerms(each)).toBe(true)
  copy.restoreHorizons(state.termHorizons())
  for (const each of [state, copy]) {
    merge(each, deltaOf(60, 200), 200_000)
    each.advance(200_000)
  }
  expect(seen(copy)).toEqual(seen(state))
})

const damaged: [string, (base: never) => void][] = [
  ['another version', (base: { version: number }) => void base.version++],
  ['no version', (base: { version?: number }) => void delete base.version],
  [
    'a metric that there is not',
    (base: { counters: unknown[][] }) => void base.counters.push(['mood_x', '', []]),
  ],
  [
    'a histogram with 3 of its buckets',
    (base: { histograms: [string, string, [string, number[]][]][] }) =>
      void base.histograms[0]?.[2][0]?.[1].splice(3),
  ],
  [
    'a key with 1 of 3 labels',
    (base: { histograms: [string, string, [string, number[]][]][] }) => {
      const series = base.histograms[0]?.[2][0]
      if (series) series[0] = 'demo'
    },
  ],
  [
    'a counter that is not a number',
    (base: { counters: [string, string, [string, unknown][]][] }) => {
      const series = base.counters[0]?.[2][0]
      if (series) series[1] = null
    },
  ],
]

test.each(damaged)('an encoding with %s is refused, never half read', (_, damage) => {
  const base = JSON.parse(deltaOf(0, 5).encodeBase())
  damage(base as never)
  expect(() => State.decodeBase(DELTA, JSON.stringify(base))).toThrow(StateMismatch)
})

test('an encoding cut short is refused', () => {
  expect(() => State.decodeBase(DELTA, deltaOf(0, 5).encodeBase().slice(0, -10))).toThrow(StateMismatch)
})

test('what a stored state has and the configuration has no longer is left out, and named', () => {
  const state = new State(SHAPE)
  merge(state, deltaOf(0, 70), 70_000)
  const { base, terms } = state.encode()
  const left: string[] = []
  const changed: StateShape = { ...SHAPE, windows: [{ ...MINUTE, lateness: 0 }], extractors: [] }
  const decoded = State.decodeBase(changed, base, what => left.push(what))
  expect(left).toEqual(['the window 1s'])
  expect(decoded.windows.get('1m')?.slices.size).toBe(7)
  expect(terms.map(each => decoded.decodeTerms(each))).not.toContain(true)
  expect(decoded.counter('mood_source_posts_total').get('demo')).toBe(70)
})

test('what is kept for reports is encoded, and left out of a configuration that keeps other slices', () => {
  const state = new State(WITH_HISTORY)
  state.merge(historyDelta(), 5 * HOUR)
  const base = state.encodeBase()
  expect(State.decodeBase(WITH_HISTORY, base).encodeBase()).toBe(base)
  for (const shape of [SHAPE, { ...WITH_HISTORY, history: { slice: 2 * HOUR, keep: 24 * HOUR } }]) {
    const left: string[] = []
    const decoded = State.decodeBase(shape, base, what => left.push(what))
    expect(left).toEqual(['what is kept for reports'])
    expect(decoded.history?.size ?? 0).toBe(0)
  }
})

test('horizons of terms are restored to the windows that still exist', () => {
  const state = new State(SHAPE)
  merge(state, deltaOf(0, 70), 70_000)
  state.advance(70_000)
  expect(state.termHorizons()).toEqual([
    ['hashtags', '1m', 9000],
    ['hashtags', '5m', -231_000],
  ])
  const copy = new State(SHAPE)
  copy.restoreHorizons([
    ...state.termHorizons(),
    ['hashtags', 'gone', 5],
    ['gone', '1m', 5],
    ['hashtags', '1m', null],
  ])
  expect(copy.termHorizons()).toEqual(state.termHorizons())
  expect(new State(SHAPE).termHorizons()).toEqual([
    ['hashtags', '1m', null],
    ['hashtags', '5m', null],
  ])
})

test.each<[string, (base: EncodedBase) => unknown, string]>([
  ['of another version', base => base.version++, 'the state has version'],
  ['without a version', base => Reflect.deleteProperty(base, 'version'), 'the state has no version'],
  [
    'with an unknown metric',
    base => base.counters.push(['mood_x', '', []]),
    'the metric mood_x does not fit',
  ],
  [
    'with a window of another size',
    base => Object.assign(base.windows[0]?.shape ?? {}, { size: 2000 }),
    'the window 1s does not fit',
  ],
  [
    'with a key of one label',
    base => Object.assign(base.histograms[0]?.[2][0] ?? [], { 0: 'demo' }),
    'a series of mood_positivity_ratio has 1 labels instead of 3',
  ],
])('the refusal of an encoding %s names what is wrong', (_, damage, message) => {
  const base = JSON.parse(deltaOf(0, 5).encodeBase())
  damage(base)
  expect(() => State.decodeBase(DELTA, JSON.stringify(base))).toThrow(message)
})

test.each(['null', '{', '[]'])('%s is no encoding', text => {
  expect(() => State.decodeBase(DELTA, text)).toThrow(
    text === '{' ? 'the state cannot be read: ' : 'the state has no version',
  )
})

test('a stored metric whose declaration changed is left out, and named', () => {
  const base = JSON.parse(deltaOf(0, 5).encodeBase())
  base.histograms[0][1] = 'of another release'
  const left: string[] = []
  const state = State.decodeBase(DELTA, JSON.stringify(base), what => left.push(what))
  expect(left).toEqual(['the metric mood_positivity_ratio'])
  expect([...state.histogram('mood_positivity_ratio').entries()]).toEqual([])
})

test('a decoded state has the event time, the released partitions and the watermark of the encoded one', () => {
  const state = new State(SHAPE)
  merge(state, deltaOf(0, 5), 5000)
  state.advance(5000)
  state.observe('demo', 'a', 7000)
  state.release('demo', 'a')
  const copy = State.decodeBase(SHAPE, state.encodeBase())
  expect(copy.watermarks.latest).toBe(4000)
  expect(copy.watermarks.of('demo')).toBe(4000)
  const { eventTimes, released } = JSON.parse(copy.encodeBase())
  expect(eventTimes).toEqual([['demo', 'a', 7000]])
  expect(released).toEqual([['demo', 'a']])
})

test('series at 0 are encoded only if they are asked for', () => {
  const state = new State(SHAPE)
  state.counter('mood_source_posts_total').cell('demo')
  const tables = (text: string) => JSON.parse(text).counters.map(([, , table]: unknown[]) => table)
  expect(tables(state.encodeBase())).toEqual([[]])
  expect(tables(state.encodeBase({ zeros: true }))).toEqual([[['demo', 0]]])
})
