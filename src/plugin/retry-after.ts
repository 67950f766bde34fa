/**
 * The wait that a `Retry-After` header asks for, in milliseconds from now: seconds or a date (RFC 9110, 10.2.3).
 * Undefined if there is no such header, or it is neither.
 *
 * @param now milliseconds since 1970-01-01 UTC
 */
export function retryAfter(value: string | null, now = Date.now()): number | undefined {
  if (value === null) return undefined
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
