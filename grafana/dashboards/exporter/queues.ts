import { line, type Section } from '../shared/layout.ts'
import { eventsPerMinute, overTime } from '../shared/queries.ts'
import { events, lines, referenceLine } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { CHOSEN, CHOSEN_SOURCES } from './expressions.ts'

const bytes = () =>
  lines({
    title: 'Queued bytes',
    description:
      'Bytes of records in flight: emitted and not yet counted. At the dashed line (limits.queue_bytes, for each source) a source waits, or drops records if it cannot wait.',
    unit: UNITS.bytes,
    width: 6,
    empty: 'No source in this time range',
    queries: [
      overTime(`max by (source) (mood_queue_bytes{${CHOSEN_SOURCES}})`, '{{source}}'),
      overTime(`min(mood_queue_limit_bytes{${CHOSEN}})`, 'limit'),
    ],
  })
    .min(0)
    .overrideByName('limit', referenceLine())

const batches = () =>
  lines({
    title: 'Queued batches',
    description:
      'Batches of records in flight: emitted and not yet counted. The number should return to a few.',
    unit: UNITS.batches,
    width: 6,
    empty: 'No source in this time range',
    queries: [overTime(`sum by (source) (mood_queue_batches{${CHOSEN_SOURCES}})`, '{{source}}')],
  }).min(0)

const lag = () =>
  lines({
    title: 'Lag of sources',
    description:
      'Records that wait at the source, if the transport reports them. If it grows, the exporter or a scorer is too slow.',
    unit: UNITS.records,
    width: 6,
    empty: 'No source reports its lag',
    queries: [overTime(`sum by (source) (mood_source_lag_records{${CHOSEN_SOURCES}})`, '{{source}}')],
  }).min(0)

const slices = () =>
  events({
    title: 'Windows closed early',
    description:
      'Slices of event-time windows closed early because more than limits.slices were open: the event times of posts are too far apart.',
    unit: UNITS.perMinute,
    width: 6,
    empty: 'None in this time range',
    queries: [overTime(eventsPerMinute(`mood_slices_evicted_total{${CHOSEN}}`, 'window'), '{{window}}')],
  })

/** What waits to be counted. */
export const queues = (): Section => ({
  title: 'Queues',
  lines: [line(8, bytes(), batches(), lag(), slices())],
})
