import { heatmap } from '../shared/heatmap.ts'
import { line, type Section } from '../shared/layout.ts'
import { buckets, overTime } from '../shared/queries.ts'
import { bySentiment, lines, stacked } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { CHOSEN_BY_SOURCE } from './expressions.ts'

const rate = (series: string) => `rate(${series}[$__rate_interval])`
const postRate = (by: string) => `sum by (${by}) (${rate(`mood_posts_total{${CHOSEN_BY_SOURCE}}`)})`
const positivity = (part: string, by: string) =>
  `sum by (${by}) (${rate(`mood_positivity_ratio_${part}{${CHOSEN_BY_SOURCE}}`)})`

/** Posts by bucket. No score is above 1, so the row of the last bucket would always be empty. */
const positivityBuckets = `sum by (le) (${rate(`mood_positivity_ratio_bucket{${CHOSEN_BY_SOURCE}, le!="+Inf"}`)})`

const histogram = () =>
  heatmap(
    {
      title: 'Scores, as a heat map',
      description:
        'Posts a second by score, from most negative (0 %) to most positive (100 %); 50 % is neutral, and each row is named by its upper bound. Two bright bands mean that people disagree, which a mean does not show.',
      unit: UNITS.share,
      width: 12,
      empty: 'No scored posts in this time range',
      queries: [buckets(positivityBuckets).exemplar(true)],
    },
    UNITS.postsPerSecond,
    'Positivity',
  )

const scoreBySource = () =>
  lines({
    title: 'Mean score by source',
    description: 'The mean score of the posts of each source, on any topic, by arrival.',
    unit: UNITS.score,
    width: 12,
    empty: 'No scored posts in this time range',
    queries: [
      overTime(
        `2 * ${positivity('sum', 'source')} / (${positivity('count', 'source')} > 0) - 1`,
        '{{source}}',
      ),
    ],
  })
    .interval('5s')
    .decimals(2)
    .axisSoftMin(-0.3)
    .axisSoftMax(0.3)

const bySource = () =>
  stacked({
    title: 'Posts by source',
    description: 'Posts on the selected topics, by arrival instead of event time.',
    unit: UNITS.postsPerSecond,
    width: 8,
    empty: 'No posts in this time range',
    queries: [overTime(postRate('source'), '{{source}}')],
  })

const byArrival = () =>
  bySentiment(
    stacked({
      title: 'Posts by sentiment, as they arrive',
      description:
        'The same by sentiment. It differs from the graphs by event time if posts are late, or an archive is read.',
      unit: UNITS.postsPerSecond,
      width: 8,
      empty: 'No posts in this time range',
      queries: [overTime(postRate('sentiment'), '{{sentiment}}')],
    }),
  )

const byLanguage = () =>
  stacked({
    title: 'Posts by language',
    description:
      'The configured languages, and `other`. Posts in a language that the scorer does not know are `unknown`.',
    unit: UNITS.postsPerSecond,
    width: 8,
    empty: 'No posts in this time range',
    queries: [overTime(postRate('lang'), '{{lang}}')],
  })

/** By source. Only this section and the posts depend on the selected sources. */
export const sources = (): Section => ({
  title: 'By source: $source',
  lines: [line(9, histogram(), scoreBySource()), line(8, bySource(), byArrival(), byLanguage())],
})
