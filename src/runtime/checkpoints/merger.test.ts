import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { labelKey } from '../../catalogue/label-key.ts'
import { deltaShapeOf } from '../../state/shape.ts'
import { type EncodedState, State } from '../../state/state.ts'
import { SHAPE } from '../runtime-testing.ts'
import type { EpochRecord } from './epoch-record.ts'
import { Merger } from './merger.ts'

afterEach(() => vi.restoreAllMocks())

/** A delta of a post in each of the first minutes. */
function deltaOf(minutes: number): EncodedState {
  const delta = new State(deltaShapeOf(SHAPE))
  for (let minute = 0; minute < minutes; minute++) {
    delta.counter('mood_source_posts_total').add('src')
    delta.windows
      .get('1m')
      ?.slices.at(minute * 60_000)
      .mood(labelKey('all', 'one'))
      .add(0, 0.5)
    delta.terms
      .get('terms')?.[0]
      ?.slices.at(minute * 60_000, 'all')
      .observe('#a', 0.5)
  }
  delta.observe('src', '', minutes * 60_000)
  return delta.encode()
}

const recordOf = (...deltas: EncodedState[]): EpochRecord => ({
  epoch: 1,
  ticks: [],
  now: 1_000_000,
  deltas,
  ids: [],
  positions: [],
})

const top = (state: State) => {
  state.refreshTerms(1000)
  return state.terms.get('terms')?.[0]?.topics.get('all')?.terms
}

test('all deltas of a record are merged, with their terms, before event time moves', async () => {
  const state = new State(SHAPE)
  const closed = await new Merger(state).merge(recordOf(deltaOf(2), deltaOf(2)), { collect: true })
  expect(closed.map(({ end, moods }) => [end, moods.get(labelKey('all', 'one'))?.total])).toEqual([
    [60_000, 2],
    [120_000, 2],
  ])
  expect(state.counter('mood_source_posts_total').get('src')).toBe(4)
  expect(state.counter('mood_late_posts_total').get(labelKey('src', '1m'))).toBe(0)
  expect(top(state)).toEqual([['#a', { count: 4, score: 2, scored: 4 }]])
})

test('windows are collected only where they are wanted', async () => {
  const state = new State(SHAPE)
  expect(await new Merger(state).merge(recordOf(deltaOf(2)), { collect: false })).toEqual([])
  expect(state.windows.get('1m')?.complete?.end).toBe(120_000)
})

test('merging terms yields to other work, which sees no partly merged epoch', async () => {
  const state = new State(SHAPE)
  // Every look at the clock is a millisecond later: each term takes a slice of time for itself.
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now++)
  const before = state.version
  let isMerged = false
  const merged = new Merger(state).merge(recordOf(deltaOf(5)), {}).then(() => {
    isMerged = true
  })
  let turns = 0
  for (; ; turns++) {
    await turn()
    if (isMerged) break
    expect([state.version, state.counter('mood_source_posts_total').get('src')]).toEqual([before, 0])
  }
  await merged
  expect(turns).toBeGreaterThan(2)
  expect(state.counter('mood_source_posts_total').get('src')).toBe(5)
})
