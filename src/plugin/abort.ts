/** The longest wait that Node.js timers support, in milliseconds. A longer one would end at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

/** Waits for a number of milliseconds, at most 24 days, or until the signal is aborted. Never rejects. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve()
    const wake = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, Math.min(Math.max(ms, 0), LONGEST_TIMER))
    signal.addEventListener('abort', wake, { once: true })
  })
}

/**
 * Settles as the promise does, or resolves to undefined once the signal is aborted, so that a source that waits for
 * room in the queue still stops at once. (Promise.race with one long-lived promise would keep every result alive.)
 */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve(undefined)
    const stop = () => resolve(undefined)
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
