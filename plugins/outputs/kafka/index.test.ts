import { once } from 'node:events'
import { createServer } from 'node:net'
import type { z } from 'mood-exporter/plugin'
import { testOutput, testSource, windowEvent } from 'mood-exporter/plugin/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { sharedBroker, USER } from '../../../test/support/kafka-tests.ts'
import source from '../../sources/kafka/index.ts'
import kafka from './index.ts'

/** Generous: a broker on a busy machine takes its time. */
const MS = 60_000

vi.setConfig({ testTimeout: 2 * MS })

const brokerOf = sharedBroker()
const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(closing.splice(0).map(close => close()))
})

async function made(options: z.input<typeof kafka.options>) {
  const output = await testOutput(kafka, options)
  closing.push(output.close)
  return output
}

/** The values in a topic, once there are this number of them. */
async function valuesIn(brokers: string, topic: string, count: number): Promise<unknown[]> {
  const run = await testSource(source, { brokers: [brokers], topics: [topic], group: `reader-${topic}` })
  closing.push(run.stop)
  await run.emitter.until(({ records }) => records.length >= count, MS)
  return run.emitter.texts.map(text => JSON.parse(text))
}

const row = (topic: string) => ({
  topic,
  scorer: 'afinn',
  posts: { positive: 2, neutral: 1, negative: 0, unknown: 0 },
  score: 0.5,
})

const event = (start: number) =>
  windowEvent({ start, end: start + 60_000, key: `window/1m/${start}`, rows: [row('galaxy'), row('nova')] })

test('an event is a record, with its key', async context => {
  const { kafka: broker, client, topic } = await brokerOf(context)
  await client.create([topic], 1)
  const events = [event(0), event(60_000)]
  const { write } = await made({
    brokers: [broker.brokers],
    topic,
    compression: 'lz4',
    headers: { from: 'here' },
  })
  expect(await write(events)).toMatchObject({ delivered: events.map(({ key }) => key) })
  expect(await valuesIn(broker.brokers, topic, 2)).toEqual(events)
  const records = await client.recordsOf(topic, 2)
  expect(records.map(({ key }) => key)).toEqual(events.map(({ key }) => key))
  expect(records[0]?.headers).toEqual({
    from: 'here',
    'mood-kind': 'window',
    'mood-key': events[0]?.key,
    'content-type': 'application/json',
  })
})

test('by topic, an event is a record for each of them', async context => {
  const { kafka: broker, client, topic } = await brokerOf(context)
  await client.create([topic], 3)
  const { write } = await made({ brokers: [broker.brokers], topic, key: 'topic' })
  await write([event(0), event(60_000)])
  const records = await client.recordsOf(topic, 4)
  const byKey = Map.groupBy(records, ({ key }) => key)
  expect([...byKey.keys()].toSorted()).toEqual(['galaxy', 'nova'])
  for (const [key, own] of byKey) {
    // All of a topic are in one partition.
    expect(new Set(own.map(({ partition }) => partition)).size).toBe(1)
    expect(own.map(({ value }) => JSON.parse(value).rows)).toEqual([
      [row(key as string)],
      [row(key as string)],
    ])
  }
})

test('creates the topic if configured, and uses an existing one', async context => {
  const { kafka: broker, client, topic } = await brokerOf(context)
  const options = { brokers: [broker.brokers], topic, create: { partitions: 3 } }
  for (const start of [0, 60_000]) {
    const { write } = await made(options)
    expect(await write([event(start)])).toMatchObject({ delivered: [event(start).key] })
  }
  expect(await client.recordsOf(topic, 2)).toHaveLength(2)
  const { topics } = await client.admin.metadata({ topics: [topic] })
  expect(topics.get(topic)?.partitionsCount).toBe(3)
})

test('it logs in over TLS', async context => {
  const { kafka: broker, client, topic, ca } = await brokerOf(context)
  await client.create([topic], 1)
  const sasl = { mechanism: 'scram-sha-512' as const, username: USER.name, password: USER.password }
  const { write } = await made({ brokers: [broker.secureBrokers], topic, tls: true, tls_ca: ca, sasl })
  expect(await write([event(0)])).toMatchObject({ delivered: [event(0).key] })
})

test('an event that is too large for the topic is dropped, others are retried', async context => {
  const { kafka: broker, client, topic } = await brokerOf(context)
  await client.create([topic], 1)
  const { write } = await made({ brokers: [broker.brokers], topic })
  const large = windowEvent({ start: 0, rows: [row('x'.repeat(2_000_000))] })
  expect(await write([large])).toMatchObject({ rejected: [large.key] })
  expect(await write([event(0)])).toMatchObject({ delivered: [event(0).key] })
  const { write: writeElsewhere } = await made({ brokers: [broker.brokers], topic: `no-${topic}` })
  expect(await writeElsewhere([event(0)])).toMatchObject({
    retried: [event(0).key],
    error: { message: `Unknown topic no-${topic}` },
  })
})

test('without a broker, a write fails with the reason', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  const { write } = await made({ brokers: [`127.0.0.1:${port}`], topic: 'posts' })
  expect(await write([event(0)])).toMatchObject({
    retried: [event(0).key],
    error: { message: `connect ECONNREFUSED 127.0.0.1:${port}` },
  })
})

test('events written while the broker restarts are in the topic once', async context => {
  const { kafka: broker, client, topic } = await brokerOf(context)
  await client.create([topic], 2)
  const { write } = await made({ brokers: [broker.brokers], topic })
  await write([event(0)])
  await broker.stop('SIGKILL')
  const restarted = broker.restart()
  const late = event(60_000)
  await vi.waitFor(async () => expect(await write([late])).toMatchObject({ delivered: [late.key] }), MS)
  await restarted
  expect(await valuesIn(broker.brokers, topic, 2)).toEqual(expect.arrayContaining([event(0), late]))
})
