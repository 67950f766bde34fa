import { expect, test } from 'vitest'
import { labelKey } from '../catalogue/label-key.ts'
import { deltaShapeOf, type StateShape, sliceSizeOf } from './shape.ts'
import { State } from './state.ts'
import {
  DELTA,
  deltaOf,
  HOUR,
  historyDelta,
  KNOWN,
  MINUTE,
  MOOD,
  merge,
  SHAPE,
  seen,
  WITH_HISTORY,
} from './state-testing.ts'

test('merging two deltas is as if one had counted both', () => {
  const two = new State(SHAPE)
  merge(two, deltaOf(0, 30), 100_000)
  merge(two, deltaOf(30, 100), 100_000)
  const one = new State(SHAPE)
  merge(one, deltaOf(0, 100), 100_000)
  for (const state of [one, two]) state.advance(100_000)
  expect(seen(two)).toEqual(seen(one))
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

test('a delta adds to what is kept for reports, its drops in the hour in which they are counted', () => {
  const state = new State(WITH_HISTORY)
  state.merge(historyDelta(), 5 * HOUR)
  const { slices } = JSON.parse(state.encodeBase()).history
  expect(slices).toEqual([
    [0, [[MOOD, [1, 0, 0, 0], 1]], [], [], 0],
    [5 * HOUR, [], [[labelKey('demo', 'invalid'), 3]], [], 0],
  ])
  expect([...(state.history?.at(5 * HOUR).dropped.entries() ?? [])]).toHaveLength(1)
  state.advance(25 * HOUR)
  expect(JSON.parse(state.encodeBase()).history.slices).toHaveLength(1)
})

test('open slices are those of windows, terms, steps, reports and rankings together', () => {
  const shape: StateShape = {
    ...WITH_HISTORY,
    step: 60_000,
    rankings: { windows: [{ label: '1h', size: HOUR }], top: 5, terms: 5, snapshots: 5, keep: HOUR },
  }
  const state = new State(shape)
  for (const { slices } of state.windows.values()) slices.at(0)
  state.terms.get('hashtags')?.[0]?.slices.at(0, 'all').observe('#a', 1)
  for (const time of [0, 60_000, 120_000]) state.steps?.at(time)
  for (const time of [0, HOUR, 2 * HOUR, 3 * HOUR]) state.history?.at(time)
  expect(state.openSlices).toBe(2 + 1 + 3 + 4)
})

test('the version changes with all that a scrape shows, and with nothing else', () => {
  const state = new State({ ...SHAPE, idle: 10_000 })
  const changes = (change: () => unknown) => {
    const before = state.version
    change()
    return Math.sign(state.version - before)
  }
  expect(changes(() => merge(state, deltaOf(0, 5), 5000))).toBe(1)
  expect(changes(() => state.advance(5000))).toBe(1)
  expect(changes(() => state.advance(5000))).toBe(0)
  expect(changes(() => state.refreshTerms(10_000))).toBe(1)
  expect(changes(() => state.refreshTerms(10_000))).toBe(0)
  expect(changes(() => state.reshape(SHAPE, KNOWN))).toBe(1)
  expect(changes(() => state.advance(3_605_000))).toBe(1)
  // The clock was an hour ahead.
  expect(changes(() => state.advance(9000))).toBe(1)
})

test('windows that have too many slices are evicted as event time advances, counted, and shown', () => {
  const state = new State({ ...SHAPE, slices: 3, idle: 100_000 })
  const delta = new State(DELTA)
  for (const n of [1, 20, 21, 22, 23, 24])
    delta.windows
      .get('1s')
      ?.slices.at(n * 1000)
      .sources.add('demo')
  delta.observe('demo', '', 1000)
  merge(state, delta, 10_000)
  state.advance(10_000)
  const evicted = state.counter('mood_slices_evicted_total')
  expect(evicted.get('1s')).toBe(3)
  expect(evicted.has('1m')).toBe(false)
  const { version } = state
  state.advance(10_000)
  expect(state.version).toBe(version)
  expect(evicted.get('1s')).toBe(3)
})

test('nothing closes before the first post, and closed windows are returned only if they are asked for', () => {
  const state = new State(SHAPE)
  expect(state.advance(10_000, { collect: true })).toEqual([])
  expect(state.windows.get('1s')?.complete).toBeNull()
  merge(state, deltaOf(0, 5), 5000)
  expect(state.advance(5000).length).toBe(0)
  merge(state, deltaOf(5, 8), 8000)
  expect(state.advance(8000, { collect: true }).map(({ label, start, end }) => [label, start, end])).toEqual([
    ['1s', 4000, 5000],
    ['1s', 5000, 6000],
    ['1s', 6000, 7000],
  ])
})

test('top terms are computed one topic at a time within a budget, and are then all shown', () => {
  const state = new State(SHAPE)
  const delta = new State(DELTA)
  for (const topic of ['a', 'b', 'c']) delta.terms.get('hashtags')?.[0]?.slices.at(0, topic).observe('#x', 1)
  delta.observe('demo', '', 1000)
  merge(state, delta, 1000)
  state.advance(1000)
  expect(state.showsAllTerms).toBe(false)
  // A budget of nothing is one topic of one window.
  state.refreshTerms(0)
  expect([...(state.terms.get('hashtags')?.[0]?.topics.keys() ?? [])]).toEqual(['a'])
  expect(state.showsAllTerms).toBe(false)
  state.refreshTerms(10_000)
  expect(state.terms.get('hashtags')?.map(({ topics }) => topics.size)).toEqual([3, 3])
  expect(state.showsAllTerms).toBe(true)
  merge(state, delta, 1000)
  expect(state.showsAllTerms).toBe(false)
})

test('terms that are merged while others are being computed are shown in the next round', () => {
  const state = new State(SHAPE)
  const delta = new State(DELTA)
  delta.terms.get('hashtags')?.[0]?.slices.at(0, 'a').observe('#x', 1)
  delta.observe('demo', '', 1000)
  merge(state, delta, 1000)
  state.advance(1000)
  state.refreshTerms(0)
  merge(state, delta, 1000)
  state.refreshTerms(10_000)
  expect(state.showsAllTerms).toBe(false)
  state.refreshTerms(10_000)
  expect(state.showsAllTerms).toBe(true)
  const [, { count } = { count: 0 }] = state.terms.get('hashtags')?.[0]?.topics.get('a')?.terms[0] ?? []
  expect(count).toBe(2)
})

test('terms that are only for reports are not computed for a scrape', () => {
  const shape: StateShape = {
    ...SHAPE,
    extractors: [{ name: 'hashtags', top: 5, windows: [MINUTE, { ...MINUTE, label: 'report', terms: 50 }] }],
  }
  const state = new State(shape)
  const delta = new State(deltaShapeOf(shape))
  delta.terms.get('hashtags')?.[0]?.slices.at(0, 'all').observe('#x', 1)
  delta.observe('demo', '', 1000)
  merge(state, delta, 1000)
  state.advance(1000)
  state.refreshTerms(10_000)
  expect(state.terms.get('hashtags')?.map(({ topics }) => topics.size)).toEqual([1, 0])
})

test('terms of an extractor that is not configured are ignored', () => {
  const state = new State(SHAPE)
  const { terms } = deltaOf(0, 1).encode()
  for (const [, ...rest] of terms) state.mergeTerms(['mentions', ...rest])
  expect(state.openSlices).toBe(0)
})

test('terms that no summary evicted begin no series', () => {
  const delta = deltaOf(0, 5)
  delta.encode()
  expect(delta.counter('mood_terms_evicted_total').has('hashtags')).toBe(false)
})

test('terms that a delta evicted are counted where it is encoded', () => {
  const delta = new State({ ...DELTA, terms: 2 })
  for (let i = 0; i < 50; i++) delta.terms.get('hashtags')?.[0]?.slices.at(0, 'all').observe(`#${i}`, null)
  const state = new State(SHAPE)
  merge(state, delta, 0)
  expect(state.counter('mood_terms_evicted_total').get('hashtags')).toBeGreaterThan(40)
})

test('posts are counted by steps only where the shape has them, and are encoded', () => {
  const shape = { ...SHAPE, step: 60_000 }
  const delta = new State(deltaShapeOf(shape))
  delta.steps?.at(61_000).counter('mood_posts_total').add('x')
  expect(delta.openSlices).toBe(1)
  expect(JSON.parse(delta.encodeBase()).steps).toEqual([[60_000, [['mood_posts_total', [['x', 1]]]], []]])
  delta.reset()
  expect(delta.openSlices).toBe(0)
  expect(new State(SHAPE).steps).toBeNull()
  expect(JSON.parse(new State(SHAPE).encodeBase())).not.toHaveProperty('steps')
})

test('a reset empties everything that a delta encodes', () => {
  const shape = deltaShapeOf(WITH_HISTORY)
  const delta = historyDelta()
  delta.observe('demo', '', 1000)
  delta.release('demo', null)
  delta.written.of('demo').observe(1000, 2000)
  delta
    .histogram('mood_positivity_ratio')
    .cell(labelKey('demo', 'all', 'afinn'))
    .observe(0.5)
  delta.windows.get('1s')?.slices.at(0).sources.add('demo')
  delta.reset()
  const base = JSON.parse(delta.encodeBase())
  const empty = JSON.parse(new State(shape).encodeBase())
  expect(base.counters.map(([, , table]: [string, string, unknown]) => table)).toEqual([[]])
  expect(base.histograms.map(([, , table]: [string, string, unknown]) => table)).toEqual([[]])
  expect({ ...base, counters: [], histograms: [] }).toEqual(empty)
})

test('delays of posts end where their delta is merged, also after it was encoded', () => {
  const delta = new State(DELTA)
  delta.written.of('demo').observe(1000, 2000)
  expect(JSON.parse(new State(DELTA).encodeBase())).not.toHaveProperty('written')
  const state = new State(SHAPE)
  merge(state, delta, 4000)
  expect(state.histogram('mood_post_delay_seconds').cell('demo')).toMatchObject({ count: 1, sum: 3 })
})
