import { InvalidRecord } from './format.ts'
import { unexpected } from './invalid.ts'

/**
 * Thrown for an id that is a number with more digits than JavaScript numbers have. A single object: it is always
 * caught.
 */
export const DIGITS_LOST = new InvalidRecord(
  `an id that is a number must lie within ±${Number.MAX_SAFE_INTEGER}`,
)

/**
 * An id as text, from a string or a whole number; undefined if it is missing, null or empty. Call it within
 * `decodeJson`.
 *
 * @throws InvalidRecord if it is anything else
 */
export function idOf(where: string, value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw unexpected(where, 'a string or a whole number', value)
  if (!Number.isSafeInteger(value)) throw DIGITS_LOST
  return String(value)
}
