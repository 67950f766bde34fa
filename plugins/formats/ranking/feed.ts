import type { RankingFormat } from 'mood-exporter/plugin'
import { countAt, rankAt, rankingOf, termAt } from './fields.ts'
import type { RankingOptions } from './options.ts'
import { listTime } from './times.ts'
import { xmlItems } from './xml-items.ts'

/** Rankings in feeds, by the names of elements. */
export function feedRankings(options: RankingOptions): RankingFormat {
  const { term = 'title', rank, count, time } = options as Record<string, string | undefined>
  const readTime = listTime(options)
  return {
    framing: { kind: 'whole' },
    decode(document, { receivedAt }) {
      const items = xmlItems(document)
      const list = items.map((item, i) => {
        const where = `item[${i}]`
        return {
          rank: rank === undefined ? i + 1 : rankAt(`${where}.${rank}`, item.get(rank)),
          term: termAt(`${where}.${term}`, item.get(term)),
          count: count === undefined ? undefined : countAt(`${where}.${count}`, item.get(count)),
        }
      })
      const at = time === undefined ? receivedAt : readTime(`item[0].${time}`, items[0]?.get(time))
      return rankingOf(at, list, 'item')
    },
  }
}
