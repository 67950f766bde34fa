import { COLOURS } from '../shared/colours.ts'
import { line, type Section } from '../shared/layout.ts'
import { overTime } from '../shared/queries.ts'
import { bySentiment, inColour, lines, names, referenceLine, stacked } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { CHOSEN, margin, net } from './expressions.ts'

const perDay = () =>
  lines({
    title: 'Net sentiment: $topic',
    description:
      'Positive minus negative posts of the previous 24 hours, as a share of those with a score. The band is the 95 % confidence interval: if it is wide, there are too few posts. Dashed: the day and the week before.',
    unit: UNITS.score,
    width: 24,
    empty: 'No scored posts on this topic in this time range',
    queries: [
      overTime(net('1d'), 'net sentiment'),
      overTime(`${net('1d')} + ${margin('1d')}`, 'at most'),
      overTime(`${net('1d')} - ${margin('1d')}`, 'at least'),
      overTime(net('1d', { ago: ' offset 1d' }), 'a day before'),
      overTime(net('1d', { ago: ' offset 1w' }), 'a week before'),
    ],
  })
    .repeat('topic')
    .repeatDirection('h')
    .maxPerRow(4)
    .decimals(2)
    .legend(names())
    .axisSoftMin(-0.5)
    .axisSoftMax(0.5)
    .overrideByName('net sentiment', inColour(COLOURS.positive))
    .overrideByName('at most', [...band(20), { id: 'custom.fillBelowTo', value: 'at least' }])
    .overrideByName('at least', band(0))
    .overrideByName('a day before', referenceLine())
    .overrideByName('a week before', referenceLine(COLOURS.neutral))

/** An edge of the confidence band. */
const band = (fillOpacity: number) => [
  ...inColour(COLOURS.positive),
  { id: 'custom.lineWidth', value: 0 },
  { id: 'custom.fillOpacity', value: fillOpacity },
]

/** With fewer scored posts, net sentiment is off by 0.3 and more by chance. */
const LEAST_SCORED = 30

const byLanguage = () =>
  lines({
    title: 'Net sentiment by language',
    description: `Positive minus negative posts as a share of those with a score, by language, over the previous 24 hours. Languages with fewer than ${LEAST_SCORED} such posts are left out, as are those that the scorer does not know.`,
    unit: UNITS.score,
    width: 8,
    empty: `No language with ${LEAST_SCORED} scored posts in 24 hours, in this time range`,
    queries: [
      overTime(
        `(${ofLanguage('positive')} - ${ofLanguage('negative')}) / (${ofLanguage('positive|neutral|negative')} >= ${LEAST_SCORED})`,
        '{{lang}}',
      ),
    ],
  })
    .decimals(2)
    .legend(names())
    .axisSoftMin(-0.5)
    .axisSoftMax(0.5)

/** Posts of 24 hours by language: rules record those of an hour. A subquery of fewer of them takes longer. */
const ofLanguage = (sentiments: string) =>
  `24 * sum by (lang) (avg_over_time(topic_lang:mood_posts:last1h{${CHOSEN}, topic=~"$topic", sentiment=~"${sentiments}"}[1d]))`

const sentiments = () =>
  bySentiment(
    stacked({
      title: 'Posts an hour, by sentiment',
      description: 'Posts of the previous hour on the selected topics. `unknown` are posts without a score.',
      unit: UNITS.posts,
      width: 8,
      empty: 'No posts in this time range',
      queries: [
        overTime(`sum by (sentiment) (topic:mood_posts:last1h{${CHOSEN}, topic=~"$topic"})`, '{{sentiment}}'),
      ],
    }),
  )

const agreement = () =>
  lines({
    title: 'What each scorer says',
    description:
      'Net sentiment of the selected topics over 24 hours, by scorer. If the scorers disagree, read posts before you draw conclusions.',
    unit: UNITS.score,
    width: 8,
    empty: 'No scored posts in this time range',
    queries: [
      overTime(
        `(${ofScorer('positive')} - ${ofScorer('negative')}) / (${ofScorer('positive|neutral|negative')} > 0)`,
        '{{scorer}}',
      ),
    ],
  })
    .decimals(2)
    .legend(names())
    .axisSoftMin(-0.5)
    .axisSoftMax(0.5)

const ofScorer = (sentiments: string) =>
  `sum by (scorer) (topic:mood_posts:last1d{job=~"$job", topic=~"$topic", sentiment=~"${sentiments}"})`

const emotions = () =>
  stacked({
    title: 'Posts an hour, by emotion',
    description:
      'Posts of the previous hour on the selected topics that show an emotion, by each scorer of emotions. A post may show several, or none.',
    unit: UNITS.posts,
    width: 24,
    empty: 'No scorer of emotions, such as `emotions`, or no emotion found',
    queries: [
      overTime(
        'sum by (emotion, scorer) (topic:mood_posts_by_emotion:last1h{job=~"$job", topic=~"$topic"})',
        '{{emotion}} ({{scorer}})',
      ),
    ],
  })

/** Sentiment over days. */
export const sentiment = (): Section => ({
  title: 'Sentiment',
  lines: [line(8, perDay()), line(8, sentiments(), byLanguage(), agreement()), line(8, emotions())],
})
