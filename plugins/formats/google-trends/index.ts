import { defineRankingFormat, z } from 'mood-exporter/plugin'
import { rankingOf, termAt } from '../shared/ranking.ts'
import { type XmlItem, xmlItems } from '../shared/xml-items.ts'
import { trafficOf } from './traffic.ts'

/**
 * RSS whose items have a `title` and an `ht:approx_traffic`, the first trend first. All items share one link and none has a
 * guid, so that a reader of feeds would take them for one. Undocumented; as seen in 2026.
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

/** Whatever the prefix of its namespace is. */
function textOf(item: XmlItem): string {
  for (const [name, text] of item) if (TRAFFIC.test(name)) return text
  return ''
}
