import { defineRankingFormat, z } from 'mood-exporter/plugin'
import { rankingOf, termAt } from '../ranking/fields.ts'
import { type XmlItem, xmlItems } from '../ranking/xml-items.ts'

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

const TRAFFIC_ELEMENT = /(?:^|:)approx_traffic$/

/** Matches any namespace prefix. */
function textOf(item: XmlItem): string {
  for (const [name, text] of item) if (TRAFFIC_ELEMENT.test(name)) return text
  return ''
}

/** Abbreviations of thousands and millions, in the languages of the feed. */
const UNITS: Readonly<Record<string, number>> = {
  k: 1e3,
  m: 1e6,
  천: 1e3,
  만: 1e4,
  千: 1e3,
  万: 1e4,
  萬: 1e4,
  mil: 1e3,
  tn: 1e3,
  тыс: 1e3,
  mn: 1e6,
  mio: 1e6,
  млн: 1e6,
}

const TRAFFIC = /^(\d[\d.,\s]*)\s*(\p{L}*)\.?\s*\+?$/u

/**
 * The approximate number of searches for a trend: `200+`, `50,000+`, `20K+`, `2만+`. Undefined if it cannot be parsed:
 * the term then has no count.
 */
export function trafficOf(text: string): number | undefined {
  const [, digits, unit = ''] = TRAFFIC.exec(text.trim()) ?? []
  if (digits === undefined) return undefined
  const by = unit === '' ? 1 : UNITS[unit.toLowerCase()]
  const number = numberOf(digits.replace(/\s/g, ''))
  return by === undefined || Number.isNaN(number) ? undefined : Math.round(number * by)
}

/** Three digits after a point or comma are thousands; any other number of digits is a fraction. */
function numberOf(digits: string): number {
  const grouped = /^\d{1,3}(?:[.,]\d{3})+$/.test(digits)
  return Number(grouped ? digits.replace(/[.,]/g, '') : digits.replace(',', '.'))
}
