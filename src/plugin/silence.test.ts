import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SilenceWatch } from './silence.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('silence is reported once, after the limit', async () => {
  const silent = vi.fn()
  const watch = new SilenceWatch(1000, silent)
  await vi.advanceTimersByTimeAsync(900)
  watch.heard()
  await vi.advanceTimersByTimeAsync(999)
  expect(silent).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(5)
  expect(silent).toHaveBeenCalledOnce()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(silent).toHaveBeenCalledOnce()
})

test('own delays do not count as silence', async () => {
  const silent = vi.fn()
  const watch = new SilenceWatch(1000, silent)
  watch.begin()
  await vi.advanceTimersByTimeAsync(60_000)
  watch.end()
  await vi.advanceTimersByTimeAsync(990)
  expect(silent).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(20)
  expect(silent).toHaveBeenCalledOnce()
})

test('without a limit, or once stopped, nothing is reported', async () => {
  const silent = vi.fn()
  new SilenceWatch(0, silent).heard()
  const stopped = new SilenceWatch(1000, silent)
  stopped.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(silent).not.toHaveBeenCalled()
  expect(vi.getTimerCount()).toBe(0)
})

test('data that waits while the thread was blocked counts as heard', async () => {
  vi.useRealTimers()
  const silent = vi.fn()
  const watch = new SilenceWatch(20, silent)
  // The timer is due while the thread is held up, and so is what came meanwhile.
  setTimeout(() => setImmediate(() => watch.heard()), 0)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60)
  await new Promise(resolve => setTimeout(resolve, 1))
  expect(silent).not.toHaveBeenCalled()
  watch.stop()
})
