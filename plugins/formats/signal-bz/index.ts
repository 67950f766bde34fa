import { defineRankingFormat, parseJson, timeOf, unexpected, z } from 'mood-exporter/plugin'
import { arrayAt, JSON_DOCUMENT, objectAt, rankAt, rankingOf, termAt } from '../ranking/fields.ts'

/**
 * `{ now, top10: [{ rank, keyword, state }] }`, and further keys, which are ignored. Undocumented; unchanged since
 * 2021.
 */
export default defineRankingFormat({
  name: 'signal-bz',
  description: 'Trending searches in Korea, of api.signal.bz.',
  options: z.object({}),
  create: () => ({
    framing: JSON_DOCUMENT,
    decode(text, { receivedAt }) {
      const { now, top10 } = objectAt('record', parseJson(text))
      if (now === undefined || now === null) throw unexpected('now', 'a time', now)
      const items = arrayAt('top10', top10).map((value, i) => {
        const { rank, keyword } = objectAt(`top10[${i}]`, value)
        return { rank: rankAt(`top10[${i}].rank`, rank), term: termAt(`top10[${i}].keyword`, keyword) }
      })
      return rankingOf(timeOf('now', now, receivedAt), items, 'top10')
    },
  }),
})
