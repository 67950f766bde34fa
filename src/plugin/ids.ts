import { InvalidRecord } from './format.ts'
import { unexpected } from './invalid.ts'
import { parseJson } from './json.ts'

/** Thrown for an id that is a number with more digits than JavaScript's numbers hold. One for all, as it is caught. */
export const DIGITS_LOST = new InvalidRecord(
  `an id that is a number must lie within ±${Number.MAX_SAFE_INTEGER}`,
)

/**
 * An id as text, from a string or a whole number; undefined where it is absent, null or empty. To be called within
 * {@link decodeWithIds}.
 *
 * @throws InvalidRecord where it is anything else
 */
export function idOf(where: string, value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw unexpected(where, 'a string or a whole number', value)
  if (!Number.isSafeInteger(value)) throw DIGITS_LOST
  return String(value)
}

/**
 * Decodes a record of JSON in which ids may be numbers. 64-bit ids, such as a tweet's, do not fit into a JavaScript
 * number: two posts would get the same id and one be dropped as a duplicate. Parsing so that all digits are kept
 * takes several times as long, so it is done only once an id turns out to need it.
 *
 * @param idKey the key that ids stand under
 * @throws InvalidRecord where the text is not JSON, and whatever `decode` throws
 */
export function decodeWithIds<Result>(
  text: string,
  idKey: string,
  decode: (value: unknown) => Result,
): Result {
  try {
    return decode(parseJson(text))
  } catch (error) {
    if (error !== DIGITS_LOST) throw error
    return decode(
      parseJson(text, (key, value, { source }) =>
        key === idKey && typeof value === 'number' && !Number.isSafeInteger(value) ? source : value,
      ),
    )
  }
}
