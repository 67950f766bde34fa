import { line, type Section } from '../shared/layout.ts'
import { overTime } from '../shared/queries.ts'
import { lines } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { CHOSEN, CHOSEN_SOURCES, delay, rate } from './expressions.ts'

const delays = () =>
  lines({
    title: 'Delay from writing to counting',
    description:
      'Half of the posts, and 95 of 100, take less. It holds what happened before the post came here, too: how long the network or a queue kept it.',
    unit: UNITS.seconds,
    width: 8,
    empty: 'No posts in this time range',
    queries: [overTime(delay(0.5), '{{source}}, half'), overTime(delay(0.95), '{{source}}, 95 of 100')],
  }).min(0)

const eventTime = () =>
  lines({
    title: 'How far event time is behind',
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
    title: 'Posts out of time',
    description:
      'Late: they came after their event-time window was complete, and are in the counters only. From the future: written further ahead of the clock than limits.future, and counted as written when they came.',
    unit: UNITS.postsPerSecond,
    width: 8,
    empty: 'No posts in this time range',
    queries: [
      overTime(rate('mood_late_posts_total', 'source, window'), '{{source}}, late for {{window}}'),
      overTime(rate('mood_future_posts_total', 'source'), '{{source}}, from the future'),
    ],
  }).min(0)

/** How late it is. */
export const delaySection = (): Section => ({
  title: 'Delay and event time',
  lines: [line(8, delays(), eventTime(), outOfTime())],
})
