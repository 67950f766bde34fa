import { line, type Section } from '../shared/layout.ts'
import { overTime } from '../shared/queries.ts'
import { lines, referenceLine, stacked } from '../shared/time-series.ts'
import { UNITS } from '../shared/units.ts'
import { CHOSEN } from './expressions.ts'

const NO_EXPORTER = 'No exporter in this time range'

const memory = () =>
  lines({
    title: 'Memory',
    description:
      'Resident: the memory of the process, including its threads. Heap and external: JavaScript of the main thread. It should level off at any traffic.',
    unit: UNITS.bytes,
    width: 8,
    empty: NO_EXPORTER,
    queries: [
      overTime(`process_resident_memory_bytes{${CHOSEN}}`, '{{instance}} resident'),
      overTime(`nodejs_heap_size_used_bytes{${CHOSEN}}`, '{{instance}} heap'),
      overTime(`nodejs_external_memory_bytes{${CHOSEN}}`, '{{instance}} external'),
    ],
  }).min(0)

const cpu = () =>
  stacked({
    title: 'CPU',
    description: 'Cores used by the process, including its threads.',
    unit: UNITS.cores,
    width: 8,
    empty: NO_EXPORTER,
    queries: [overTime(`rate(process_cpu_seconds_total{${CHOSEN}}[$__rate_interval])`, '{{instance}}')],
  })

const eventLoop = () =>
  lines({
    title: 'Event loop delay',
    description:
      'The delay of the event loop of the main thread, and its time in garbage collection, in seconds a second. Plugins run in other threads, so both stay small.',
    unit: UNITS.seconds,
    width: 8,
    empty: NO_EXPORTER,
    queries: [
      overTime(`nodejs_eventloop_lag_seconds{${CHOSEN}}`, '{{instance}} event loop'),
      overTime(
        `sum by (instance) (rate(nodejs_gc_duration_seconds_sum{${CHOSEN}}[$__rate_interval]))`,
        '{{instance}} garbage',
      ),
    ],
  }).min(0)

const scrapes = () =>
  lines({
    title: 'Time of a scrape',
    description:
      'How long Prometheus took to scrape /metrics. It must stay well below the scrape interval of a second.',
    unit: UNITS.seconds,
    width: 8,
    empty: 'Prometheus scrapes no exporter: see its targets',
    queries: [overTime(`scrape_duration_seconds{${CHOSEN}}`, '{{instance}}')],
  }).min(0)

const samples = () =>
  lines({
    title: 'Series',
    description:
      'Series of a scrape. The configuration bounds them: sources × topics × languages × scorers × sentiments, and top terms.',
    unit: UNITS.samples,
    width: 8,
    empty: 'Prometheus scrapes no exporter: see its targets',
    queries: [overTime(`scrape_samples_post_metric_relabeling{${CHOSEN}}`, '{{instance}}')],
  }).min(0)

const files = () =>
  lines({
    title: 'Open files',
    description: 'Open files and sockets, and the limit of the process.',
    unit: UNITS.files,
    width: 8,
    empty: NO_EXPORTER,
    queries: [
      overTime(`process_open_fds{${CHOSEN}}`, '{{instance}}'),
      overTime(`min(process_max_fds{${CHOSEN}})`, 'limit'),
    ],
  })
    .min(0)
    .overrideByName('limit', referenceLine())

/** The process, and the cost of scrapes. */
export const processSection = (): Section => ({
  title: 'Process and scrapes',
  lines: [line(8, memory(), cpu(), eventLoop()), line(8, scrapes(), samples(), files())],
})
