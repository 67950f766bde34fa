import { defineRankingFormat, parseJson, z } from 'mood-exporter/plugin'
import { arrayAt, countAt, JSON_DOCUMENT, objectAt, rankingOf, termAt } from '../ranking/fields.ts'

/**
 * `[{ name, history: [{ day, uses, accounts }] }]`, in order of rank and with the latest day first; numbers are
 * strings.
 *
 * @see https://docs.joinmastodon.org/methods/trends/#tags
 */
export default defineRankingFormat({
  name: 'mastodon-trends',
  description: 'Trending hashtags of a Mastodon server.',
  options: z.object({}),
  create: () => ({
    framing: JSON_DOCUMENT,
    decode(text, { receivedAt }) {
      const items = arrayAt('record', parseJson(text)).map((value, i) => {
        const { name, history } = objectAt(`[${i}]`, value)
        const [today] = history === undefined ? [] : arrayAt(`[${i}].history`, history)
        const uses = today === undefined ? undefined : objectAt(`[${i}].history[0]`, today).uses
        return {
          rank: i + 1,
          term: `#${termAt(`[${i}].name`, name)}`,
          count: countAt(`[${i}].history[0].uses`, uses),
        }
      })
      return rankingOf(receivedAt, items, 'record')
    },
  }),
})
