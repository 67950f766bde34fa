import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Pacer } from './pacer.ts'

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

test('turns are at least the given time apart, and the first is at once', async () => {
  const pacer = new Pacer(1000)
  const { signal } = new AbortController()
  await pacer.turn(signal)
  const start = performance.now()
  const second = pacer.turn(signal).then(() => performance.now() - start)
  await vi.advanceTimersByTimeAsync(5000)
  expect(await second).toBe(1000)
  // More than a second has passed.
  await pacer.turn(signal)
  expect(performance.now() - start).toBe(5000)
})

test('a wait ends when the signal is aborted, and takes no turn', async () => {
  const pacer = new Pacer(1000)
  await pacer.turn(new AbortController().signal)
  const controller = new AbortController()
  const waiting = expect(pacer.turn(controller.signal)).rejects.toThrow('stop')
  controller.abort(new Error('stop'))
  await waiting
  await vi.advanceTimersByTimeAsync(1000)
  const start = performance.now()
  await pacer.turn(new AbortController().signal)
  expect(performance.now()).toBe(start)
})
