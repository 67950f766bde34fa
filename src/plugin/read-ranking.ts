import type { Ranking, RankingItem } from './ranking.ts'
import { cleanTerm } from './terms.ts'

/** The largest time of a Date, in milliseconds before or after 1970. */
const LATEST_MS = 8.64e15

/** The limit of terms in a ranking; the exporter keeps far fewer. */
const MOST_ITEMS = 100_000

/**
 * A validated copy of a ranking: terms trimmed and cut like those of posts, each once at its best rank, in order of
 * rank. Or what is wrong with the value.
 *
 * @throws whatever a getter of the value throws
 */
export function readRanking(value: unknown): Ranking | string {
  if (typeof value !== 'object' || value === null) return `expected a ranking, got ${kindOf(value)}`
  const { at, items } = value as Ranking
  if (typeof at !== 'number' || !(Math.abs(at) <= LATEST_MS))
    return `expected \`at\` to be Unix milliseconds, got ${typeof at === 'number' ? at : kindOf(at)}`
  if (!Array.isArray(items)) return `expected \`items\` to be an array, got ${kindOf(items)}`
  const { length } = items
  if (length === 0 || length > MOST_ITEMS) return `expected \`items\` to hold terms, got ${length} of them`
  const best = new Map<string, RankingItem>()
  // By index: iterating would skip the holes of a sparse array.
  for (let i = 0; i < length; i++) {
    const item = readItem(items[i])
    if (typeof item === 'string') return `items[${i}]: ${item}`
    const known = best.get(item.term)
    if (!known || item.rank < known.rank) best.set(item.term, item)
  }
  return { at, items: [...best.values()].sort((a, b) => a.rank - b.rank) }
}

function readItem(value: unknown): RankingItem | string {
  if (typeof value !== 'object' || value === null)
    return `expected a term with its rank, got ${kindOf(value)}`
  const { rank, term, count } = value as RankingItem
  if (!Number.isInteger(rank) || rank < 1 || rank > MOST_ITEMS)
    return `expected \`rank\` to be a whole number from 1, got ${typeof rank === 'number' ? rank : kindOf(rank)}`
  if (typeof term !== 'string') return `expected \`term\` to be a string, got ${kindOf(term)}`
  const clean = cleanTerm(term.replace(/\s+/g, ' ').trim())
  if (clean === '') return 'expected `term` to be a term, got white space'
  if (count !== undefined && !(typeof count === 'number' && Number.isFinite(count) && count >= 0))
    return `expected \`count\` to be a number from 0 or absent, got ${typeof count === 'number' ? count : kindOf(count)}`
  return { rank, term: clean, count }
}

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value
