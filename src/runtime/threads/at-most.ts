import type { StallDetector } from './stall-detector.ts'

/** How often a thread is looked at that is waited for, in milliseconds. */
const LOOK_MS = 100

/** Waits for a promise, for this number of milliseconds at most. Resolves to whether it was settled by then. */
export async function atMost(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const { promise: expired, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(resolve, ms, false)
  try {
    return await Promise.race([promise.then(() => true), expired])
  } finally {
    clearTimeout(timer)
  }
}

/** Waits for a promise that a thread settles, until the thread has been stalled for `ms` milliseconds. */
export async function atMostStalled(
  detector: StallDetector,
  ms: number,
  promise: Promise<unknown>,
): Promise<boolean> {
  while (!(await atMost(LOOK_MS, promise))) if (detector.look(false) > ms) return false
  return true
}
