import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunningKafka } from '../tools/stack/kafka.ts'
import { KafkaClient } from '../tools/stack/kafka-client.ts'
import { findKafkaLibraries } from '../tools/stack/kafka-libraries.ts'
import { rateOf } from './support/rate.ts'
import { heading, inTurn, line, median, medianRatio } from './support/report.ts'
import { ndjson, tweetTexts } from './support/tweets.ts'

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

/** Records in one request to the broker. */
const CHUNK = 5000

/**
 * Posts from Kafka to `/metrics`, compared with the same posts from a file in the same run; the broker shares the
 * cores.
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
    const rates = await inTurn(
      {
        file: () => rateOf(config({ use: 'file', path }), POSTS),
        plain: () => rateOf(config(from('plain')), POSTS),
        lz4: () => rateOf(config(from('lz4')), POSTS),
        zstd: () => rateOf(config(from('zstd')), POSTS),
      },
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
    for (const contender of ['plain', 'lz4', 'zstd'] as const) {
      const ratio = medianRatio(rates[contender], rates.file)
      line(`(h) Kafka, ${contender} / file`, `${ratio.toFixed(2)} ×`, { text: '≥ 0.8', met: ratio >= 0.8 })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
