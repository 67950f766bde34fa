import { defineRankingFormat, parseJson, z } from 'mood-exporter/plugin'
import { arrayAt, countAt, JSON_DOCUMENT, objectAt, rankAt, rankingOf, termAt } from '../ranking/fields.ts'

const DAY_MS = 86_400_000

/** Pages that are always at the top and are no articles: main pages, searches, pages of the project itself. */
const SKIPPED = [
  ...['-', 'Main_Page', 'Special:', 'Wikipedia:', 'Portal:', 'File:', 'Help:', 'Category:', 'Template:'],
  ...['User:', 'Talk:', '위키백과:', '특수:', '포털:', '파일:', '도움말:', '분류:', '틀:', '사용자:'],
]

/**
 * `{ items: [{ year, month, day, articles: [{ article, views, rank }] }] }`: the most read articles of a day.
 *
 * @see https://doc.wikimedia.org/generated-data-platform/aqs/analytics-api/reference/page-views.html
 */
export default defineRankingFormat({
  name: 'wikipedia-top',
  description: "A day's most read articles of a Wikipedia.",
  options: z.object({
    skip: z
      .array(z.string().min(1))
      .default(SKIPPED)
      .describe(
        'Articles that are left out, by their titles with `_` for spaces; and namespaces, with their colon. The others move up.',
      ),
  }),
  create: ({ skip }) => {
    const titles = new Set(skip)
    const namespaces = skip.filter(each => each.endsWith(':'))
    const isWanted = (article: string) =>
      !titles.has(article) && !namespaces.some(namespace => article.startsWith(namespace))
    return {
      framing: JSON_DOCUMENT,
      decode(text) {
        const { items } = objectAt('record', parseJson(text))
        const [first] = arrayAt('items', items)
        const { year, month, day, articles } = objectAt('items[0]', first)
        const midnight = Date.UTC(
          rankAt('items[0].year', year),
          rankAt('items[0].month', month) - 1,
          rankAt('items[0].day', day),
        )
        const read = arrayAt('items[0].articles', articles).map((value, i) => {
          const where = `items[0].articles[${i}]`
          const { article, views, rank } = objectAt(where, value)
          return {
            rank: rankAt(`${where}.rank`, rank),
            article: termAt(`${where}.article`, article),
            count: countAt(`${where}.views`, views),
          }
        })
        const wanted = read
          .filter(({ article }) => isWanted(article))
          .sort((a, b) => a.rank - b.rank)
          .map(({ article, count }, i) => ({ rank: i + 1, term: article.replaceAll('_', ' '), count }))
        // The list is of the whole day: that is what it was at its end.
        return rankingOf(midnight + DAY_MS, wanted, 'items[0].articles')
      },
    }
  },
})
