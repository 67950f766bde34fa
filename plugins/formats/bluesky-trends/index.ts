import { defineRankingFormat, parseJson, z } from 'mood-exporter/plugin'
import { arrayAt, countAt, JSON_DOCUMENT, objectAt, rankingOf, termAt } from '../ranking/fields.ts'

/**
 * `{ trends: [{ topic, displayName, postCount, … }] }`, in order of rank.
 *
 * @see https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/unspecced/getTrends.json
 */
export default defineRankingFormat({
  name: 'bluesky-trends',
  description: 'Trends on Bluesky, of app.bsky.unspecced.getTrends.',
  options: z.object({}),
  create: () => ({
    framing: JSON_DOCUMENT,
    decode(text, { receivedAt }) {
      const { trends } = objectAt('record', parseJson(text))
      const items = arrayAt('trends', trends).map((value, i) => {
        const { displayName, topic, postCount } = objectAt(`trends[${i}]`, value)
        return {
          rank: i + 1,
          term: termAt(`trends[${i}].displayName`, displayName ?? topic),
          count: countAt(`trends[${i}].postCount`, postCount),
        }
      })
      return rankingOf(receivedAt, items, 'trends')
    },
  }),
})
