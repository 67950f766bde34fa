import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Lookout, SELDOM_MS } from './lookout.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A lookout every 100 ms, and the times at which it looked. */
function made(oftenMs = 100) {
  const begun = performance.now()
  const seen: number[] = []
  const world = { isBusy: true }
  const lookout = new Lookout(() => {
    seen.push(performance.now() - begun)
    return world.isBusy
  }, oftenMs)
  return { lookout, seen, world }
}

test('it looks often while there is something to see, otherwise once a second', () => {
  const { lookout, seen, world } = made()
  vi.advanceTimersByTime(250)
  world.isBusy = false
  vi.advanceTimersByTime(2150)
  expect(seen).toEqual([100, 200, 300, 1300, 2300])
  lookout.stop()
})

test('it is woken by what begins', () => {
  const { lookout, seen, world } = made()
  world.isBusy = false
  vi.advanceTimersByTime(500)
  world.isBusy = true
  lookout.wake()
  vi.advanceTimersByTime(250)
  expect(seen).toEqual([100, 600, 700])
  // Awake as it is, it is not put off.
  lookout.wake()
  vi.advanceTimersByTime(50)
  expect(seen).toEqual([100, 600, 700, 800])
  lookout.stop()
})

test('does not look again once stopped, even from within a look', () => {
  const { lookout, seen } = made()
  lookout.stop()
  lookout.wake()
  const own: Lookout = new Lookout(() => {
    own.stop()
    return true
  }, 100)
  vi.advanceTimersByTime(5000)
  expect(seen).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})

test('a long interval is not shortened', () => {
  const { lookout, seen, world } = made(3 * SELDOM_MS)
  world.isBusy = false
  vi.advanceTimersByTime(9 * SELDOM_MS)
  expect(seen).toEqual([3000, 6000, 9000])
  lookout.stop()
})
