import { expect, test } from 'vitest'
import { labelKey } from '../catalogue/label-key.ts'
import { CounterTable } from './counters.ts'
import { EventWindow } from './event-window.ts'
import type { WindowShape } from './shape.ts'

const TUMBLING: WindowShape = { label: '1s', size: 1000, slide: 1000, lateness: 2000 }
const SLIDING: WindowShape = { label: '1m', size: 60_000, slide: 10_000, lateness: 0 }
const KEY = labelKey('all', 'afinn')

/** A delta with one positive post of score 1 at each of these event times. */
function posts(shape: WindowShape, ...times: number[]): EventWindow {
  const delta = new EventWindow(shape, 1000)
  for (const time of times) {
    delta.slices.at(time).sources.add('demo')
    delta.slices.at(time).mood(KEY).add(0, 1)
  }
  return delta
}

/** Advances a window and evicts what is too much. Returns the ends of the windows that closed. */
const advance = (window: EventWindow, watermark: number) =>
  window.advance(watermark, true).map(({ end }) => end)

test('a window is shown once the watermark has passed its end by the lateness', () => {
  const window = new EventWindow(TUMBLING, 100)
  window.merge(posts(TUMBLING, 10_000, 10_999, 11_000), new CounterTable())
  advance(window, 12_999)
  expect(window.complete?.moods.get(KEY)).toBeUndefined()
  advance(window, 13_000)
  expect(window.complete?.end).toBe(11_000)
  expect(window.complete?.moods.get(KEY)?.posts).toEqual([2, 0, 0, 0])
  advance(window, 14_000)
  expect(window.complete?.moods.get(KEY)?.posts).toEqual([1, 0, 0, 0])
})

test('a sliding window holds the slices that it is made of, and moves on without the oldest', () => {
  const window = new EventWindow(SLIDING, 100)
  window.merge(posts(SLIDING, 0, 10_000, 55_000, 65_000), new CounterTable())
  advance(window, 60_000)
  expect(window.complete?.moods.get(KEY)?.total).toBe(3)
  advance(window, 70_000)
  expect(window.complete?.moods.get(KEY)?.total).toBe(3)
  advance(window, 80_000)
  expect(window.complete?.moods.get(KEY)?.total).toBe(2)
})

test('a late post is counted as late, by its source and window, and kept out', () => {
  const window = new EventWindow(TUMBLING, 100)
  const late = new CounterTable()
  window.merge(posts(TUMBLING, 10_000), late)
  advance(window, 13_000)
  window.merge(posts(TUMBLING, 10_500, 10_600, 11_500), late)
  expect(late.get(labelKey('demo', '1s'))).toBe(2)
  expect(window.complete?.moods.get(KEY)?.total).toBe(1)
})

test('a silent topic is 0 and has no mean', () => {
  const window = new EventWindow(TUMBLING, 100)
  window.merge(posts(TUMBLING, 10_000), new CounterTable())
  advance(window, 13_000)
  expect(window.complete?.moods.get(KEY)?.mean).toBe(1)
  advance(window, 20_000)
  expect(window.complete?.moods.get(KEY)?.posts).toEqual([0, 0, 0, 0])
  expect(window.complete?.moods.get(KEY)?.mean).toBeNull()
})

test('too many open slices are closed, the oldest first, and counted', () => {
  const window = new EventWindow(TUMBLING, 3)
  const late = new CounterTable()
  window.merge(posts(TUMBLING, ...Array.from({ length: 10 }, (_, i) => i * 1000)), late)
  advance(window, Number.NEGATIVE_INFINITY)
  expect(window.evict()).toBe(7)
  window.merge(posts(TUMBLING, 0), late)
  expect(late.get(labelKey('demo', '1s'))).toBe(1)
})

test('times before 1970 fall into slices like any other', () => {
  const window = new EventWindow(TUMBLING, 100)
  window.merge(posts(TUMBLING, -1, -1000, -1001), new CounterTable())
  advance(window, 2000)
  expect(window.complete?.end).toBe(0)
  expect(window.complete?.moods.get(KEY)?.total).toBe(2)
})

test('series of topics that were removed are deleted', () => {
  const window = new EventWindow(TUMBLING, 100)
  window.merge(posts(TUMBLING, 10_000, 11_000), new CounterTable())
  advance(window, 13_000)
  window.retain(() => false)
  expect(window.complete?.moods.size).toBe(0)
  advance(window, 14_000)
  expect(window.complete?.moods.size).toBe(0)
})

test('every window with posts that closes in a jump is returned, in order', () => {
  const window = new EventWindow(TUMBLING, 100)
  window.merge(posts(TUMBLING, 10_000, 11_000, 12_000, 13_500, 13_600), new CounterTable())
  const closed = window.advance(16_000, true)
  expect(closed.map(({ start, end, moods }) => [start, end, moods.get(KEY)?.total])).toEqual([
    [10_000, 11_000, 1],
    [11_000, 12_000, 1],
    [12_000, 13_000, 1],
    [13_000, 14_000, 2],
  ])
  expect(advance(window, 20_000)).toEqual([])
})

test('a sliding window is returned for each slide that has posts in it, and a year without posts costs nothing', () => {
  const window = new EventWindow(SLIDING, 100)
  window.merge(posts(SLIDING, 0, 31_536_000_000), new CounterTable())
  expect(advance(window, 31_536_020_000)).toEqual([
    10_000, 20_000, 30_000, 40_000, 50_000, 60_000, 31_536_010_000, 31_536_020_000,
  ])
})

test('a window is the same after it was encoded and decoded', () => {
  const window = new EventWindow(SLIDING, 100)
  window.merge(posts(SLIDING, 0, 10_000, 55_000, 65_000), new CounterTable())
  advance(window, 60_000)
  const copy = new EventWindow(SLIDING, 100)
  copy.decode(JSON.parse(JSON.stringify(window.encode())))
  expect(copy.encode()).toEqual(window.encode())
  expect(copy.complete).toEqual(window.complete)
  expect(advance(copy, 80_000)).toEqual(advance(window, 80_000))
})

test('windows that closed while the clock was ahead close again, and what was counted ahead of it is removed', () => {
  const window = new EventWindow(SLIDING, 100)
  const late = new CounterTable()
  window.merge(posts(SLIDING, 0, 65_000, 200_000), late)
  advance(window, 100_000)
  expect(window.complete).toMatchObject({ start: 40_000, end: 100_000 })
  window.comeBack(75_000, 150_000)
  // The series stay, at 0, and only the slices until the latest event time.
  expect(window.complete).toMatchObject({ start: 10_000, end: 70_000 })
  expect(window.complete?.moods.get(KEY)?.posts).toEqual([0, 0, 0, 0])
  expect(Array.from(window.slices.entries(), ([start]) => start)).toEqual([60_000])
  window.merge(posts(SLIDING, 71_000), late)
  expect(late.get(labelKey('demo', '1m'))).toBe(0)
  expect(advance(window, 80_000)).toEqual([80_000])
  expect(window.complete?.moods.get(KEY)?.total).toBe(2)
})

test('a slice that begins at the latest event time stays when a window comes back', () => {
  const window = new EventWindow(TUMBLING, 100)
  window.merge(posts(TUMBLING, 20_000, 21_000), new CounterTable())
  advance(window, 15_000)
  window.comeBack(14_000, 20_000)
  expect(Array.from(window.slices.entries(), ([start]) => start)).toEqual([20_000])
  expect(window.encode().closedUntil).toBe(12_000)
})

test('a window that had not closed beyond the watermark does not come back', () => {
  const window = new EventWindow(TUMBLING, 100)
  window.merge(posts(TUMBLING, 10_000, 30_000), new CounterTable())
  advance(window, 13_000)
  window.comeBack(13_999, 20_000)
  expect(window.complete?.moods.get(KEY)?.total).toBe(1)
  expect(window.slices.size).toBe(1)
})

test('a window that has not closed yet comes back with none', () => {
  const window = new EventWindow(TUMBLING, 3)
  window.merge(posts(TUMBLING, ...Array.from({ length: 10 }, (_, i) => i * 1000)), new CounterTable())
  window.evict()
  expect(window.encode().closedUntil).toBe(7000)
  window.comeBack(5000, 8000)
  expect(window.complete).toBeNull()
  expect(window.encode().closedUntil).toBe(3000)
  expect(Array.from(window.slices.entries(), ([start]) => start)).toEqual([7000, 8000])
})

test('nothing is evicted as long as no more slices are open than the limit and a window’s own', () => {
  const window = new EventWindow(SLIDING, 2)
  const starts = (n: number) => Array.from({ length: n }, (_, i) => i * 10_000)
  window.merge(posts(SLIDING, ...starts(8)), new CounterTable())
  expect(window.evict()).toBe(0)
  window.merge(posts(SLIDING, 80_000), new CounterTable())
  expect(window.evict()).toBe(7)
  expect(Array.from(window.slices.entries(), ([start]) => start)).toEqual([70_000, 80_000])
})

test('the oldest slices are evicted, in whichever order they were opened, and later ones stay open', () => {
  const window = new EventWindow(TUMBLING, 2)
  const late = new CounterTable()
  window.merge(posts(TUMBLING, 9000, 1000, 11_000, 3000, 2000), late)
  expect(window.evict()).toBe(3)
  expect(Array.from(window.slices.entries(), ([start]) => start).sort((a, b) => a - b)).toEqual([
    9000, 11_000,
  ])
  window.merge(posts(TUMBLING, 3000, 4000), late)
  expect(late.get(labelKey('demo', '1s'))).toBe(1)
  expect(window.slices.get(4000)?.moods.get(KEY)?.total).toBe(1)
})

test('windows that close are returned in order, in whichever order their slices were opened', () => {
  const window = new EventWindow(TUMBLING, 100)
  window.merge(posts(TUMBLING, 12_000, 9000, 101_000, 11_000), new CounterTable())
  expect(advance(window, 200_000)).toEqual([10_000, 12_000, 13_000, 102_000])
})

test('a window is closed once, and nothing is collected unless it is asked for', () => {
  const window = new EventWindow(TUMBLING, 100)
  window.merge(posts(TUMBLING, 10_000, 20_000), new CounterTable())
  expect(window.advance(13_000, false)).toEqual([])
  const { complete } = window
  expect(complete?.moods.get(KEY)?.total).toBe(1)
  expect(advance(window, 13_999)).toEqual([])
  expect(advance(window, 12_000)).toEqual([])
  expect(window.complete).toBe(complete)
})

test('slices that no later window needs are deleted as it advances', () => {
  const window = new EventWindow(SLIDING, 100)
  window.merge(posts(SLIDING, 0, 10_000, 20_000, 70_000), new CounterTable())
  advance(window, 70_000)
  expect(Array.from(window.slices.entries(), ([start]) => start)).toEqual([20_000, 70_000])
})

test('a slice with sources but no moods closes no window', () => {
  const window = new EventWindow(TUMBLING, 100)
  const delta = new EventWindow(TUMBLING, 100)
  delta.slices.at(10_000).sources.add('demo')
  window.merge(delta, new CounterTable())
  expect(advance(window, 20_000)).toEqual([])
})

test('series that are wanted stay in open slices and in the closed window', () => {
  const window = new EventWindow(TUMBLING, 100)
  const other = labelKey('other', 'afinn')
  window.merge(posts(TUMBLING, 10_000, 11_000), new CounterTable())
  for (const [, slice] of window.slices.entries()) slice.mood(other).add(2, -1)
  advance(window, 13_000)
  window.retain(key => key === KEY)
  expect([...(window.complete?.moods.keys() ?? [])]).toEqual([KEY])
  expect(Array.from(window.slices.entries(), ([, { moods }]) => [...moods.keys()])).toEqual([[KEY]])
})
