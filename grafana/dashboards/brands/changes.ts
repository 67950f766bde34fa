import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { COLOURS } from '../shared/colours.ts'
import { line, type Section } from '../shared/layout.ts'
import { now } from '../shared/queries.ts'
import { coloursFrom } from '../shared/stat.ts'
import { table, WHOLE_PERCENT } from '../shared/table.ts'
import { UNITS } from '../shared/units.ts'
import { type Ago, negative, net, posts } from './expressions.ts'

/** The relative change. */
const change = (ago: Ago) => `${posts('1d')} / (${posts('1d', { ago })} > 0) - 1`

const points = [
  { id: 'unit', value: UNITS.points },
  { id: 'decimals', value: 0 },
]
/** A net sentiment this close to 0 is shown as neutral. */
const BALANCED = 0.05

const score = [
  { id: 'unit', value: UNITS.score },
  { id: 'decimals', value: 2 },
  {
    id: 'thresholds',
    value: coloursFrom(COLOURS.negative, [-BALANCED, COLOURS.neutral], [BALANCED, COLOURS.positive]).build(),
  },
  { id: 'custom.cellOptions', value: { type: 'color-text' } },
]

const whatChanged = () =>
  table(
    {
      title: 'What changed',
      description:
        'Each topic over the last 24 hours, compared with the 24 hours before and the same 24 hours a week ago. Net sentiment: positive minus negative posts, as a share of those with a score, from −1 to 1. Changes of shares are in percentage points. The top term is the most used one now, of the selected extractor.',
      unit: UNITS.posts,
      width: 24,
      empty: 'Less than a day recorded',
      queries: [
        posts('1d'),
        change(' offset 1d'),
        change(' offset 1w'),
        net('1d'),
        `${net('1d')} - (${net('1d', { ago: ' offset 1d' })})`,
        negative('1d'),
        `100 * (${negative('1d')} - ${negative('1d', { ago: ' offset 1d' })})`,
        'topk by (topic) (1, sum by (topic, term) (mood_top_term_posts{job=~"$job", instance=~"$instance", topic=~"$topic", extractor="$extractor", window="$term_window"}))',
      ].map(expr => now(expr, '{{topic}}').format(PromQueryFormat.Table)),
    },
    'topic',
    [
      { heading: 'posts in a day' },
      { heading: 'against the day before', properties: WHOLE_PERCENT },
      { heading: 'against the week before', properties: WHOLE_PERCENT },
      { heading: 'net sentiment', properties: score },
      {
        heading: 'change of the sentiment',
        properties: [
          { id: 'decimals', value: 2 },
          { id: 'unit', value: UNITS.score },
        ],
      },
      { heading: 'share negative', properties: WHOLE_PERCENT },
      { heading: 'change of the share', properties: points },
      { heading: 'with the top term' },
    ],
    { term: 'top term' },
  )

/** Today, compared with the day and the week before. */
export const changes = (): Section => ({ lines: [line(7, whatChanged())] })
