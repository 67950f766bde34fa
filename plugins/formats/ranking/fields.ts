import {
  type Framing,
  InvalidRecord,
  isObject,
  type JsonObject,
  type Ranking,
  type RankingItem,
  unexpected,
} from 'mood-exporter/plugin'

/** A JSON document is one record, even if it is an array. */
export const JSON_DOCUMENT: Framing = { kind: 'json', arrays: 'whole' }

/**
 * Makes a ranking of terms.
 *
 * @throws InvalidRecord if there are none: an empty list is more likely a changed format
 */
export function rankingOf(at: number, items: RankingItem[], where: string): Ranking {
  if (items.length === 0) throw new InvalidRecord(`${where}: expected terms, got an empty list`)
  return { at, items }
}

/** A limit that no list reaches. */
const MOST_RANKS = 100_000

/** A number in digits, as some services write it. */
const DIGITS = /^\s*\d+(?:\.\d+)?\s*$/

/** @throws InvalidRecord if it is not an object */
export function objectAt(where: string, value: unknown): JsonObject {
  if (isObject(value)) return value
  throw unexpected(where, 'an object', value)
}

/** @throws InvalidRecord if it is not an array */
export function arrayAt(where: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw unexpected(where, 'an array', value)
}

/** @throws InvalidRecord if it is not a text, or an empty one */
export function termAt(where: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value
  throw unexpected(where, 'a term', value)
}

/** A rank from 1, as a number or in digits. @throws InvalidRecord if it is not one */
export function rankAt(where: string, value: unknown): number {
  const rank = numberOf(value)
  if (Number.isInteger(rank) && rank >= 1 && rank <= MOST_RANKS) return rank
  throw unexpected(where, 'a whole number from 1', value)
}

/**
 * A number, or one in digits; undefined if it is missing, null or ''. @throws InvalidRecord if it is anything else
 */
export function countAt(where: string, value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const count = numberOf(value)
  if (count >= 0) return count
  throw unexpected(where, 'a number from 0', value)
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && DIGITS.test(value) ? Number(value) : Number.NaN
}
