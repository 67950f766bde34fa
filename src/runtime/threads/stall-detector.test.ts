import { expect, test } from 'vitest'
import { StallDetector } from './stall-detector.ts'
import { ThreadClock, type ThreadTimes, threadNumber, threadTimes } from './thread-clock.ts'

test('time adds up while it does not move, and begins again when it does', () => {
  const detector = new StallDetector(null, 0)
  expect(detector.look(false, 100)).toBe(100)
  expect(detector.look(false, 200)).toBe(200)
  expect(detector.look(true, 300)).toBe(0)
  expect(detector.look(false, 350)).toBe(50)
})

test('time between looks that are far apart hardly counts', () => {
  const detector = new StallDetector(null, 0)
  detector.look(false, 100)
  expect(detector.look(false, 3_600_000)).toBe(350)
})

/** Looks at a thread every 100 ms, at which it is as given. */
function looked(...times: (ThreadTimes | null)[]): number[] {
  let at = 0
  const detector = new StallDetector(
    new ThreadClock(
      () => 1,
      () => times[at] ?? null,
    ),
    0,
  )
  return times.map((_, place) => {
    at = place
    return detector.look(false, (place + 1) * 100)
  })
}

const runnable = (processorMs: number): ThreadTimes => ({ isRunnable: true, processorMs })
const waiting = (processorMs: number): ThreadTimes => ({ isRunnable: false, processorMs })

test('a thread that gets no processor is hardly stalled, one that loops or waits is', () => {
  expect(looked(runnable(500), runnable(500), runnable(500), runnable(510))).toEqual([
    3.125, 6.25, 9.375, 19.375,
  ])
  expect(looked(runnable(500), runnable(600), runnable(690))).toEqual([3.125, 103.125, 193.125])
  expect(looked(waiting(500), waiting(500), waiting(510))).toEqual([100, 200, 300])
  expect(looked(null, null)).toEqual([100, 200])
})

test.skipIf(process.platform !== 'linux')('the times of a thread are those that the system counts', () => {
  const before = threadTimes(threadNumber())
  const until = performance.now() + 10_000
  while ((threadTimes(threadNumber())?.processorMs ?? 0) < (before?.processorMs ?? 0) + 20)
    if (performance.now() > until) break
  const after = threadTimes(threadNumber())
  expect(after?.isRunnable).toBe(true)
  expect((after?.processorMs ?? 0) - (before?.processorMs ?? 0)).toBeGreaterThanOrEqual(20)
  expect(threadTimes(2 ** 30)).toBeNull()
})
