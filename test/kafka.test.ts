import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { type RunningExporter, startExporter } from '../tools/stack/exporter.ts'
import type { KafkaClient } from '../tools/stack/kafka-client.ts'
import { sharedBroker } from './support/kafka-tests.ts'
import { asRecord, type KnownPost, knownPosts, STATED_SCORER, sentimentOf, tallied } from './support/posts.ts'

/** A broker, exporters and compilers on two cores that others use too. */
const MS = 120_000

vi.setConfig({ testTimeout: 3 * MS })

const brokerOf = sharedBroker()

const PARTITIONS = 4

/** An exporter that reads a topic and counts each post by a score that is known. */
const configOf = (brokers: string, topic: string, source: object = {}) => ({
  languages: { detect: false },
  sources: [{ use: 'kafka', name: 'kafka', brokers: [brokers], topics: [topic], format: 'post', ...source }],
  scorers: [{ use: './scorer.ts', name: 'stated' }],
  extractors: [],
  state: { dir: './state', interval: '200ms' },
})

const FILES = { 'scorer.ts': STATED_SCORER }

const counted = async (exporter: RunningExporter) => (await exporter.samples()).sum('mood_source_posts_total')

/** Sends posts a few at a time until it is stopped: `stop` resolves to those that were sent. */
function sending(client: KafkaClient, topic: string): { stop(): Promise<KnownPost[]> } {
  const producer = client.producer('lz4')
  const sent: KnownPost[] = []
  let isStopped = false
  const loop = async () => {
    while (!isStopped) {
      const posts = knownPosts(`${topic}-${sent.length}`, 40, Date.now(), 1000)
      await client.send(topic, posts.map(asRecord), { partitions: PARTITIONS, producer })
      sent.push(...posts)
      await sleep(20)
    }
    return sent
  }
  const done = loop()
  return {
    stop() {
      isStopped = true
      return done
    },
  }
}

const expected = (posts: readonly KnownPost[]) => tallied(posts, ({ score }) => [sentimentOf(score)])

async function sentiments(exporters: readonly RunningExporter[]): Promise<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const exporter of exporters)
    for (const { labels, value } of (await exporter.samples()).all('mood_posts_total')) {
      const key = labels.sentiment as string
      sums[key] = (sums[key] ?? 0) + value
    }
  return sums
}

test('an exporter that is killed while it reads counts each post once', async context => {
  const { kafka, client, topic } = await brokerOf(context)
  await client.create([topic], PARTITIONS)
  const sender = sending(client, topic)
  const config = configOf(kafka.brokers, topic, { partitions: { share: 0, of: 1 } })
  await using all = new AsyncDisposableStack()
  let exporter = all.use(await startExporter(config, { files: FILES }))
  const { folder } = exporter
  let seen = 0
  for (let kill = 0; kill < 3; kill++) {
    const before = seen
    await vi.waitFor(async () => {
      seen = await counted(exporter)
      expect(seen).toBeGreaterThan(before + 500)
    }, MS)
    await exporter.stop('SIGKILL')
    exporter = all.use(await startExporter(config, { folder }))
    // A counter that Prometheus has seen never goes back.
    expect(await counted(exporter)).toBeGreaterThanOrEqual(seen)
  }
  const posts = await sender.stop()
  await vi.waitFor(async () => expect(await counted(exporter)).toBeGreaterThanOrEqual(posts.length), MS)
  expect(await sentiments([exporter])).toEqual(expected(posts))
  await vi.waitFor(async () => {
    const committed = Object.values(await client.committed('mood-exporter', topic))
    expect(committed.reduce((sum, offset) => sum + offset, 0)).toBe(posts.length)
  }, MS)
})

test('members of a group that come and go count each post once', async context => {
  const { kafka, client, topic } = await brokerOf(context)
  await client.create([topic], PARTITIONS)
  const config = configOf(kafka.brokers, topic, { group: `of-${topic}`, session_timeout: '20s' })
  const sender = sending(client, topic)
  await using first = await startExporter(config, { files: FILES })
  await vi.waitFor(async () => expect(await counted(first)).toBeGreaterThan(500), MS)
  await using second = await startExporter(config, { files: FILES })
  await vi.waitFor(async () => expect(await counted(second)).toBeGreaterThan(500), MS)
  expect(await second.stop()).toBe(0)
  // The state has what it counted, so it shows that again.
  await using again = await startExporter(config, { folder: second.folder })
  const before = await counted(again)
  await vi.waitFor(async () => expect(await counted(again)).toBeGreaterThan(before), MS)
  const posts = await sender.stop()
  const total = async () => (await counted(first)) + (await counted(again))
  await vi.waitFor(async () => expect(await total()).toBeGreaterThanOrEqual(posts.length), MS)
  expect(await sentiments([first, again])).toEqual(expected(posts))
  for (const exporter of [first, again])
    expect((await exporter.samples()).sum('mood_plugin_kafka_doubled_records_total')).toBe(0)
})

test('a member that was killed says, once it is back, what the next owner had counted as well', async context => {
  const { kafka, client, topic } = await brokerOf(context)
  await client.create([topic], PARTITIONS)
  const config = configOf(kafka.brokers, topic, { group: `of-${topic}`, session_timeout: '6s' })
  const assigned = async (exporter: RunningExporter) =>
    (await exporter.samples()).sum('mood_plugin_kafka_assigned_partitions')
  const sender = sending(client, topic)
  await using first = await startExporter(config, { files: FILES })
  await using second = await startExporter(config, { files: FILES })
  await vi.waitFor(async () => expect(await assigned(second)).toBe(2), MS)
  await vi.waitFor(async () => expect(await counted(second)).toBeGreaterThan(500), MS)
  // What the second one has read is counted, but cannot be committed to the group.
  kafka.process?.kill('SIGSTOP')
  let before: number
  do {
    before = await counted(second)
    await sleep(1000)
  } while ((await counted(second)) > before)
  await second.stop('SIGKILL')
  kafka.process?.kill('SIGCONT')
  await vi.waitFor(async () => expect(await assigned(first)).toBe(PARTITIONS), MS)
  await using again = await startExporter(config, { folder: second.folder })
  const posts = await sender.stop()
  const sum = async (name: string) => (await first.samples()).sum(name) + (await again.samples()).sum(name)
  await vi.waitFor(async () => {
    const twice = await sum('mood_plugin_kafka_doubled_records_total')
    expect(twice).toBeGreaterThan(0)
    expect(await sum('mood_source_records_total')).toBe(posts.length + twice)
  }, MS)
  expect((await first.samples()).sum('mood_plugin_kafka_unclean_takeovers_total')).toBe(2)
  const twice = await sum('mood_plugin_kafka_doubled_records_total')
  // It says so once, however often it starts.
  await again.stop()
  await using once = await startExporter(config, { folder: again.folder })
  await vi.waitFor(async () => expect(await assigned(once)).toBeGreaterThan(0), MS)
  expect(
    (await first.samples()).sum('mood_plugin_kafka_doubled_records_total') +
      (await once.samples()).sum('mood_plugin_kafka_doubled_records_total'),
  ).toBe(twice)
})

/** A format that takes the language from a header and the author from the key. */
const ENVELOPED = `
import { defineFormat, z } from 'mood-exporter/plugin'

export default defineFormat({
  name: 'enveloped',
  description: 'Text, with what is known of it in headers.',
  options: z.object({}),
  create: () => ({
    decode(text, { receivedAt, envelope }) {
      const lang = envelope?.headers?.find(([name]) => name === 'lang')?.[1]
      return { text: text + ' by ' + envelope?.key, createdAt: receivedAt, ...(lang && { lang: String(lang) }) }
    },
  }),
})
`

test('a format has the key, headers and time of a record', async context => {
  const { kafka, client, topic } = await brokerOf(context)
  await client.create([topic], 1)
  const config = configOf(kafka.brokers, topic, { format: './enveloped.ts', envelope: 'full' })
  const timestamp = Date.now() - 3_600_000
  await client.send(topic, [
    { value: 'one [1]', key: 'jane', headers: { lang: 'ko' }, timestamp },
    { value: 'two [-1]', key: 'joe', headers: { lang: 'en' }, timestamp: timestamp + 1000 },
    { value: 'three [0]', timestamp: timestamp + 2000 },
  ])
  await using exporter = await startExporter(
    { ...config, topics: { jane: ['jane'], others: { any: ['one', 'two', 'three'], not: ['jane'] } } },
    { files: { ...FILES, 'enveloped.ts': ENVELOPED } },
  )
  const samples = await exporter.until(samples => samples.sum('mood_source_posts_total') === 3, MS)
  const posts = (labels: Record<string, string>) => samples.sum('mood_posts_total', labels)
  expect(posts({ topic: 'jane', lang: 'ko', sentiment: 'positive' })).toBe(1)
  expect(posts({ topic: 'others', lang: 'en', sentiment: 'negative' })).toBe(1)
  expect(posts({ topic: 'others' })).toBe(2)
  // Event time is that of the records, and their bytes are those of the values.
  expect(samples.sum('mood_post_delay_seconds_sum')).toBeGreaterThan(3 * 3500)
  expect(samples.sum('mood_source_bytes_total')).toBe('one [1]two [-1]three [0]'.length)
})

test('it is not ready before it has its partitions', async context => {
  const { kafka, client, topic } = await brokerOf(context)
  await using exporter = await startExporter(configOf(kafka.brokers, topic), { files: FILES })
  const down = `there is no topic "${topic}"`
  await exporter.logged(({ reason }) => String(reason).startsWith(down), MS)
  const ready = async () => (await fetch(`${exporter.url}/-/ready`)).status
  expect(await ready()).toBe(503)
  await client.create([topic], 1)
  await vi.waitFor(async () => expect(await ready()).toBe(200), MS)
})

test('topics of each of the formats of other pipelines are counted right', async context => {
  const { kafka, client } = await brokerOf(context)
  const tweet = (id: string, text: string) => `{"id":${id},"text":${JSON.stringify(text)},"lang":"en"}`
  const beat = (message: string) => JSON.stringify({ '@timestamp': '2026-01-31T12:00:00.000Z', message })
  /** Records, and the posts and drops that come of them. */
  const topics = {
    'kafka-connect-twitter': {
      records: [
        tweet('1461526788904562689', 'one [1]'),
        // Its last digits are lost where ids are numbers.
        tweet('1461526788904562690', 'two [-1]'),
        tweet('1461526788904562690', 'two [-1]'),
        `{"schema":{"type":"struct"},"payload":${tweet('1461526788904562691', 'three [0]')}}`,
        'a plain text [1]',
        '{"id":14615267889045',
      ],
      posts: { positive: 2, negative: 1, neutral: 1 },
      drops: { duplicate: 1, invalid: 1 },
    },
    filebeat: {
      records: [beat('one [1]'), beat('two'), '{"@timestamp":"2026-01-31T12:00:00.000Z"}'],
      posts: { positive: 1, unknown: 1 },
      drops: { invalid: 1 },
    },
    'logstash-twitter': {
      records: [
        JSON.stringify({ '@timestamp': '2026-01-31T12:00:00.000Z', message: 'one [-1]', user: 'jane' }),
        JSON.stringify({ id_str: '1461526788904562690', full_text: 'two [1]', text: 'two…', lang: 'en' }),
        '{"@version":"1"}',
      ],
      posts: { positive: 1, negative: 1 },
      drops: { invalid: 1 },
    },
    chatty: {
      records: [
        '[2026-01-31 12:15:40] <@+Jane> one [1]',
        '[2026-01-31 12:15:41] <제인 (jane_kr)>* two [-1]',
        '[2026-01-31 12:15:59] BAN: troll (600s)',
        'no line of a chat',
      ],
      posts: { positive: 1, negative: 1 },
      drops: { not_a_post: 1, invalid: 1 },
    },
  }
  const formats = Object.entries(topics)
  await client.create(Object.keys(topics), 1)
  for (const [name, { records }] of formats) await client.send(name, records)
  const config = configOf(kafka.brokers, '')
  const [source] = config.sources
  await using exporter = await startExporter(
    {
      ...config,
      sources: formats.map(([name]) => ({
        ...source,
        name,
        topics: [name],
        group: `four-${name}`,
        format: name === 'filebeat' ? { use: name, format: 'text' } : name,
        dedupe: true,
      })),
    },
    { files: FILES },
  )
  const total = formats.reduce((sum, [, { records }]) => sum + records.length, 0)
  const samples = await exporter.until(samples => samples.sum('mood_source_records_total') === total, MS)
  for (const [source, { posts, drops }] of formats) {
    const of = (metric: string, label: string) =>
      Object.fromEntries(
        samples
          .all(metric, { source })
          .filter(({ value }) => value > 0)
          .map(({ labels, value }) => [labels[label], value]),
      )
    expect(of('mood_posts_dropped_total', 'reason'), source).toEqual(drops)
    const sums = Object.fromEntries(
      ['positive', 'neutral', 'negative', 'unknown'].flatMap(sentiment => {
        const sum = samples.sum('mood_posts_total', { source, sentiment })
        return sum > 0 ? [[sentiment, sum]] : []
      }),
    )
    expect(sums, source).toEqual(posts)
  }
})
