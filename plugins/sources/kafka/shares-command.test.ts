import type { z } from 'mood-exporter/plugin'
import { testSource } from 'mood-exporter/plugin/testing'
import { afterEach, expect, test, vi } from 'vitest'
import { sharedBroker } from '../../../test/support/kafka-tests.ts'
import kafka from './index.ts'
import { sharesCommand } from './shares-command.ts'

/** Generous: a broker on a busy machine takes its time. */
const MS = 60_000

vi.setConfig({ testTimeout: 2 * MS })

const brokerOf = sharedBroker()
const running: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map(stop => stop()))
})

type Options = z.input<typeof kafka.options>

const context = {
  name: 'kafka',
  log: { debug() {}, info() {}, warn() {}, error() {} },
  signal: AbortSignal.any([]),
  baseDir: '.',
  topics: [],
}

/** `mood-exporter kafka shares`. */
const shares = (options: Options, of = '') => sharesCommand(of, kafka.options.parse(options), context)

/** An exporter's source: what it has read is committed when `commit` is called. */
async function read(options: Options) {
  const run = await testSource(kafka, { fetch_wait: '50ms', ...options })
  running.push(() => run.stop())
  return {
    ...run,
    commit() {
      for (const [name, offset] of run.emitter.partitions) run.source.commit?.(name, offset)
    },
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `${i}`)

test('the number of shares may change once all exporters have stopped, whatever is left to read', async context => {
  const { kafka: broker, client, topic } = await brokerOf(context)
  await client.create([topic], 4)
  await client.send(topic, numbered(40), { partitions: 4 })
  const options = { brokers: [broker.brokers], topics: [topic], group: `shares-${topic}` }
  expect(await shares(options)).toMatchObject({
    data: { left: 40, problems: [] },
    text: expect.stringContaining('unread'),
  })
  const fleet = await Promise.all([0, 1].map(share => read({ ...options, partitions: { share, of: 2 } })))
  for (const { emitter } of fleet) await emitter.until(({ records }) => records.length === 20, MS)
  const [first, second] = fleet as [(typeof fleet)[0], (typeof fleet)[0]]
  const own = [...first.emitter.partitions.keys()].sort()
  expect(own).toHaveLength(2)
  const while2Run = await shares(options)
  expect(while2Run.failed).toBe(true)
  expect(while2Run.text).toContain(
    `Share 0 of 2 has not stopped (${own.join(', ')}): stop it. If it was killed, start it and stop it again.`,
  )
  first.commit()
  await first.stop()
  const while1Runs = await shares(options)
  expect(while1Runs.text).not.toContain('Share 0 of 2')
  expect(while1Runs).toMatchObject({ failed: true, data: { left: 20 } })
  second.commit()
  await second.stop()
  await client.send(topic, numbered(8), { partitions: 4 })
  const after = await shares(options, '3')
  expect(after).toMatchObject({ failed: false, data: { left: 8, problems: [], members: 0 } })
  expect(after.text).toContain('the number of shares may change')
  expect(after.text).toContain('8 records are left for the next reader')
  const { data } = after as unknown as { data: { shares: { share: number; partitions: string[] }[] } }
  expect(data.shares.map(({ share }) => share)).toEqual([0, 1, 2])
  expect(data.shares.flatMap(({ partitions }) => partitions).toSorted()).toEqual(
    [0, 1, 2, 3].map(n => `${topic}/${n}`),
  )
  // With other shares each record that was left is read once, and none that was read before.
  const next = await Promise.all([0, 1, 2].map(share => read({ ...options, partitions: { share, of: 3 } })))
  for (const { emitter } of next) await emitter.until(({ partitions }) => partitions.size > 0, MS)
  await vi.waitFor(
    () => expect(next.flatMap(({ emitter }) => emitter.texts).toSorted()).toEqual(numbered(8)),
    MS,
  )
})

test('members of a group, and offsets of other programs, are named', async context => {
  const { kafka: broker, client, topic } = await brokerOf(context)
  await client.create([topic], 1)
  await client.send(topic, numbered(10))
  const options = { brokers: [broker.brokers], topics: [topic], group: `group-${topic}` }
  const member = await read(options)
  await member.emitter.until(({ records }) => records.length === 10, MS)
  expect((await shares(options)).text).toContain('shared out by a group (members: 1)')
  await member.stop()
  await client.admin.alterConsumerGroupOffsets({
    groupId: options.group,
    topics: [{ name: topic, partitionOffsets: [{ partition: 0, offset: 3n }] }],
  })
  const { text, failed } = await shares(options)
  expect(failed).toBe(true)
  expect(text).toContain(`committed the offsets of ${topic}/0`)
})

test('unreachable brokers, and missing topics, are reported in one line', async context => {
  const { kafka: broker, topic } = await brokerOf(context)
  await expect(shares({ brokers: [broker.brokers], topics: [`no-${topic}`] })).rejects.toThrow(
    `there is no topic "no-${topic}"`,
  )
  await expect(shares({ brokers: ['127.0.0.1:1'], topics: [topic] })).rejects.toThrow('ECONNREFUSED')
})
