import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isSettled } from '../runtime-testing.ts'
import { Wait } from './wait.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('a wait ends when its time is up', async () => {
  const wait = new Wait()
  wait.end()
  const waited = wait.for(1000)
  await vi.advanceTimersByTimeAsync(999)
  expect(await isSettled(waited)).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await isSettled(waited)).toBe(true)
})

test('a wait can be ended, and leaves no timer', async () => {
  const wait = new Wait()
  const waited = wait.for(1000)
  wait.end()
  await waited
  expect(vi.getTimerCount()).toBe(0)
})

test('an endless wait has no timer', async () => {
  const wait = new Wait()
  const waited = wait.for(Number.POSITIVE_INFINITY)
  expect(vi.getTimerCount()).toBe(0)
  expect(await isSettled(waited)).toBe(false)
  wait.end()
  await waited
})

test('a wait that is longer than any timer of Node.js does not end at once', async () => {
  const set = vi.spyOn(globalThis, 'setTimeout')
  const wait = new Wait()
  const waited = wait.for(2 ** 40)
  expect(set).toHaveBeenLastCalledWith(expect.anything(), 2 ** 31 - 1)
  wait.end()
  await waited
})
