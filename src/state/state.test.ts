import { expect, test } from 'vitest'
import { labelKey } from '../catalogue/label-key.ts'
import type { Known } from '../catalogue/series.ts'
import { StateMismatch } from './encoding.ts'
import { deltaShapeOf, type StateShape, sliceSizeOf } from './shape.ts'
import { State } from './state.ts'

const MINUTE = { label: '1m', size: 60_000, slide: 10_000 }
const SHAPE: StateShape = {
  windows: [
    { label: '1s', size: 1000, slide: 1000, lateness: 0 },
    { ...MINUTE, lateness: 0 },
  ],
  extractors: [
    { name: 'hashtags', top: 10, windows: [MINUTE, { label: '5m', size: 300_000, slide: 60_000 }] },
  ],
  terms: 100,
  slices: 1000,
  idle: 3_600_000,
}
const DELTA = deltaShapeOf(SHAPE)
const KNOWN: Known = {
  sources: new Set(['demo']),
  formats: new Set(['post']),
  scorers: new Set(['afinn']),
  outputs: new Set([]),
  extractors: new Set(['hashtags']),
  topics: new Set(['all']),
  windows: new Set(['1s', '1m']),
  termWindows: new Map([['hashtags', new Set(['1m', '5m'])]]),
  languages: new Set(['en', 'other']),
}

/** A delta of posts, the n-th written in second n. */
function deltaOf(from: number, to: number): State {
  const delta = new State(DELTA)
  for (let n = from; n < to; n++) {
    delta.counter('mood_source_posts_total').add('demo')
    const cell = delta.histogram('mood_positivity_ratio').cell(labelKey('demo', 'all', 'afinn'))
    const bucket = cell.observe((n % 10) / 10)
    cell.exemplars[bucket] ??= { label: 'id', text: `${n}`, value: (n % 10) / 10, at: n }
    for (const { slices } of delta.windows.values()) {
      slices.at(n * 1000).sources.add('demo')
      slices
        .at(n * 1000)
        .mood(labelKey('all', 'afinn'))
        .add(n % 4, n / 100)
    }
    delta.terms
      .get('hashtags')?.[0]
      ?.slices.at(n * 1000, 'all')
      .observe(`#tag${n % 5}`, 0.5)
    delta.observe('demo', '', n * 1000)
  }
  return delta
}

/** Merges a delta as it arrives from a worker: encoded. */
function merge(state: State, delta: State, now: number): void {
  const { base, terms } = delta.encode()
  state.merge(State.decodeBase(DELTA, base), now)
  for (const each of terms) state.mergeTerms(each)
}

/** All that can be seen of a state, but for exemplars: any post of a bucket may be its exemplar. */
function seen(state: State) {
  state.refreshTerms(10_000)
  const { histograms, ...rest } = JSON.parse(state.encodeBase())
  return {
    ...rest,
    histograms: histograms.map(([name, , cells]: [string, string, [string, number[], number][]]) => [
      name,
      cells.map(([key, counts, sum]) => [key, counts, sum.toFixed(6)]),
    ]),
    terms: [...state.terms].map(([name, windows]) => [name, windows.map(({ topics }) => [...topics])]),
  }
}

test('merging two deltas is as if one had counted both', () => {
  const two = new State(SHAPE)
  merge(two, deltaOf(0, 30), 100_000)
  merge(two, deltaOf(30, 100), 100_000)
  const one = new State(SHAPE)
  merge(one, deltaOf(0, 100), 100_000)
  for (const state of [one, two]) state.advance(100_000)
  expect(seen(two)).toEqual(seen(one))
})

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

test('a delta is emptied and used again, and cells that were looked up stay valid', () => {
  const delta = new State(DELTA)
  const posts = delta.counter('mood_source_posts_total').cell('demo')
  posts.n = 3
  delta.reset()
  posts.n++
  expect(delta.counter('mood_source_posts_total').get('demo')).toBe(1)
  const emptied = deltaOf(0, 5)
  expect(emptied.openSlices).toBeGreaterThan(0)
  emptied.reset()
  expect(emptied.openSlices).toBe(0)
  expect(emptied.encode().terms).toEqual([])
})

test('terms that a delta evicted are counted where it is encoded', () => {
  const delta = new State({ ...DELTA, terms: 2 })
  for (let i = 0; i < 50; i++) delta.terms.get('hashtags')?.[0]?.slices.at(0, 'all').observe(`#${i}`, null)
  const state = new State(SHAPE)
  merge(state, delta, 0)
  expect(state.counter('mood_terms_evicted_total').get('hashtags')).toBeGreaterThan(40)
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

test('event time moves with the deltas, and a partition that is released holds it back no longer', () => {
  const state = new State(SHAPE)
  const delta = new State(DELTA)
  delta.observe('kafka', '0', 10_000)
  delta.observe('kafka', '1', 50_000)
  merge(state, delta, 60_000)
  state.advance(60_000)
  expect(state.windows.get('1s')?.complete?.end).toBe(10_000)
  const own = new State(DELTA)
  own.release('kafka', '0')
  merge(state, own, 60_000)
  state.advance(60_000)
  state.advance(60_000)
  expect(state.windows.get('1s')?.complete?.end).toBe(50_000)
})

test('a partition of a delta has come to its latest event time, in whichever order its batches were mapped', () => {
  const state = new State(SHAPE)
  const delta = new State(DELTA)
  for (const eventTime of [20_000, 50_000, 30_000]) delta.observe('demo', 'a', eventTime)
  delta.observe('demo', 'b', 40_000)
  merge(state, delta, 60_000)
  expect(state.watermarks.of('demo')).toBe(50_000)
  expect(state.watermarks.current(60_000)).toBe(40_000)
  const late = new State(DELTA)
  late.observe('demo', 'b', 60_000)
  merge(state, late, 60_000)
  expect(state.watermarks.current(60_000)).toBe(50_000)
})

test('slices of terms that are evicted are counted at once', () => {
  const state = new State({ ...SHAPE, slices: 3 })
  const delta = new State(DELTA)
  for (let n = 0; n < 6; n++)
    delta.terms
      .get('hashtags')?.[0]
      ?.slices.at(n * 10_000, 'all')
      .observe('#a', 1)
  delta.observe('demo', '', 1000)
  merge(state, delta, 100_000)
  const { version } = state
  state.advance(100_000)
  expect(state.counter('mood_slices_evicted_total').get('1m')).toBe(3)
  expect(state.version).toBeGreaterThan(version)
})

test('a reload keeps windows and terms that stay as they are, and removes series of what is gone', () => {
  const state = new State(SHAPE)
  merge(state, deltaOf(0, 70), 70_000)
  state.advance(70_000)
  state.refreshTerms(1000)
  state.reshape(SHAPE, KNOWN)
  expect(state.windows.get('1m')?.complete?.moods.size).toBe(1)
  expect(state.terms.get('hashtags')?.[0]?.topics.get('all')?.terms).toHaveLength(5)
  state.reshape(SHAPE, { ...KNOWN, topics: new Set(['other']) })
  expect(state.windows.get('1m')?.complete?.moods.size).toBe(0)
  expect(state.terms.get('hashtags')?.[0]?.topics.size).toBe(0)
  expect([...state.histogram('mood_positivity_ratio').entries()]).toEqual([])
  expect(state.counter('mood_source_posts_total').get('demo')).toBe(70)
})

test('a reload with a higher limit of terms keeps more of them, and one with a shorter idle time waits less', () => {
  const state = new State({ ...SHAPE, terms: 3 })
  state.reshape({ ...SHAPE, terms: 500, idle: 1000 }, KNOWN)
  merge(state, deltaOf(0, 70), 70_000)
  state.advance(70_000)
  state.refreshTerms(1000)
  expect(state.terms.get('hashtags')?.[0]?.topics.get('all')).toMatchObject({ error: 0 })
  expect(state.watermarks.idle).toBe(1000)
})

test('with the first post of a kind the counters of all sentiments begin, the others at 0', () => {
  const state = new State(SHAPE)
  const delta = new State(DELTA)
  const key = (sentiment: string) => labelKey('demo', 'all', 'en', 'afinn', sentiment)
  delta.counter('mood_posts_total').add(key('positive'), 3)
  merge(state, delta, 0)
  merge(state, delta, 0)
  expect(Object.fromEntries(state.counter('mood_posts_total').entries())).toEqual({
    [key('positive')]: 6,
    [key('neutral')]: 0,
    [key('negative')]: 0,
    [key('unknown')]: 0,
  })
})

test('a slice of a delta is as long as all windows can be made of', () => {
  expect(sliceSizeOf([10_000, 50_000, 600_000])).toBe(10_000)
  expect(sliceSizeOf([60_000, 90_000])).toBe(30_000)
})

test('after the clock was an hour ahead for some seconds, windows and top terms follow the right time again', () => {
  const state = new State({ ...SHAPE, idle: 10_000, future: 60_000 })
  const second = (n: number) => n * 1000
  merge(state, deltaOf(0, 5), second(5))
  state.advance(second(5))
  // No post comes for a moment, by that clock: event time follows it.
  state.advance(second(3605))
  expect(state.windows.get('1s')?.complete?.end).toBe(second(3604))
  state.advance(second(9))
  merge(state, deltaOf(9, 12), second(12))
  state.advance(second(12))
  state.refreshTerms(10_000)
  expect(state.counter('mood_late_posts_total').get(labelKey('demo', '1s'))).toBe(0)
  expect(state.windows.get('1s')?.complete?.end).toBe(second(11))
  expect([...(state.windows.get('1s')?.complete?.moods.values() ?? [])].map(({ total }) => total)).toEqual([
    1,
  ])
  expect(state.terms.get('hashtags')?.[0]?.topics.get('all')?.terms.length).toBeGreaterThan(0)
})
