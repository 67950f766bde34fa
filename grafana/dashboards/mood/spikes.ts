import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard'
import { TOPIC_ALERTS } from '../shared/alerts.ts'
import { BAD, COLOURS, PLAIN } from '../shared/colours.ts'
import { line, type Section } from '../shared/layout.ts'
import { overTime } from '../shared/queries.ts'
import { states } from '../shared/state-timeline.ts'
import { inColour, lines, names, referenceLine } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { CHOSEN, CHOSEN_RECORDED } from './expressions.ts'

/** The usual share, with which the last minute is compared. */
const USUAL = `max by (topic) (topic:mood_negative_share:usual{${CHOSEN_RECORDED}})`

/** A threshold of a topic's alert, from mood.yml. */
const threshold = (parameter: string) => `mood_topic_alert_threshold{${CHOSEN}, parameter="${parameter}"}`

const shareOfTopic = () =>
  lines({
    title: 'Share negative: $topic',
    description:
      'The share of negative posts in the last minute, and the usual share of this topic (over two hours that ended 15 minutes ago). Below the upper dashed line a rise is too small for an alert; above it the rise must also be statistically significant.',
    unit: UNITS.share,
    width: 24,
    empty: 'No scored posts on this topic in this time range',
    queries: [
      overTime(`max by (topic) (topic:mood_negative_share:ratio1m{${CHOSEN_RECORDED}})`, 'last minute'),
      overTime(USUAL, 'usual'),
      overTime(`${USUAL} + on (topic) max by (topic) (${threshold('min_rise')})`, 'least for an alert'),
    ],
  })
    .repeat('topic')
    .repeatDirection('h')
    .maxPerRow(4)
    .min(0)
    .axisSoftMax(0.5)
    .overrideByName('last minute', inColour(COLOURS.negative))
    .overrideByName('usual', referenceLine(COLOURS.neutral))
    .overrideByName('least for an alert', referenceLine())

const deviation = () =>
  lines({
    title: 'Deviation of the share of negative posts',
    description:
      'How many standard deviations (z) the share is above the usual one: the largest of the windows of 1, 5 and 15 minutes. The alert fires above the dashed line, if there are enough posts and the rise is large enough. If thresholds differ by topic, the line is the lowest.',
    unit: UNITS.deviations,
    width: 12,
    empty: 'No baseline yet: that takes some minutes, and 200 posts on a topic',
    queries: [
      overTime(`max by (topic) (topic:mood_negative_share:z{${CHOSEN_RECORDED}})`, '{{topic}}'),
      overTime(`min(${threshold('z')})`, 'alert from'),
    ],
  })
    .decimals(1)
    .legend(names())
    .axisSoftMin(-2)
    .axisSoftMax(6)
    .overrideByName('alert from', referenceLine())

const alerts = () =>
  states(
    {
      title: 'Alerts by topic',
      description:
        'When alerts on a topic fired: a rise of negative posts, and those on positive posts, volume and silence if mood.yml enables them.',
      unit: UNITS.state,
      width: 12,
      empty: 'No posts on these topics in this time range',
      queries: [
        overTime(
          `clamp_max(count by (topic) (${TOPIC_ALERTS}), 1)
            or 0 * max by (topic) (topic:mood_negative_share:ratio1m{${CHOSEN_RECORDED}})`,
          '{{topic}}',
        ),
      ],
    },
    {
      type: MappingType.ValueToText,
      options: {
        0: { text: 'calm', color: PLAIN, index: 0 },
        1: { text: 'alert', color: BAD, index: 1 },
      },
    },
  )

/** What the alerts on negative posts are based on. */
export const spikes = (): Section => ({
  title: 'Negative posts, and the usual share',
  lines: [line(8, shareOfTopic()), line(8, deviation(), alerts())],
})
