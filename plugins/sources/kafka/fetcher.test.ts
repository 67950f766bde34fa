import { createRecordsBatch } from '@platformatic/kafka'
import { TestEmitter } from 'mood-exporter/plugin/testing'
import { expect, onTestFinished, test } from 'vitest'
import { Fetcher, type FetcherParts } from './fetcher.ts'
import { Health } from './health.ts'

const POSTS = { topic: 'posts', partition: 0 }
const SETTINGS = { fetch_bytes: 1000, partition_bytes: 1000, fetch_wait: 1, envelope: 'time' } as const

/** The values as a broker sends them, made by the client's own encoder. */
const recordsOf = (values: readonly string[]): Buffer =>
  Buffer.from(
    createRecordsBatch(
      values.map(value => ({ topic: 'posts', value: Buffer.from(value) })) as never,
      { compression: 'none', producerId: -1n } as never,
    ).dynamicBuffer.buffer,
  )

/** A fetcher of a broker that leads one partition, with these records and an end far behind them. */
function running(parts: Partial<FetcherParts> = {}) {
  const records = recordsOf(['a', 'b'])
  const answer = (offset: bigint) => ({
    partitionIndex: 0,
    errorCode: 0,
    highWatermark: 100n,
    preferredReadReplica: -1,
    aborted: [],
    records: offset === 0n ? records : Buffer.alloc(0),
    memory: Buffer.alloc(0),
  })
  const emitter = new TestEmitter()
  const fetcher = new Fetcher(SETTINGS, {
    client: {
      metadata: async () => ({
        brokers: new Map([[1, {}]]),
        topics: new Map([['posts', { id: 'id', partitions: [{ leader: 1 }] }]]),
      }),
      fetchRaw: async ({ topics }: { topics: { partitions: { fetchOffset: bigint }[] }[] }) => {
        await new Promise(resolve => setTimeout(resolve, 5))
        return {
          responses: topics.map(({ partitions: [asked] }) => ({
            topicId: 'id',
            partitions: [answer(asked?.fetchOffset ?? 0n)],
          })),
        }
      },
      clearMetadata: () => {},
    } as never,
    offsets: { starts: async () => new Map([['posts/0', 0]]) } as never,
    emitter,
    health: new Health(emitter, ['brokers']),
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    isAlive: () => true,
    tombstones: () => {},
    missed: () => {},
    ...parts,
  })
  const stopping = new AbortController()
  const ended = fetcher.run(stopping.signal)
  onTestFinished(async () => {
    stopping.abort()
    await ended
  })
  return { fetcher, emitter }
}

test('a fetcher without partitions has no lag, whatever it had before', async () => {
  const { fetcher, emitter } = running()
  fetcher.assign([POSTS])
  await emitter.until(({ lagRecords }) => lagRecords === 98)
  await fetcher.revoke(['posts/0'])
  await emitter.until(({ lagRecords }) => lagRecords === 0)
})

test('it is up once it has what was assigned, or it is known that nothing is', async () => {
  const [some, none] = [running(), running()]
  await new Promise(resolve => setImmediate(resolve))
  expect([some.emitter.ups, none.emitter.ups]).toEqual([0, 0])
  some.fetcher.assign([POSTS])
  none.fetcher.assign([])
  await Promise.all([some, none].map(({ emitter }) => emitter.until(({ ups }) => ups === 1)))
  expect(some.emitter.positions).toContain(0)
})

test('while it is in doubt whether other members have its partitions, it emits nothing', async () => {
  let isAlive = false
  let asked = 0
  const { fetcher, emitter } = running({
    isAlive: () => {
      asked++
      return isAlive
    },
  })
  fetcher.assign([POSTS])
  while (asked < 3) await new Promise(resolve => setTimeout(resolve, 5))
  expect(emitter.texts).toEqual([])
  isAlive = true
  await emitter.until(({ texts }) => texts.length === 2)
})
