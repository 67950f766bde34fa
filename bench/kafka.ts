import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startExporter } from '../tools/stack/exporter.ts'
import { RunningKafka } from '../tools/stack/kafka.ts'
import { KafkaClient } from '../tools/stack/kafka-client.ts'
import { findKafkaLibraries } from '../tools/stack/kafka-libraries.ts'
import { measurement, measurements, recordMeasurement } from '../tools/stack/measurements.ts'
import { costOf } from './support/cost.ts'
import { rateOf } from './support/rate.ts'
import { heading, inTurn, line, median, medianRatio } from './support/report.ts'
import { ndjson, tweetTexts } from './support/tweets.ts'
import { processorMs } from './support/usage.ts'

const POSTS = 1_500_000
const DISTINCT = 50_000
const PARTITIONS = 4
const ROUNDS = 5
const WORKERS = 2

/**
 * Posts of one millisecond. With few, the records of a partition span many more windows than the same number of lines
 * of a file, and the benchmark would compare the merging of windows.
 */
const POSTS_PER_MS = 50

/** How many runs by the clock the documentation shows. */
const RUNS = 2

/** Records in one request to the broker. */
const CHUNK = 5000

/** What is read, in the words of the documentation. */
const READ = {
  file: 'from a file',
  plain: 'from Kafka, not compressed',
  lz4: 'from Kafka, lz4',
  zstd: 'from Kafka, zstd',
}
const CLOCK = [
  'measured',
  'posts a second from the file',
  'Kafka, not compressed',
  'Kafka, lz4',
  'Kafka, zstd',
]
const PROCESSOR = ['', 'exporter', 'broker', 'file / Kafka']

/**
 * Posts from Kafka to `/metrics`, compared with the same posts from a file in the same run, by the clock and in
 * processor time; the broker shares the cores. Writes the figures of the README of the source.
 */
export async function benchKafka(): Promise<void> {
  const libraries = await findKafkaLibraries()
  if (typeof libraries === 'string') return heading(`Kafka: left out, since ${libraries}`)
  const folder = mkdtempSync(join(tmpdir(), 'mood-exporter-bench-'))
  await using kafka = await RunningKafka.start(libraries, { heap: '1g', optimised: true })
  await using client = new KafkaClient(kafka.brokers)
  try {
    const { texts } = tweetTexts(DISTINCT)
    const start = Date.now() - POSTS / POSTS_PER_MS
    const path = join(folder, 'posts.jsonl')
    const topics = { none: 'plain', lz4: 'lz4', zstd: 'zstd' } as const
    await client.create(Object.values(topics), PARTITIONS)
    const producers = Object.entries(topics).map(([codec, topic]) => ({
      topic,
      producer: client.producer(codec as keyof typeof topics),
    }))
    for (let from = 0; from < POSTS; from += CHUNK) {
      const posts = Array.from({ length: CHUNK }, (_, i) => ({
        id: String(from + i),
        text: texts[(from + i) % DISTINCT],
        createdAt: Math.floor(start + (from + i) / POSTS_PER_MS),
        lang: 'en',
      }))
      writeFileSync(path, ndjson(posts), { flag: 'a' })
      const records = posts.map(post => JSON.stringify(post))
      for (const { topic, producer } of producers)
        await client.send(topic, records, { partitions: PARTITIONS, producer })
    }
    const config = (source: object) => ({
      sources: [{ format: 'post', ...source }],
      scorers: [{ use: 'afinn' }],
      extractors: [{ use: 'hashtags' }],
      workers: WORKERS,
    })
    let group = 0
    const from = (topic: string) => ({
      use: 'kafka',
      brokers: [kafka.brokers],
      topics: [topic],
      group: `bench-${group++}`,
    })
    const sources = {
      file: () => ({ use: 'file', path }),
      plain: () => from('plain'),
      lz4: () => from('lz4'),
      zstd: () => from('zstd'),
    }
    const rate = (name: keyof typeof sources) => () => rateOf(config(sources[name]()), POSTS)
    const rates = await inTurn(
      { file: rate('file'), plain: rate('plain'), lz4: rate('lz4'), zstd: rate('zstd') },
      ROUNDS,
    )
    heading(
      `Kafka: ${POSTS} posts in ${PARTITIONS} partitions, afinn, ${WORKERS} workers; medians of ${ROUNDS} rounds in turn`,
    )
    const perSecond = (values: readonly number[]) => `${Math.round(median(values) / 1000)} k/s`
    line('from a file', perSecond(rates.file))
    line('from Kafka, not compressed', perSecond(rates.plain))
    line('from Kafka, lz4', perSecond(rates.lz4))
    line('from Kafka, zstd', perSecond(rates.zstd))
    const run = [measurement().measured, (1000 * Math.round(median(rates.file) / 1000)).toLocaleString('en')]
    for (const contender of ['plain', 'lz4', 'zstd'] as const) {
      const ratio = medianRatio(rates[contender], rates.file)
      run.push(`${ratio.toFixed(2)} ×`)
      line(`(h) Kafka, ${contender} / file`, `${ratio.toFixed(2)} ×`, { text: '≥ 0.8', met: ratio >= 0.8 })
    }
    const how = 'npm run bench -- kafka'
    const before = measurements().kafka_clock?.tables?.runs?.rows ?? []
    recordMeasurement('kafka_clock', {
      how,
      tables: { runs: { columns: CLOCK, rows: [...before, run].slice(-RUNS) } },
    })
    const rows: string[][] = []
    let fileMicros = 0
    for (const [name, what] of Object.entries(READ) as [keyof typeof sources, string][]) {
      const brokerMs = () => processorMs(kafka.process?.pid as number)
      const before = brokerMs()
      await using exporter = await startExporter(config(sources[name]()))
      const { micros } = await costOf(exporter, POSTS)
      const broker = ((brokerMs() - before) * 1000) / POSTS
      line(`${what}: processor time of a record`, `${micros.toFixed(1)} µs`)
      if (name === 'file') fileMicros = micros
      const ofBroker =
        name === 'file' ? ['', ''] : [`${broker.toFixed(1)} µs`, (fileMicros / (micros + broker)).toFixed(2)]
      rows.push([what, `${micros.toFixed(1)} µs`, ...ofBroker])
    }
    recordMeasurement('kafka', { how, tables: { processor: { columns: PROCESSOR, rows } } })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
