import { defineRankingFormat, parseJson, z } from 'mood-exporter/plugin'
import { arrayAt, countAt, JSON_DOCUMENT, objectAt, rankingOf, termAt } from '../ranking/fields.ts'

/**
 * `{ data: [{ trend_name, tweet_count? }] }`, the first trend first.
 *
 * @see https://docs.x.com/x-api/trends/trends-by-woeid/introduction
 */
export default defineRankingFormat({
  name: 'x-trends',
  description: 'Trends of a place on X, of its API v2.',
  options: z.object({}),
  create: () => ({
    framing: JSON_DOCUMENT,
    decode(text, { receivedAt }) {
      const { data } = objectAt('record', parseJson(text))
      const items = arrayAt('data', data).map((value, i) => {
        const { trend_name, tweet_count } = objectAt(`data[${i}]`, value)
        return {
          rank: i + 1,
          term: termAt(`data[${i}].trend_name`, trend_name),
          count: countAt(`data[${i}].tweet_count`, tweet_count),
        }
      })
      return rankingOf(receivedAt, items, 'data')
    },
  }),
})
