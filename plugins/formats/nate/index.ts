import { defineRankingFormat, parseJson, z } from 'mood-exporter/plugin'
import { arrayAt, rankAt, rankingOf, termAt } from '../ranking/fields.ts'

/** `[[rank, keyword, state, change, related], …]`. Undocumented; unchanged since 2021. */
export default defineRankingFormat({
  name: 'nate',
  description: 'Trending searches in Korea, of nate.com.',
  options: z.object({}),
  create: () => ({
    // An array of arrays: with `json` framing each inner array would be a record.
    framing: { kind: 'whole' },
    decode(text, { receivedAt }) {
      const items = arrayAt('record', parseJson(text)).map((value, i) => {
        const [rank, term] = arrayAt(`[${i}]`, value)
        return { rank: rankAt(`[${i}][0]`, rank), term: termAt(`[${i}][1]`, term) }
      })
      return rankingOf(receivedAt, items, 'record')
    },
  }),
})
