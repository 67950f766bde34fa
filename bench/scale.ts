import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { FLEET, type ScaleFigures } from '../tools/docs/scale-tables.ts'
import { type RunningExporter, startExporter } from '../tools/stack/exporter.ts'
import { RunningKafka } from '../tools/stack/kafka.ts'
import { KafkaClient } from '../tools/stack/kafka-client.ts'
import { findKafkaLibraries } from '../tools/stack/kafka-libraries.ts'
import { measurement } from '../tools/stack/measurements.ts'
import { startPrometheus } from '../tools/stack/prometheus.ts'
import { parseSamples, type Samples } from '../tools/stack/samples.ts'
import { missing, program } from '../tools/stack/tools.ts'
import { costOf } from './support/cost.ts'
import { heading, line } from './support/report.ts'
import { tweetTexts } from './support/tweets.ts'
import { processorMs } from './support/usage.ts'

const POSTS = 300_000
const DISTINCT = 50_000
const PARTITIONS = 6
const CHUNK = 5000
const TOPIC = 'posts'

/** Posts of one second of event time: about the rate of all of X. */
const POSTS_PER_SECOND = 6000

/** How long Prometheus is observed, in milliseconds. */
const WATCHED_MS = 60_000

const RULES = ['recording', 'topics', 'exporter'].map(
  name => new URL(`../prometheus/rules/${name}.yml`, import.meta.url).pathname,
)

/** Ten words that occur in tweets, each as the topic of a brand. */
const WATCHED = ['love', 'work', 'today', 'day', 'good', 'time', 'home', 'night', 'twitter', 'phone']
const topics = Object.fromEntries(WATCHED.map(word => [word, [word]]))

/** The tables of docs/scale.md are generated from this file: tools/docs/scale-tables.ts. */
const TARGET = new URL('../docs/scale.json', import.meta.url)

/** Configurations from the smallest to that of a user who watches ten brands. */
const CONFIGS: Record<string, object> = {
  'every post, scorer `afinn`, hashtags, no state': {
    scorers: ['afinn'],
    extractors: ['hashtags'],
  },
  'ten topics, `afinn`, hashtags and words, state': {
    topics,
    scorers: ['afinn'],
    extractors: ['hashtags', 'words'],
    state: { dir: './state' },
  },
  [FLEET]: {
    topics,
    scorers: ['auto'],
    extractors: ['hashtags', 'words'],
    state: { dir: './state' },
  },
  'every post, `auto`, hashtags and words, state': {
    scorers: ['auto'],
    extractors: ['hashtags', 'words'],
    state: { dir: './state' },
  },
}

/**
 * The figures for the calculations of docs/scale.md: the processor time of a post, which hardly depends on the load
 * of the machine, the series of an exporter, and the cost for Prometheus to scrape several exporters every second.
 */
export async function benchScale(): Promise<void> {
  const libraries = await findKafkaLibraries()
  if (typeof libraries === 'string') return heading(`Scale: left out, since ${libraries}`)
  await using kafka = await RunningKafka.start(libraries, { heap: '1g', optimised: true })
  await using client = new KafkaClient(kafka.brokers)
  await fill(client)
  heading(`Scale: ${POSTS} posts of ${POSTS_PER_SECOND} a second in ${PARTITIONS} partitions of Kafka, lz4`)
  const read = (config: object, name: string, part: object = {}) => ({
    sources: [
      { use: 'kafka', brokers: [kafka.brokers], topics: [TOPIC], group: name, format: 'post', ...part },
    ],
    workers: 2,
    ...config,
  })
  const rows: ScaleFigures['rows'] = []
  for (const [name, config] of Object.entries(CONFIGS)) {
    const before = brokerMs(kafka)
    await using exporter = await startExporter(read(config, name.replaceAll(/\W+/g, '-')))
    const { micros, samples } = await costOf(exporter, POSTS)
    const brokerMicros = ((brokerMs(kafka) - before) * 1000) / POSTS
    const text = await (await fetch(`${exporter.url}/metrics`)).text()
    const row = {
      what: name,
      micros: tenths(micros),
      brokerMicros: tenths(brokerMicros),
      memoryMiB: mebibytesOf(samples),
      series: text.split('\n').filter(line => line !== '' && !line.startsWith('#')).length,
    }
    rows.push(row)
    line(name, `${row.micros} µs`)
    line('  posts a second of a core', `${Math.round(1000 / micros)} k/s`)
    line('  the broker, a record', `${row.brokerMicros} µs`)
    line('  resident', `${row.memoryMiB} MiB`)
    line('  series', String(row.series))
  }
  const prometheus = await benchPrometheus(share => read(CONFIGS[FLEET] as object, 'fleet', share))
  if (!prometheus) return
  const figures: ScaleFigures = { ...measurement(), posts: POSTS, rows, prometheus }
  writeFileSync(TARGET, `${JSON.stringify(figures, null, 2)}\n`)
  console.log('  docs/scale.json is written; `npm run docs` brings it into docs/scale.md')
}

const tenths = (n: number) => Number(n.toFixed(1))

const brokerMs = ({ process }: RunningKafka) => processorMs(process?.pid as number)

const exporterMs = ({ process }: RunningExporter) => processorMs(process.pid as number)

const mebibytesOf = (samples: Samples) => Math.round(samples.sum('process_resident_memory_bytes') / 2 ** 20)

/** Three exporters that a Prometheus with the shipped rules scrapes every second; undefined without a Prometheus. */
async function benchPrometheus(
  config: (part: object) => object,
): Promise<ScaleFigures['prometheus'] | undefined> {
  const binary = program('prometheus')
  if (!binary) {
    heading(`Prometheus: left out: ${missing('prometheus')}`)
    return undefined
  }
  await using stack = new AsyncDisposableStack()
  const exporters: RunningExporter[] = []
  for (const share of [0, 1, 2])
    exporters.push(stack.use(await startExporter(config({ partitions: { share, of: 3 } }))))
  const targets = exporters.map(({ url }) => new URL(url).host)
  const prometheus = stack.use(await startPrometheus(binary, targets, { rules: RULES, job: 'mood-exporter' }))
  const seen = async () => parseSamples(await (await fetch(`${prometheus.url}/metrics`)).text())
  for (const exporter of exporters)
    await exporter.until(samples => samples.sum('mood_source_lag_records') === 0, 600_000)
  await sleep(10_000)
  const before = await seen()
  const exportersBefore = exporters.map(exporterMs)
  await sleep(WATCHED_MS)
  const after = await seen()
  const exportersAfter = exporters.map(exporterMs)
  const grown = (name: string) => after.sum(name) - before.sum(name)
  const seconds = WATCHED_MS / 1000
  const idle = exportersAfter.map((after, i) => (after - (exportersBefore[i] as number)) / WATCHED_MS)
  const figures = {
    exporters: exporters.length,
    series: after.sum('prometheus_tsdb_head_series'),
    samples: Math.round(grown('prometheus_tsdb_head_samples_appended_total') / seconds),
    processor: Number((grown('process_cpu_seconds_total') / seconds).toFixed(4)),
    memoryMiB: mebibytesOf(after),
    idleExporter: Number(Math.max(...idle).toFixed(4)),
  }
  heading(`Prometheus: ${exporters.length} exporters at a scrape a second, and the rules`)
  line('series in its head', String(figures.series))
  line('samples a second', String(figures.samples))
  line('of a core', `${(100 * figures.processor).toFixed(1)} %`)
  line('resident', `${figures.memoryMiB} MiB`)
  line('an exporter that has nothing to read, of a core', `${(100 * figures.idleExporter).toFixed(1)} %`)
  return figures
}

async function fill(client: KafkaClient): Promise<void> {
  await client.create([TOPIC], PARTITIONS)
  const { texts } = tweetTexts(DISTINCT)
  const producer = client.producer('lz4')
  const start = Date.now() - (POSTS / POSTS_PER_SECOND) * 1000
  for (let from = 0; from < POSTS; from += CHUNK) {
    const records = Array.from({ length: CHUNK }, (_, i) =>
      JSON.stringify({
        id: String(from + i),
        text: texts[(from + i) % DISTINCT],
        createdAt: Math.floor(start + ((from + i) * 1000) / POSTS_PER_SECOND),
      }),
    )
    await client.send(TOPIC, records, { partitions: PARTITIONS, producer })
  }
}
