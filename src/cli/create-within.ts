import { TimeLimitError, within } from '../eval/time-limit.ts'

/**
 * Creates a plugin. @throws TimeLimitError if that takes longer than `ms` milliseconds, in synchronous code or in a
 * promise
 */
export async function createWithin<T>(ms: number, create: () => T | Promise<T>): Promise<T> {
  const { promise: expired, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new TimeLimitError(`it was not created within ${ms} ms`)), ms)
  try {
    return await Promise.race([within(ms, create), expired])
  } finally {
    clearTimeout(timer)
  }
}
