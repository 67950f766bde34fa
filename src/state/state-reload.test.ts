import { expect, test } from 'vitest'
import type { StateShape } from './shape.ts'
import { State } from './state.ts'
import { deltaOf, HOUR, historyDelta, KNOWN, MINUTE, merge, SHAPE, WITH_HISTORY } from './state-testing.ts'

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

test('a reload keeps what is for reports, and does not call it complete if its slices cannot be joined', () => {
  const reshaped = (slice: number) => {
    const state = new State(WITH_HISTORY)
    state.merge(historyDelta(), 5 * HOUR)
    state.reshape({ ...SHAPE, history: { slice, keep: 24 * HOUR } }, KNOWN)
    return state.history
  }
  expect(reshaped(HOUR)?.since).toBe(5 * HOUR)
  expect(reshaped(HOUR)?.at(0).moods.size).toBe(1)
  expect(reshaped(3 * HOUR)?.since).toBe(5 * HOUR)
  expect(reshaped(HOUR / 2)?.since).toBe(Number.POSITIVE_INFINITY)
  const state = new State(WITH_HISTORY)
  state.merge(historyDelta(), 5 * HOUR)
  state.reshape(WITH_HISTORY, { ...KNOWN, topics: new Set() })
  expect(state.history?.at(0).moods.size).toBe(0)
  state.reshape(SHAPE, KNOWN)
  expect(state.history).toBeNull()
  state.reshape(WITH_HISTORY, KNOWN)
  expect(state.history?.size).toBe(0)
})

test.each([
  ['size', { ...MINUTE, size: 120_000 }],
  ['slide', { ...MINUTE, slide: 20_000 }],
  ['label', { ...MINUTE, label: '60s' }],
])('a reload begins a window of terms afresh whose %s changed', (_, window) => {
  const state = new State(SHAPE)
  merge(state, deltaOf(0, 5), 5000)
  state.reshape({ ...SHAPE, extractors: [{ name: 'hashtags', top: 10, windows: [window] }] }, KNOWN)
  expect(state.terms.get('hashtags')?.map(({ slices }) => slices.size)).toEqual([0])
})

test('a reload begins a window of moods afresh that changed, and gives a kept one the new limit', () => {
  const state = new State(SHAPE)
  merge(state, deltaOf(0, 5), 5000)
  const [second] = SHAPE.windows as [StateShape['windows'][0]]
  state.reshape(
    { ...SHAPE, slices: 7, windows: [{ ...second, lateness: 1 }, ...SHAPE.windows.slice(1)] },
    KNOWN,
  )
  expect(Array.from(state.windows.values(), ({ slices, maxSlices }) => [slices.size, maxSlices])).toEqual([
    [0, 7],
    [1, 7],
  ])
})

test('a reload removes sources from event time, and takes the new limits', () => {
  const state = new State(SHAPE)
  merge(state, deltaOf(0, 5), 5000)
  state.reshape({ ...SHAPE, future: 5000 }, KNOWN)
  expect(state.watermarks.of('demo')).toBe(4000)
  expect(state.watermarks.future).toBe(5000)
  state.reshape(SHAPE, { ...KNOWN, sources: new Set() })
  expect(state.watermarks.of('demo')).toBeNull()
  expect(state.watermarks.future).toBe(60_000)
  expect(state.counter('mood_source_posts_total').has('demo')).toBe(false)
})
