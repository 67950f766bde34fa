import { line, type Section } from '../shared/layout.ts'
import { eventsPerMinute, overTime } from '../shared/queries.ts'
import { events, lines, stacked } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { CHOSEN_SOURCES, LEFT_OUT, LOSSES, rate } from './expressions.ts'

const posts = () =>
  stacked({
    title: 'Posts by source',
    description: 'Posts decoded a second, each counted once, whatever its topics.',
    unit: UNITS.postsPerSecond,
    width: 8,
    empty: 'No posts in this time range',
    queries: [overTime(rate('mood_source_posts_total', 'source'), '{{source}}')],
  })

const records = () =>
  lines({
    title: 'Records by source',
    description:
      'Records received a second, valid or not. If there are more records than posts, see the dropped ones.',
    unit: UNITS.recordsPerSecond,
    width: 8,
    empty: 'No records in this time range',
    queries: [overTime(rate('mood_source_records_total', 'source'), '{{source}}')],
  }).min(0)

const bytes = () =>
  lines({
    title: 'Bytes by source',
    description: 'Bytes of received records a second.',
    unit: UNITS.bytesPerSecond,
    width: 8,
    empty: 'No records in this time range',
    queries: [overTime(rate('mood_source_bytes_total', 'source'), '{{source}}')],
  }).min(0)

const dropped = (reasons: string) =>
  `sum by (reason) (rate(mood_posts_dropped_total{${CHOSEN_SOURCES}, ${reasons}}[$__rate_interval])) > 0`

const lost = () =>
  stacked({
    title: 'Lost, by reason',
    description:
      'Records and posts dropped a second that should have been scored. `overflow`: the exporter cannot keep up. The other reasons are about the records themselves; the log has samples.',
    unit: UNITS.recordsPerSecond,
    width: 6,
    empty: 'Nothing lost in this time range',
    queries: [overTime(dropped(LOSSES), '{{reason}}')],
  })

const leftOut = () =>
  stacked({
    title: 'Left out, by reason',
    description:
      'Records and posts dropped a second that should not be scored: `off_topic` matches no topic, `duplicate` was counted before, `not_a_post` is a keep-alive or similar.',
    unit: UNITS.recordsPerSecond,
    width: 6,
    empty: 'Nothing left out in this time range',
    queries: [overTime(dropped(LEFT_OUT), '{{reason}}')],
  })

const outages = () =>
  events({
    title: 'Outages of sources',
    description:
      'Reconnections: the source was down and is up again, by reason. Failures: the source failed and was restarted. Gaps: the source was not connected, and posts of that time may be missing.',
    unit: UNITS.perMinute,
    width: 6,
    empty: 'No outage in this time range',
    queries: [
      overTime(
        eventsPerMinute(`mood_source_reconnects_total{${CHOSEN_SOURCES}}`, 'source, reason'),
        '{{source}} reconnected: {{reason}}',
      ),
      overTime(
        eventsPerMinute(`mood_source_gaps_total{${CHOSEN_SOURCES}, result="lost"}`, 'source'),
        '{{source}} gap',
      ),
      overTime(
        eventsPerMinute(`mood_source_failures_total{${CHOSEN_SOURCES}}`, 'source'),
        '{{source}} failed',
      ),
    ],
  })

const refused = () =>
  events({
    title: 'Rejected by sources',
    description:
      'Requests or connections that a source rejected, by HTTP status or reason: 401 is a wrong token, 503 a full queue.',
    unit: UNITS.perMinute,
    width: 6,
    empty: 'Nothing rejected in this time range',
    queries: [
      overTime(
        eventsPerMinute(`mood_source_refused_total{${CHOSEN_SOURCES}}`, 'source, reason'),
        '{{source}}: {{reason}}',
      ),
    ],
  })

/** Input, and what is dropped or rejected. */
export const flow = (): Section => ({
  title: 'Records and posts',
  lines: [line(8, posts(), records(), bytes()), line(8, lost(), leftOut(), outages(), refused())],
})
