import { expect, test } from 'vitest'
import { labelKey } from '../../catalogue/label-key.ts'
import { State } from '../../state/state.ts'
import { rankingCollectorsOf } from './collectors.ts'
import { addList, MINUTE, shapeWith } from './rankings-testing.ts'
import { trendsOf } from './trends.ts'

const AT = Date.parse('2026-11-27T00:10:00Z')
const SECONDS = AT / 1000

const SHAPE = shapeWith('30m', 30 * MINUTE)

/** The samples of each gauge after these lists of `signal`, by name without its beginning. */
function made() {
  const state = new State(SHAPE)
  const topics = [{ name: 'phones' }, { name: 'cafés' }]
  const collectors = rankingCollectorsOf({ state, resolved: { workerConfig: { topics } } })
  const come = (at: number, ...terms: string[]) =>
    addList(
      state,
      at,
      terms.map(term => ({ term, ...(term === 'nova' ? { topics: ['phones'] } : {}) })),
    )
  const collect = () =>
    Object.fromEntries(
      Object.entries(collectors).map(([name, samples]) => [
        name.replace('mood_ranking_', ''),
        [...samples()],
      ]),
    )
  return { state, come, collect }
}

const at = (minutes: number) => SECONDS + minutes * 60
const key = (...labels: string[]) => labelKey('signal', ...labels)

test('without a list there are no samples', () => {
  const { collect } = made()
  expect(Object.values(collect()).flat()).toEqual([])
})

test('after the first list each of its first terms has samples, and there is no interval yet', () => {
  const { come, collect } = made()
  come(AT, 'nova', 'lumen', 'moonlit')
  expect(collect()).toEqual({
    last_snapshot_timestamp_seconds: [['signal', at(0)]],
    list_timestamp_seconds: [['signal', at(0)]],
    interval_seconds: [],
    window_snapshots: [
      [key('30m'), 1],
      [key('1d'), 1],
    ],
    share_ratio: ['30m', '1d'].flatMap(window => ['nova', 'lumen'].map(term => [key(window, term), 1])),
    mean_rank: ['30m', '1d'].flatMap(window => [
      [key(window, 'nova'), 1],
      [key(window, 'lumen'), 2],
    ]),
    rank: [
      [key('nova'), 1],
      [key('lumen'), 2],
    ],
    term_count: [[key('nova'), 7]],
    first_seen_timestamp_seconds: [
      [key('nova'), at(0)],
      [key('lumen'), at(0)],
    ],
    topic_terms: [
      [key('phones'), 1],
      [key('cafés'), 0],
    ],
  })
})

test('windows have the lists within them, and the terms of the present list beside their first ones', () => {
  const { come, collect } = made()
  come(AT, 'nova', 'lumen', 'moonlit')
  come(AT + 40 * MINUTE, 'lumen', 'starfarm', 'nova')
  come(AT + 50 * MINUTE, 'starfarm', 'lumen', 'nova')
  expect(collect()).toMatchObject({
    last_snapshot_timestamp_seconds: [['signal', at(50)]],
    list_timestamp_seconds: [['signal', at(50)]],
    window_snapshots: [
      [key('30m'), 2],
      [key('1d'), 3],
    ],
    share_ratio: [
      [key('30m', 'lumen'), 1],
      [key('30m', 'starfarm'), 1],
      [key('1d', 'lumen'), 1],
      [key('1d', 'nova'), 1],
      [key('1d', 'starfarm'), 2 / 3],
    ],
    mean_rank: [
      [key('30m', 'lumen'), 1.5],
      [key('30m', 'starfarm'), 1.5],
      [key('1d', 'lumen'), 5 / 3],
      [key('1d', 'nova'), 7 / 3],
      [key('1d', 'starfarm'), 1.5],
    ],
    rank: [
      [key('starfarm'), 1],
      [key('lumen'), 2],
    ],
    term_count: [[key('starfarm'), 7]],
    // Within the longest window.
    first_seen_timestamp_seconds: [
      [key('starfarm'), at(40)],
      [key('lumen'), at(0)],
    ],
    // Also of terms beyond the first ones.
    topic_terms: [
      [key('phones'), 1],
      [key('cafés'), 0],
    ],
  })
  expect(collect().interval_seconds).toEqual([['signal', expect.any(Number)]])
})

test('topics take keywords from the first terms of a list, as many as the longest of them asks for', () => {
  const { state, come } = made()
  const trending = [
    { source: 'signal', top: 1 },
    { source: 'signal', top: 2 },
    { source: 'other', top: 5 },
  ] as never
  expect(trendsOf(state, { trending })).toEqual({ signal: [], other: [] })
  come(AT, 'nova', 'lumen', 'moonlit')
  expect(trendsOf(state, { trending })).toEqual({ signal: ['nova', 'lumen'], other: [] })
  expect(trendsOf(state, {})).toEqual({})
  expect(trendsOf(new State({ ...SHAPE, rankings: undefined } as never), { trending })).toEqual({
    signal: [],
    other: [],
  })
})
