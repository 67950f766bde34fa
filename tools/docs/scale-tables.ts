import { markdownTable } from '../../src/cli/markdown.ts'
import { percent, rounded, rowOf, thousands } from './numbers.ts'

/** The measurements of `npm run bench -- scale`. */
export interface ScaleFigures {
  /** A day, as YYYY-MM-DD. */
  measured: string
  machine: string
  /** How many were read by each exporter. */
  posts: number
  rows: {
    what: string
    /** Processor time of all threads for a post, in microseconds. */
    micros: number
    /** The same of the broker, for a record. */
    brokerMicros: number
    memoryMiB: number
    series: number
  }[]
  /** A Prometheus that scrapes exporters of {@link FLEET} every second. */
  prometheus: {
    exporters: number
    series: number
    /** Per second. */
    samples: number
    /** Share of one core. */
    processor: number
    memoryMiB: number
    /** Share of one core of an exporter that has nothing to read. */
    idleExporter: number
  }
}

/** The configurations that the arithmetic is for. */
export const FLEET = 'ten topics, `auto`, hashtags and words, state'
const EVERY_POST = 'every post, `auto`, hashtags and words, state'

/** All of X: posts a second on average, and at the peak, which lasts a minute. */
const USUAL = 6000
const PEAK = 150_000
const PEAK_SECONDS = 60

const DAY_SECONDS = 86_400
const RETENTION_DAYS = 15

const BYTES_OF_POST = 250

const perSecond = (micros: number, cores = 1) => 1000 * Math.round((cores * 1000) / micros)

const cores = (micros: number, posts: number) => `${rounded((micros * posts) / 1e6)} cores`

const gigabytesADay = (samples: number, bytes: number) => (samples * bytes * DAY_SECONDS) / 1e9

const measurement = ({ rows }: ScaleFigures, what: string) => rowOf('docs/scale.json', rows, what)

/** The cost of a post by configuration. */
export function costTable({ rows, posts, machine, measured }: ScaleFigures): string {
  const table = markdownTable(
    ['configuration', 'processor time per post', 'posts a second per core', 'resident memory', 'series'],
    rows.map(({ what, micros, memoryMiB, series }) => [
      what,
      `${micros} µs`,
      thousands(perSecond(micros)),
      `${memoryMiB} MiB`,
      thousands(series),
    ]),
  )
  const broker = rows.map(({ brokerMicros }) => brokerMicros)
  return `${table}

Measured on ${measured} with ${thousands(posts)} posts for each row, with the broker and nothing else on the machine:
${machine}. The broker took ${Math.min(...broker)} to ${Math.max(...broker)} µs of processor
time to receive and deliver one record, compressed with lz4.`
}

/** How many cores all of X needs, and what happens at its peak. */
export function coresTables(figures: ScaleFigures): string {
  const { micros } = measurement(figures, EVERY_POST)
  const some = measurement(figures, FLEET).micros
  const needed = markdownTable(
    ['', `${thousands(USUAL)}/s`, `${thousands(PEAK)}/s`],
    [
      [`ten topics, \`auto\` (${some} µs)`, cores(some, USUAL), cores(some, PEAK)],
      [`every post, \`auto\` (${micros} µs)`, cores(micros, USUAL), cores(micros, PEAK)],
    ],
  )
  const caughtUp = markdownTable(
    ['cores, with every post scored', 'posts counted', 'waiting', 'caught up after'],
    [1, 2, 4].map(n => {
      const rate = perSecond(micros, n)
      const waiting = Math.max(0, (PEAK - rate) * PEAK_SECONDS)
      return [
        String(n),
        `${thousands(rate)}/s`,
        waiting === 0 ? 'none' : `${rounded(waiting / 1e6)} million`,
        waiting === 0 ? 'at once' : `${rounded(waiting / (rate - USUAL))} s`,
      ]
    }),
  )
  return `${needed}

You need cores for the peak only if a delay of minutes matters: unread posts wait in Kafka, and windows use event
time, so they are late but correct. A peak of one minute is ${(PEAK * PEAK_SECONDS) / 1e6} million posts. The table shows how many of them
wait when the peak is over, and how long it then takes to catch up beside the usual stream:

${caughtUp}`
}

/** The resources of Prometheus, and its disk use at this number of bytes per sample. */
export function prometheusTable({ prometheus }: ScaleFigures, bytes: number): string {
  const { exporters, series, samples, processor, memoryMiB, idleExporter } = prometheus
  const table = markdownTable(
    ['', ''],
    [
      ['series in memory', thousands(series)],
      ['samples a second, including those of rules', thousands(samples)],
      ['processor', `${percent(processor)} of a core`],
      ['memory', `${memoryMiB} MiB`],
      ['an exporter without posts, scraped every second', `${percent(idleExporter)} of a core`],
    ],
  )
  const day = gigabytesADay(samples, bytes)
  const four = 4 * samples
  return `${table}

At ${bytes} bytes a sample that is ${rounded(day)} GB a day, ${rounded(day * RETENTION_DAYS)} GB in ${RETENTION_DAYS} days: raise \`PROMETHEUS_RETENTION_SIZE\`. With ${4 * exporters} exporters
it is ${thousands(rounded(four))} samples a second, ${rounded(gigabytesADay(four, bytes))} GB a day.`
}

/** Every part of a fleet that reads all of X. */
export function partsTable(figures: ScaleFigures, bytes: number): string {
  const { prometheus, rows } = figures
  const every = measurement(figures, EVERY_POST)
  const broker = Math.max(...rows.map(({ brokerMicros }) => brokerMicros))
  const gigabytes = (USUAL * BYTES_OF_POST * DAY_SECONDS) / 1e9
  return markdownTable(
    ['part', 'processor', 'memory', 'disk'],
    [
      [
        'exporters',
        `${cores(every.micros, USUAL)} together`,
        `${rounded(every.memoryMiB / 1024)} GiB each`,
        '[the state](state.md)',
      ],
      [
        `Kafka, at ${broker} µs a record`,
        `${cores(broker, USUAL)}, more with replicas`,
        '1 GiB heap',
        `${rounded(gigabytes)} GB a day before compression`,
      ],
      [
        `Prometheus, ${RETENTION_DAYS} days`,
        `${percent(prometheus.processor)} of a core`,
        `${rounded(prometheus.memoryMiB / 1024)} GiB`,
        `${rounded(gigabytesADay(prometheus.samples, bytes) * RETENTION_DAYS)} GB`,
      ],
    ],
  )
}
