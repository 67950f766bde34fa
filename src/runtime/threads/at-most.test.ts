import { afterEach, expect, test, vi } from 'vitest'
import { atMost, atMostStalled } from './at-most.ts'
import { StallDetector } from './stall-detector.ts'

afterEach(() => vi.useRealTimers())

test('a promise that is settled in time is waited for', async () => {
  expect(await atMost(60_000, Promise.resolve())).toBe(true)
})

test('one that is not is waited for no longer', async () => {
  expect(await atMost(1, new Promise(() => {}))).toBe(false)
})

test('one that rejects in time rejects', async () => {
  await expect(atMost(60_000, Promise.reject(new Error('no')))).rejects.toThrow('no')
})

test('a promise that a thread settles is waited for while the thread moves, however long', async () => {
  vi.useFakeTimers()
  const detector = new StallDetector()
  const moves = vi.spyOn(detector, 'look').mockReturnValue(0)
  const { promise, resolve } = Promise.withResolvers<void>()
  const settled = atMostStalled(detector, 1000, promise)
  await vi.advanceTimersByTimeAsync(60_000)
  // Ten times a second; that it is waited for is not a sign of life.
  expect(moves).toHaveBeenCalledTimes(600)
  expect(moves).toHaveBeenCalledWith(false)
  resolve()
  expect(await settled).toBe(true)
})

test('it is waited for until the thread is stalled for longer than allowed', async () => {
  vi.useFakeTimers()
  let isSettled: boolean | null = null
  void atMostStalled(new StallDetector(), 1000, new Promise(() => {})).then(settled => (isSettled = settled))
  await vi.advanceTimersByTimeAsync(1000)
  expect(isSettled).toBeNull()
  await vi.advanceTimersByTimeAsync(100)
  expect(isSettled).toBe(false)
})
