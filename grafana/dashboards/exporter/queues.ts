import { line, type Section } from '../shared/layout.ts'
import { eventsPerMinute, overTime } from '../shared/queries.ts'
import { events, lines, referenceLine } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { CHOSEN, CHOSEN_SOURCES } from './expressions.ts'

const bytes = () =>
  lines({
    title: 'Queued bytes',
    description:
      'Bytes of records that were handed over and are not yet counted. At the dashed line (limits.queue_bytes, for each source) a source waits, and one that cannot wait drops.',
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
      'Batches of records that were handed over and are not yet counted. It should come back to a few.',
    unit: UNITS.batches,
    width: 6,
    empty: 'No source in this time range',
    queries: [overTime(`sum by (source) (mood_queue_batches{${CHOSEN_SOURCES}})`, '{{source}}')],
  }).min(0)

const lag = () =>
  lines({
    title: 'Waiting at the other end',
    description:
      'Records that wait to be fetched, where the transport can tell. When it grows, one exporter is not enough or a scorer is too slow.',
    unit: UNITS.records,
    width: 6,
    empty: 'No source here can tell',
    queries: [overTime(`sum by (source) (mood_source_lag_records{${CHOSEN_SOURCES}})`, '{{source}}')],
  }).min(0)

const slices = () =>
  events({
    title: 'Windows closed early',
    description:
      'Slices of event-time windows closed early because more than limits.slices were open: posts from too many different times at once.',
    unit: UNITS.perMinute,
    width: 6,
    empty: 'None in this time range',
    queries: [overTime(eventsPerMinute(`mood_slices_evicted_total{${CHOSEN}}`, 'window'), '{{window}}')],
  })

/** What waits. */
export const queues = (): Section => ({
  title: 'Queues',
  lines: [line(8, bytes(), batches(), lag(), slices())],
})
