import { expect, test } from 'vitest'
import { CounterTable } from './counters.ts'
import { labelKey } from './label-key.ts'
import { LiveWindow } from './live-window.ts'
import { WindowPanes, type WindowShape } from './windows.ts'

const TUMBLING: WindowShape = { label: '1s', size: 1000, slide: 1000, lateness: 2000 }
const SLIDING: WindowShape = { label: '1m', size: 60_000, slide: 10_000, lateness: 0 }
const KEY = labelKey('all', 'afinn')

/** A delta with one positive post of score 1 at each of these event times. */
function posts(shape: WindowShape, ...times: number[]): WindowPanes {
  const panes = new WindowPanes(shape)
  for (const time of times) {
    panes.at(time).sources.add('demo')
    panes.at(time).mood(KEY).add(0, 1)
  }
  return panes
}

test('a window is shown once the watermark has passed its end by the lateness', () => {
  const window = new LiveWindow(TUMBLING, 100)
  window.merge(posts(TUMBLING, 10_000, 10_999, 11_000), new CounterTable())
  window.advance(12_999)
  expect(window.complete?.moods.get(KEY)).toBeUndefined()
  window.advance(13_000)
  expect(window.complete?.end).toBe(11_000)
  expect(window.complete?.moods.get(KEY)?.posts).toEqual([2, 0, 0, 0])
  window.advance(14_000)
  expect(window.complete?.moods.get(KEY)?.posts).toEqual([1, 0, 0, 0])
})

test('a sliding window holds the panes that make it up, and goes on without the oldest', () => {
  const window = new LiveWindow(SLIDING, 100)
  window.merge(posts(SLIDING, 0, 10_000, 55_000, 65_000), new CounterTable())
  window.advance(60_000)
  expect(window.complete?.moods.get(KEY)?.total).toBe(3)
  window.advance(70_000)
  expect(window.complete?.moods.get(KEY)?.total).toBe(3)
  window.advance(80_000)
  expect(window.complete?.moods.get(KEY)?.total).toBe(2)
})

test('a late post is counted as late, by its source and window, and kept out', () => {
  const window = new LiveWindow(TUMBLING, 100)
  const late = new CounterTable()
  window.merge(posts(TUMBLING, 10_000), late)
  window.advance(13_000)
  window.merge(posts(TUMBLING, 10_500, 10_600, 11_500), late)
  expect(late.get(labelKey('demo', '1s'))).toBe(2)
  expect(window.complete?.moods.get(KEY)?.total).toBe(1)
})

test('a topic that falls silent reads as 0 and has no mean', () => {
  const window = new LiveWindow(TUMBLING, 100)
  window.merge(posts(TUMBLING, 10_000), new CounterTable())
  window.advance(13_000)
  expect(window.complete?.moods.get(KEY)?.mean).toBe(1)
  window.advance(20_000)
  expect(window.complete?.moods.get(KEY)?.posts).toEqual([0, 0, 0, 0])
  expect(window.complete?.moods.get(KEY)?.mean).toBeNull()
})

test('too many open panes are closed, the oldest first, and counted', () => {
  const window = new LiveWindow(TUMBLING, 3)
  const late = new CounterTable()
  window.merge(posts(TUMBLING, ...Array.from({ length: 10 }, (_, i) => i * 1000)), late)
  expect(window.advance(Number.NEGATIVE_INFINITY)).toBe(7)
  window.merge(posts(TUMBLING, 0), late)
  expect(late.get(labelKey('demo', '1s'))).toBe(1)
})

test('times before 1970 fall into panes like any other', () => {
  const window = new LiveWindow(TUMBLING, 100)
  window.merge(posts(TUMBLING, -1, -1000, -1001), new CounterTable())
  window.advance(2000)
  expect(window.complete?.end).toBe(0)
  expect(window.complete?.moods.get(KEY)?.total).toBe(2)
})

test('series of topics that are gone are forgotten', () => {
  const window = new LiveWindow(TUMBLING, 100)
  window.merge(posts(TUMBLING, 10_000, 11_000), new CounterTable())
  window.advance(13_000)
  window.retain(() => false)
  expect(window.complete?.moods.size).toBe(0)
  window.advance(14_000)
  expect(window.complete?.moods.size).toBe(0)
})
