import { expect, test, vi } from 'vitest'
import { type RunningExporter, startExporter } from '../tools/stack/exporter.ts'
import { sharedBroker } from './support/kafka-tests.ts'
import { asRecord, knownPosts, STATED_SCORER, sentimentOf, tallied } from './support/posts.ts'

/** A broker, a relay and an exporter on two cores that others use too. */
const MS = 120_000

vi.setConfig({ testTimeout: 3 * MS })

const brokerOf = sharedBroker()

const POSTS = knownPosts('relayed', 6000, Date.now(), 60_000)
const FILES = { 'posts.jsonl': POSTS.map(post => `${asRecord(post)}\n`).join('') }

/** Reads a file slowly enough to be killed on the way. */
const relayTo = (brokers: string, topic: string, rate: number) => ({
  sources: [{ use: 'file', path: './posts.jsonl', format: 'post', rate }],
  outputs: [{ use: 'kafka', brokers: [brokers], topic, compression: 'lz4' }],
  state: { dir: './state', interval: '200ms' },
})

const counted = async (exporter: RunningExporter) => (await exporter.samples()).sum('mood_source_posts_total')

test('a relay that is killed delivers each post at least once, as it was, and exporters count it once', async context => {
  const { kafka, client, topic } = await brokerOf(context)
  await client.create([topic], 3)
  const config = relayTo(kafka.brokers, topic, 1500)
  await using first = await startExporter(config, { command: 'relay', files: FILES })
  const { folder } = first
  await vi.waitFor(async () => expect(await counted(first)).toBeGreaterThan(1000), MS)
  await first.stop('SIGKILL')
  await using relay = await startExporter(config, { command: 'relay', folder })
  expect((await fetch(`${relay.url}/-/healthy`)).status).toBe(200)
  const reader = {
    languages: { detect: false },
    sources: [
      {
        use: 'kafka',
        name: 'kafka',
        brokers: [kafka.brokers],
        topics: [topic],
        format: 'post',
        dedupe: true,
      },
    ],
    scorers: [{ use: './scorer.ts', name: 'stated' }],
    extractors: [],
  }
  await using exporter = await startExporter(reader, { files: { 'scorer.ts': STATED_SCORER } })
  await vi.waitFor(async () => expect(await counted(relay)).toBe(POSTS.length), MS)
  const samples = await exporter.until(seen => seen.sum('mood_posts_total') === POSTS.length, MS)
  const sentiments = Object.fromEntries(
    ['positive', 'neutral', 'negative', 'unknown'].map(sentiment => [
      sentiment,
      samples.sum('mood_posts_total', { sentiment }),
    ]),
  )
  expect(sentiments).toEqual(tallied(POSTS, ({ score }) => [sentimentOf(score)]))
  // Nothing is scored on the way.
  expect((await relay.samples()).all('mood_posts_total')).toEqual([])
  const [record] = await client.recordsOf(topic, 1)
  const post = POSTS.find(({ id }) => id === record?.key)
  expect(JSON.parse(record?.value as string)).toEqual(JSON.parse(asRecord(post as (typeof POSTS)[number])))
  expect(record?.headers).toEqual({ 'mood-kind': 'post', 'content-type': 'application/json' })
})

test('nothing counts as read before the broker has it', async context => {
  const { kafka, client, topic } = await brokerOf(context)
  await client.create([topic], 1)
  await kafka.stop()
  await using relay = await startExporter(relayTo(kafka.brokers, topic, 100_000), {
    command: 'relay',
    files: FILES,
  })
  await relay.logged(({ msg }) => msg.startsWith('posts could not be relayed'), MS)
  expect(await counted(relay)).toBe(0)
  expect((await fetch(`${relay.url}/-/healthy`)).status).toBe(200)
  await kafka.restart()
  await vi.waitFor(async () => expect(await counted(relay)).toBe(POSTS.length), MS)
  const ids = new Set((await client.recordsOf(topic, POSTS.length)).map(({ key }) => key))
  expect(ids.size).toBe(POSTS.length)
  expect(await relay.stop()).toBe(0)
})

test.each([
  [[], 'outputs: expected one to relay posts to, got 0'],
  [[{ use: 'stdout' }], 'outputs: stdout cannot relay posts'],
])('outputs %j are no place to relay to', async (outputs, message) => {
  const config = { sources: [{ use: 'demo' }], outputs }
  await expect(startExporter(config, { command: 'relay' })).rejects.toThrow(message)
})
