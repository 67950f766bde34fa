import { defineRankingFormat, z } from 'mood-exporter/plugin'
import { rankingOf, termAt } from '../shared/ranking.ts'
import { type XmlItem, xmlItems } from '../shared/xml-items.ts'
import { trafficOf } from './traffic.ts'

/**
 * RSS whose items have a `title` and an `ht:approx_traffic`, in order of rank. All items share one link and none has
 * a guid, so a feed reader would treat them as one. Undocumented; as of 2026.
 */
export default defineRankingFormat({
  name: 'google-trends',
  description: 'Trending searches of a country, of the RSS of Google Trends.',
  options: z.object({}),
  create: () => ({
    framing: { kind: 'whole' },
    decode(document, { receivedAt }) {
      const items = xmlItems(document).map((item, i) => ({
        rank: i + 1,
        term: termAt(`item[${i}].title`, item.get('title')),
        count: trafficOf(textOf(item)),
      }))
      return rankingOf(receivedAt, items, 'item')
    },
  }),
})

const TRAFFIC = /(?:^|:)approx_traffic$/

/** Matches any namespace prefix. */
function textOf(item: XmlItem): string {
  for (const [name, text] of item) if (TRAFFIC.test(name)) return text
  return ''
}
