import { tracingChannel } from 'node:diagnostics_channel'
import type { z } from 'mood-exporter/plugin'
import { testSource } from 'mood-exporter/plugin/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { RunningKafka } from '../../../tools/stack/kafka.ts'
import { KafkaClient } from '../../../tools/stack/kafka-client.ts'
import { kafkaLibraries } from '../../../tools/stack/kafka-libraries.ts'
import kafka from './index.ts'

/** Two brokers on a busy machine take their time. */
const MS = 120_000

const stopping: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const stop of stopping.splice(0).reverse()) await stop()
})

async function read(options: z.input<typeof kafka.options>) {
  const run = await testSource(kafka, { fetch_wait: '50ms', ...options })
  stopping.push(() => run.stop())
  return run
}

const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `${from + i}`)

/** Numbers of the brokers that are asked for records from now on. */
function askedNodes(): { nodes: Set<number>; stop(): void } {
  const nodes = new Set<number>()
  const handlers = {
    start: (message: unknown) => void nodes.add((message as { options: { node: number } }).options.node),
  }
  const channel = tracingChannel('plt:kafka:consumer:fetches')
  channel.subscribe(handlers as never)
  return { nodes, stop: () => channel.unsubscribe(handlers as never) }
}

test('fetches from the leader of each partition, or from the rack', {
  timeout: 4 * MS,
}, async context => {
  vi.setConfig({ hookTimeout: MS })
  const libraries = await kafkaLibraries(context)
  const first = await RunningKafka.start(libraries, { rack: 'a' })
  stopping.push(() => first[Symbol.asyncDispose]())
  const second = await RunningKafka.start(libraries, { rack: 'b', joins: first })
  stopping.push(() => second[Symbol.asyncDispose]())
  const client = new KafkaClient(first.brokers)
  stopping.push(() => client[Symbol.asyncDispose]())
  await client.create(['posts'], 4, 2)
  await client.send('posts', numbered(400), { partitions: 4 })
  // One broker is named, and names the other.
  const options = { brokers: [first.brokers], topics: ['posts'] }
  const leaders = askedNodes()
  stopping.push(async () => leaders.stop())
  const run = await read({ ...options, group: 'leaders', partitions: { share: 0, of: 1 } })
  await run.emitter.until(({ records }) => records.length >= 400, MS)
  expect(run.emitter.texts.toSorted()).toEqual(numbered(400).toSorted())
  expect([...leaders.nodes].toSorted()).toEqual([1, 2])
  leaders.stop()

  // The leader of a partition names the replica of the reader's rack, which is then read from.
  await run.stop()
  const near = await read({ ...options, group: 'near', rack: 'b', partitions: { share: 0, of: 1 } })
  await near.emitter.until(({ records }) => records.length >= 400, MS)
  const nearby = askedNodes()
  stopping.push(async () => nearby.stop())
  await vi.waitFor(() => expect(nearby.nodes.size).toBeGreaterThan(0), MS)
  await client.send('posts', numbered(40, 400), { partitions: 4 })
  await near.emitter.until(({ records }) => records.length >= 440, MS)
  expect(near.emitter.texts.toSorted()).toEqual(numbered(440).toSorted())
  expect([...nearby.nodes]).toEqual([2])

  // Without that broker the other one leads all of them.
  await second.stop('SIGKILL')
  await vi.waitFor(
    () => client.send('posts', numbered(40, 440), { partitions: 4, producer: client.producer() }),
    { timeout: MS, interval: 500 },
  )
  await near.emitter.until(({ texts }) => new Set(texts).size >= 480, MS)
  expect(new Set(near.emitter.texts)).toEqual(new Set(numbered(480)))
})
