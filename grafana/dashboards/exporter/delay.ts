import { line, type Section } from '../shared/layout.ts'
import { overTime } from '../shared/queries.ts'
import { lines } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { CHOSEN, CHOSEN_SOURCES, delay, rate } from './expressions.ts'

const delays = () =>
  lines({
    title: 'Delay from writing to counting',
    description:
      'The median and the 95th percentile. Includes the time before the post reached the exporter, such as in the network or a queue.',
    unit: UNITS.seconds,
    width: 8,
    empty: 'No posts in this time range',
    queries: [
      overTime(delay(0.5), '{{source}}, median'),
      overTime(delay(0.95), '{{source}}, 95th percentile'),
    ],
  }).min(0)

const eventTime = () =>
  lines({
    title: 'Lag of event time',
    description:
      'The age of the newest post of each source, and of the end of the last complete window of each size. A window waits for the slowest source that is not idle.',
    unit: UNITS.seconds,
    width: 8,
    empty: 'No posts yet',
    queries: [
      overTime(
        `time() - min by (source) (mood_source_watermark_timestamp_seconds{${CHOSEN_SOURCES}})`,
        '{{source}}',
      ),
      overTime(
        `time() - min by (window) (mood_window_end_timestamp_seconds{${CHOSEN}})`,
        'window of {{window}}',
      ),
    ],
  }).min(0)

const outOfTime = () =>
  lines({
    title: 'Late posts, and posts from the future',
    description:
      'Late: posts that arrived after their event-time window was complete; only counters include them. From the future: posts dated further ahead of the clock than limits.future; they count at the time of their arrival.',
    unit: UNITS.postsPerSecond,
    width: 8,
    empty: 'No posts in this time range',
    queries: [
      overTime(rate('mood_late_posts_total', 'source, window'), '{{source}}, late for {{window}}'),
      overTime(rate('mood_future_posts_total', 'source'), '{{source}}, from the future'),
    ],
  }).min(0)

/** Delays, and event time. */
export const delaySection = (): Section => ({
  title: 'Delay and event time',
  lines: [line(8, delays(), eventTime(), outOfTime())],
})
