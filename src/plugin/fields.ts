import { unexpected } from './invalid.ts'
import { parseTime, unixTime } from './time/time.ts'

/**
 * A string that may be absent: undefined if it is missing, null or ''.
 *
 * @throws InvalidRecord if it is anything else
 */
export function optionalString(where: string, value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  if (value === undefined || value === null) return undefined
  throw unexpected(where, 'a string', value)
}

/**
 * When a post was written, in milliseconds since 1970-01-01 UTC; `receivedAt` if the value is missing or null.
 *
 * @throws InvalidRecord if it is not a time that {@link parseTime} or {@link unixTime} can read
 */
export function timeOf(where: string, value: unknown, receivedAt: number): number {
  if (value === undefined || value === null) return receivedAt
  const time =
    typeof value === 'string' ? parseTime(value) : typeof value === 'number' ? unixTime(value) : NaN
  if (Number.isNaN(time)) throw unexpected(where, 'a time (ISO 8601, RFC 2822 or Unix time)', value)
  return time
}
