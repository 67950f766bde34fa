import { expect, test } from 'vitest'
import { RankingHistory, type Snapshot } from './ranking-history.ts'
import type { RankingsShape } from './shape.ts'

const SHAPE: RankingsShape = {
  windows: [
    { label: 'short', size: 10 },
    { label: 'long', size: 100 },
  ],
  top: 5,
  terms: 3,
  snapshots: 4,
  keep: 200,
}

const FUTURE = 50

/** A snapshot whose terms are the letters of a text, the first one first. */
const snapshot = (at: number, terms: string): Snapshot => ({
  at,
  items: [...terms].map((term, i) => ({ rank: i + 1, term, count: 10, topics: ['tea', 'coffee'] })),
})

/** A history that took each snapshot at its time. */
function historyOf(...taken: [at: number, terms: string][]): RankingHistory {
  const history = new RankingHistory(SHAPE)
  for (const [at, terms] of taken) history.take(snapshot(at, terms), at, FUTURE)
  return history
}

const times = ({ snapshots }: RankingHistory) => snapshots.map(({ at }) => at)
const terms = (history: RankingHistory, window = 'long') => history.view(window).terms.map(({ term }) => term)

test('terms come by share, then by mean rank, then by name', () => {
  const history = historyOf([1, 'ba'], [2, 'ab'], [3, 'cad'])
  // a: 3 of 3; b: 2 of 3; c and d: 1 of 3, at ranks 1 and 3.
  expect(terms(history)).toEqual(['a', 'b', 'c', 'd'])
  expect(terms(historyOf([1, 'xy'], [2, 'yx']))).toEqual(['x', 'y'])
  expect(terms(historyOf([1, 'yx'], [2, 'xy']))).toEqual(['x', 'y'])
})

test('a view has the share, the mean rank and the first time of each term', () => {
  expect(historyOf([1, 'ab'], [5, 'ba'], [7, 'b']).view('long')).toEqual({
    snapshots: 3,
    terms: [
      { term: 'b', share: 1, meanRank: 4 / 3, firstAt: 1 },
      { term: 'a', share: 2 / 3, meanRank: 1.5, firstAt: 1 },
    ],
  })
})

test('of a window that is not configured there is nothing', () => {
  expect(historyOf([1, 'a']).view('other')).toMatchObject({ terms: [] })
})

test('a period is from its first snapshot up to its last', () => {
  const history = historyOf([1, 'a'], [2, 'b'], [3, 'c'], [4, 'd'])
  expect(history.between(2, 4).terms.map(({ term }) => term)).toEqual(['b', 'c'])
})

test('only the latest snapshot keeps counts and topics, in whichever order they come', () => {
  const history = historyOf([5, 'a'], [9, 'b'])
  expect(history.add(snapshot(7, 'c'))).toBe(true)
  expect(history.add(snapshot(1, 'd'))).toBe(true)
  expect(times(history)).toEqual([1, 5, 7, 9])
  expect(history.snapshots.map(({ items }) => Object.keys(items[0] ?? {}).length)).toEqual([2, 2, 2, 4])
})

test('a snapshot of a time that is there is repeated, and no more terms are kept than are wanted', () => {
  const history = historyOf([5, 'abcd'])
  expect(history.add(snapshot(5, 'x'))).toBe(false)
  expect(history.latest?.items.map(({ term }) => term)).toEqual(['a', 'b', 'c'])
  const short = snapshot(6, 'abc')
  history.add(short)
  expect(history.latest?.items).toBe(short.items)
})

test('a snapshot counts as new, repeated or late, and only the latest moves windows', () => {
  const history = historyOf([300, 'a'])
  expect(history.take(snapshot(300, 'b'), 300, FUTURE)).toEqual({ result: 'repeated', entered: 0 })
  expect(history.take(snapshot(100, 'b'), 300, FUTURE)).toEqual({ result: 'late', entered: 0 })
  expect(history.take(snapshot(101, 'b'), 310, FUTURE)).toEqual({ result: 'counted', entered: 0 })
  expect(history.mergedAt).toBe(300)
  expect(history.take(snapshot(301, 'b'), 310, FUTURE)).toEqual({ result: 'counted', entered: 1 })
  expect(history.mergedAt).toBe(310)
})

test('terms enter that no snapshot of the longest window before had, and none with the first list', () => {
  const history = new RankingHistory(SHAPE)
  const entered = (at: number, text: string) => history.take(snapshot(at, text), at, FUTURE).entered
  expect(entered(0, 'ab')).toBe(0)
  expect(entered(50, 'abc')).toBe(1)
  expect(entered(99, 'ad')).toBe(1)
  // b was last listed at 50: a window ago to the moment.
  expect(entered(150, 'ab')).toBe(1)
  expect(entered(151, 'ab')).toBe(0)
  // A term beyond those that are kept does not enter.
  expect(entered(152, 'abdz')).toBe(0)
  // After a gap as long as the window nothing is known of before.
  expect(entered(252, 'xyz')).toBe(0)
})

test('the usual interval is the median of the last gaps', () => {
  expect(historyOf([1, 'a']).interval).toBeNull()
  expect(historyOf([1, 'a'], [4, 'a']).interval).toBe(3)
  expect(historyOf([1, 'a'], [4, 'a'], [100, 'a'], [105, 'a']).interval).toBe(5)
})

test('the current list is empty once it is older than the longest window', () => {
  const history = historyOf([5, 'ab'])
  history.advance(104)
  expect(history.present.map(({ term }) => term)).toEqual(['a', 'b'])
  history.advance(105)
  expect(history.present).toEqual([])
  expect(new RankingHistory(SHAPE).present).toEqual([])
})

test('windows move with the clock from the latest snapshot on, and say when they have others than before', () => {
  const history = historyOf([1, 'a'], [5, 'b'])
  expect(terms(history, 'short')).toEqual(['a', 'b'])
  expect(history.advance(10)).toBe(false)
  expect(history.advance(11)).toBe(true)
  expect(terms(history, 'short')).toEqual(['b'])
  expect(terms(history)).toEqual(['a', 'b'])
  expect(history.advance(11)).toBe(false)
  expect(new RankingHistory(SHAPE).advance(10)).toBe(false)
})

test('the oldest of too many snapshots are evicted and counted; those past their time are not counted', () => {
  const history = historyOf([1, 'a'], [2, 'b'], [3, 'b'], [4, 'c'], [5, 'c'], [6, 'b'])
  expect(history.evict()).toBe(2)
  expect(times(history)).toEqual([3, 4, 5, 6])
  expect(history.evict()).toBe(0)
  history.take(snapshot(203, 'c'), 203, FUTURE)
  expect(history.evict()).toBe(0)
  expect(times(history)).toEqual([4, 5, 6, 203])
  expect(new RankingHistory(SHAPE).evict()).toBe(0)
})

test('a term that was listed only in evicted snapshots enters again', () => {
  const history = historyOf([1, 'a'], [2, 'b'], [3, 'b'], [4, 'b'], [5, 'b'])
  history.evict()
  expect(history.take(snapshot(6, 'ab'), 6, FUTURE).entered).toBe(1)
})

test('snapshots that are further ahead of the clock than they may be are removed, with what is known of their terms', () => {
  const history = historyOf([1, 'a'], [100, 'x'])
  expect(history.take(snapshot(40, 'bx'), 40, FUTURE)).toEqual({ result: 'counted', entered: 2 })
  expect(times(history)).toEqual([1, 40])
  const kept = historyOf([1, 'a'], [90, 'x'])
  expect(kept.take(snapshot(40, 'b'), 40, FUTURE)).toEqual({ result: 'counted', entered: 0 })
  expect(times(kept)).toEqual([1, 40, 90])
  // A snapshot that is itself ahead is taken: the clock of its source is the one that counts.
  expect(times(historyOf([1, 'a'], [500, 'b']))).toEqual([1, 500])
})

test('topics that are gone are removed from the latest snapshot, which may have none', () => {
  const history = historyOf([1, 'a'])
  history.retain(new Set(['coffee']))
  expect(history.latest?.items.map(({ topics }) => topics)).toEqual([['coffee']])
  const bare = new RankingHistory(SHAPE)
  bare.retain(new Set())
  bare.add({ at: 1, items: [{ rank: 1, term: 'a' }] })
  bare.retain(new Set(['coffee']))
  expect(bare.latest?.items).toEqual([{ rank: 1, term: 'a', topics: [] }])
})

test('a changed list gives a new view, and an unchanged one the same', () => {
  const history = historyOf([1, 'a'])
  const view = history.view('long')
  expect(history.view('long')).toBe(view)
  history.take(snapshot(2, 'b'), 2, FUTURE)
  expect(terms(history)).toEqual(['a', 'b'])
})
