import { BigValueTextMode } from '@grafana/grafana-foundation-sdk/common'
import { alertsNow, TOPIC_ALERTS } from '../shared/alerts.ts'
import { BAD, COLOURS, GOOD, PLAIN } from '../shared/colours.ts'
import { line, type Section } from '../shared/layout.ts'
import { toAlertRules } from '../shared/links.ts'
import { now, overTime } from '../shared/queries.ts'
import { backgroundStat, coloursFrom, stat } from '../shared/stat.ts'
import { states } from '../shared/state-timeline.ts'
import { lines, names, referenceLine } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { FACE_AND_WORD_MAPPING, FACE_MAPPING, moodLevel } from '../shared/value-mappings.ts'
import { CHOSEN, CHOSEN_RECORDED, meanScore, negativeShare } from './expressions.ts'

const NO_WINDOW = 'No scored posts in the last complete window'

const face = () =>
  backgroundStat({
    title: 'Mood now',
    description:
      'The mean score of the selected topics in the last complete event-time window, as a face: 🙂 from `sentiment.positive` up, 🙁 from `sentiment.negative` down, 😐 between; 😄 and 😡 are 0.25 further out.',
    unit: UNITS.state,
    width: 4,
    empty: '🤷 no posts',
    queries: [now(moodLevel(meanScore()), 'mood')],
  })
    .mappings([FACE_MAPPING])
    .textMode(BigValueTextMode.Value)

const score = () =>
  stat({
    title: 'Mean score',
    description: 'The mean score of all posts that have one, from −1 (most negative) to 1 (most positive).',
    unit: UNITS.score,
    width: 4,
    empty: NO_WINDOW,
    queries: [now(meanScore(), 'mean score')],
  })
    .decimals(2)
    // Without colours: the face has those of the configured thresholds.
    .thresholds(coloursFrom(PLAIN))

const negative = () =>
  stat({
    title: 'Share negative',
    description:
      'Negative posts among those with a score, in the last complete event-time window. The usual share differs by topic: see below.',
    unit: UNITS.share,
    width: 4,
    empty: NO_WINDOW,
    queries: [now(negativeShare, 'negative')],
  })
    .decimals(1)
    .thresholds(coloursFrom(COLOURS.negative))

const posts = () =>
  stat({
    title: 'Posts in the last minute',
    description:
      'Posts of the last complete minute of event time, including those without a score. A post on two of the selected topics counts in both.',
    unit: UNITS.posts,
    width: 4,
    empty: 'No complete minute yet, or no window of 1m is configured',
    queries: [now(`sum(mood_window_posts{${CHOSEN}, window="1m"})`, 'posts')],
  }).thresholds(coloursFrom(PLAIN))

const alerts = () =>
  alertsNow(
    4,
    TOPIC_ALERTS,
    'Firing alerts on the selected topics. The graphs below are marked while one fires.',
  ).links([toAlertRules()])

const age = () =>
  backgroundStat({
    title: 'Age of these numbers',
    description:
      'How long ago the last complete window of each size ended, by event time. A few seconds are for late posts; more means that a source is behind, or reads an archive.',
    unit: UNITS.seconds,
    width: 4,
    empty: 'No complete window yet',
    queries: [
      now(
        'time() - min by (window) (mood_window_end_timestamp_seconds{job=~"$job", instance=~"$instance"})',
        '{{window}}',
      ),
    ],
  })
    .decimals(0)
    .thresholds(coloursFrom(GOOD, [30, PLAIN], [120, BAD]))

const scoreOverTime = () =>
  lines({
    title: 'Score over time',
    description:
      'The mean score of each topic in each complete window. Windows of a second react faster, those of a minute are smoother: select one above.',
    unit: UNITS.score,
    width: 12,
    empty: 'No scored posts in this time range',
    queries: [overTime(meanScore('topic'), '{{topic}}'), overTime(meanScore(), 'all of them')],
  })
    .decimals(2)
    .legend(names())
    .axisSoftMin(-0.3)
    .axisSoftMax(0.3)
    .overrideByName('all of them', referenceLine(COLOURS.neutral))

const moodOverTime = () =>
  states(
    {
      title: 'Mood of each topic',
      description:
        'The same faces over time, from the mean score of the minute before. Orange is a topic whose mood is negative.',
      unit: UNITS.state,
      width: 12,
      empty: 'No scored posts in this time range',
      queries: [overTime(moodLevel(`topic:mood_score:mean1m{${CHOSEN_RECORDED}}`), '{{topic}}')],
    },
    FACE_AND_WORD_MAPPING,
  )

/** The present mood, and its course. */
export const present = (): Section => ({
  lines: [
    line(5, face(), score(), negative(), posts(), alerts(), age()),
    line(9, scoreOverTime(), moodOverTime()),
  ],
})
