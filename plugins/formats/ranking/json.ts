import { lastKey, parseJson, pointerReader, type RankingFormat } from 'mood-exporter/plugin'
import { arrayAt, countAt, JSON_DOCUMENT, rankAt, rankingOf, termAt } from './fields.ts'
import { namedPlace, type RankingOptions } from './options.ts'
import { listTime } from './times.ts'

/** Rankings in JSON, by pointers. */
export function jsonRankings(options: RankingOptions): RankingFormat {
  const { items = '', term = '', rank, count, time } = options as Record<string, string | undefined>
  const listOf = pointerReader(items)
  const termOf = pointerReader(term)
  const rankOf = rank === undefined ? undefined : pointerReader(rank)
  const countOf = count === undefined ? undefined : pointerReader(count)
  const timeOf = time === undefined ? undefined : pointerReader(time)
  const readTime = listTime(options)
  return {
    // If the list is the record, `cut` would split a list of lists.
    framing: lastKey(items) === '' ? { kind: 'whole' } : JSON_DOCUMENT,
    decode(text, { receivedAt }) {
      const document = parseJson(text)
      const list = arrayAt(namedPlace(items), listOf(document)).map((item, i) => {
        const where = `${items}[${i}]`
        return {
          rank: rankOf ? rankAt(`${where}${rank}`, rankOf(item)) : i + 1,
          term: termAt(`${where}${term}`, termOf(item)),
          count: countOf ? countAt(`${where}${count}`, countOf(item)) : undefined,
        }
      })
      const at = timeOf ? readTime(time as string, timeOf(document)) : receivedAt
      return rankingOf(at, list, namedPlace(items))
    },
  }
}
