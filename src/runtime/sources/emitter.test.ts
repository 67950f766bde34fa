import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BATCH_BYTES, BATCH_RECORDS, BatchReader } from '../../pipeline/batch.ts'
import type { BatchFromSource, FromSource } from '../threads/messages.ts'
import { type SinkLimits, ThreadSink } from './emitter.ts'

beforeEach(() => vi.useFakeTimers({ now: 1000 }))
afterEach(() => vi.useRealTimers())

/** A sink, and what it told the main thread. */
function made(limits: Partial<SinkLimits> = {}) {
  const told: FromSource[] = []
  const logged: unknown[][] = []
  const port = { postMessage: (message: unknown) => told.push(message as FromSource), on: () => {} }
  const sink = new ThreadSink(
    port,
    { spec: { name: 'src' }, maxRecordBytes: 100, queueBytes: 2 ** 30, headers: {}, ...limits },
    { write: (...line) => logged.push(line) },
  )
  const batches = () => told.filter((message): message is BatchFromSource => message.type === 'batch')
  const drops = () => told.filter(({ type }) => type === 'dropped')
  return { sink, told, logged, batches, drops }
}

function textsOf({ memory }: BatchFromSource): string[] {
  const reader = new BatchReader(memory)
  return Array.from({ length: reader.records }, (_, i) => reader.record(i).toString('utf8'))
}

/** Whether a promise is settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  promise.finally(() => {
    settled = true
  })
  for (let turn = 0; turn < 5; turn++) await Promise.resolve()
  return settled
}

const FULL = Array.from({ length: BATCH_RECORDS }, () => 'x')

test('records are handed over together, a moment later', async () => {
  const { sink, batches } = made()
  await sink.write(['one', Buffer.from('둘')])
  await sink.write(['three'], { position: 7 })
  expect(batches()).toEqual([])
  vi.advanceTimersByTime(20)
  const [batch] = batches()
  expect(textsOf(batch as BatchFromSource)).toEqual(['one', '둘', 'three'])
  expect(batch).toMatchObject({ records: 3, receivedAt: 1020, position: 7, posts: false, receipt: false })
})

test('a batch is handed over at once when it is full, of records or of bytes', async () => {
  const { sink, batches } = made({ maxRecordBytes: BATCH_BYTES * 2 })
  await sink.write([...FULL, 'next'])
  expect(batches().map(({ records }) => records)).toEqual([BATCH_RECORDS])
  await sink.write(['y'.repeat(BATCH_BYTES), 'z'.repeat(BATCH_BYTES + 1)])
  sink.flush()
  expect(batches().map(({ records }) => records)).toEqual([BATCH_RECORDS, 1, 1, 1])
})

test('what differs in partition, header or kind does not share a batch', async () => {
  const { sink, batches } = made()
  const post = { text: 'x', createdAt: 1 }
  await sink.write(['a'], { partition: 'p' })
  await sink.write(['b'], { partition: 'q' })
  await sink.write(['c'], { partition: 'q', header: Buffer.from('h') })
  await sink.write([post], { partition: 'q' })
  sink.flush()
  expect(batches().map(({ partition, header, posts }) => [partition, header, posts])).toEqual([
    ['p', undefined, false],
    ['q', undefined, false],
    ['q', 'h', false],
    ['q', undefined, true],
  ])
  expect(textsOf(batches()[3] as BatchFromSource)).toEqual([JSON.stringify(post)])
})

test('a position with nothing to go with goes by itself', async () => {
  const { sink, batches } = made()
  await sink.write([], { position: 9 })
  expect(batches()).toMatchObject([{ records: 0, position: 9 }])
})

test('all who write wait while the queue is full, and all go on when there is room', async () => {
  const { sink, batches } = made({ queueBytes: 1 })
  await sink.write(['first'])
  sink.flush()
  const writers = [sink.write(['a']), sink.write(['b']), sink.write(['c'])]
  for (const writer of writers) expect(await isSettled(writer)).toBe(false)
  sink.release(batches()[0]?.id as number)
  for (const writer of writers) expect(await isSettled(writer)).toBe(true)
  sink.flush()
  expect(textsOf(batches()[1] as BatchFromSource)).toEqual(['a', 'b', 'c'])
})

test('a release of what is not on its way changes nothing', async () => {
  const { sink } = made({ queueBytes: 1 })
  await sink.write(['first'])
  sink.flush()
  sink.release(99)
  expect(sink.offer(['more'])).toBe(false)
})

test('what is offered while the queue is full is dropped, and told now and then rather than each time', async () => {
  const { sink, drops } = made({ queueBytes: 1 })
  expect(sink.offer(['first'])).toBe(true)
  sink.flush()
  for (let i = 0; i < 100; i++) expect(sink.offer(['x', 'y'])).toBe(false)
  sink.drop('overflow', 3)
  expect(drops()).toEqual([])
  vi.advanceTimersByTime(20)
  expect(drops()).toEqual([{ type: 'dropped', reason: 'overflow', records: 203, bytes: 0 }])
  sink.drop('overflow')
  sink.flush()
  vi.advanceTimersByTime(100)
  expect(drops()).toHaveLength(2)
})

test('a record that is too long is dropped, counted and logged; its neighbours are not', async () => {
  const { sink, batches, drops, logged } = made({ maxRecordBytes: 5 })
  await sink.write(['short', 'longer', '이것은', 'ok'])
  sink.flush()
  expect(textsOf(batches()[0] as BatchFromSource)).toEqual(['short', 'ok'])
  expect(drops()).toMatchObject([
    { reason: 'oversized', records: 1 },
    { reason: 'oversized', records: 1 },
  ])
  expect(logged[0]).toEqual([
    'warn',
    'src oversized',
    'a record was dropped',
    { source: 'src', reason: 'oversized', record: 'longer' },
  ])
})

test('what is submitted is answered, each record by its own place', async () => {
  const { sink, batches } = made({ maxRecordBytes: 5 })
  const receipt = sink.submit(['a', 'too long', 'b', 'c'])
  const [batch] = batches() as [BatchFromSource]
  expect(batch).toMatchObject({ records: 3, receipt: true })
  sink.receipt(batch.id, { accepted: 2, refused: [{ record: 1, reason: 'invalid', message: 'no' }] })
  expect(await receipt).toEqual({
    accepted: 2,
    refused: [
      { record: 1, reason: 'oversized', message: '8 bytes, where 5 are allowed' },
      { record: 2, reason: 'invalid', message: 'no' },
    ],
  })
})

test('what is submitted comes behind what was written before', async () => {
  const { sink, batches } = made()
  await sink.write(['first'])
  void sink.submit(['second'])
  expect(batches().map(textsOf)).toEqual([['first'], ['second']])
})

test('nothing is submitted while the queue is full, and nothing counted', () => {
  const { sink, told } = made({ queueBytes: 1 })
  void sink.submit(['a'])
  const before = told.length
  expect(sink.submit(['b'])).toBe(null)
  expect(told).toHaveLength(before)
})

test('memory that is free is used again', async () => {
  const { sink, batches } = made()
  await sink.write([...FULL, 'x'])
  const [first] = batches() as [BatchFromSource]
  // Few bytes move to memory of their own size, so that the large one is free at once.
  expect(first.memory.byteLength).toBeLessThan(BATCH_BYTES)
  await sink.write(Array.from({ length: 3000 }, () => 'y'.repeat(80)))
  sink.flush()
  const second = batches().at(-1) as BatchFromSource
  sink.release(second.id)
  await sink.write(Array.from({ length: 3000 }, () => 'z'.repeat(80)))
  sink.flush()
  const third = batches().at(-1) as BatchFromSource
  expect(third.memory).toBe(second.memory)
  expect(textsOf(third)[2999]).toBe('z'.repeat(80))
})

test('a stream of lines becomes records, with the position up to where they are covered', async () => {
  const { sink, batches, drops } = made({ maxRecordBytes: 10 })
  const lines = sink.lines({ partition: 'file' })
  const at = (offset: number) => ({ offset })
  await lines.write(Buffer.from('one\ntwo\r\n\nlonger than ten\nthr'), at)
  sink.flush()
  expect(textsOf(batches()[0] as BatchFromSource)).toEqual(['one', 'two'])
  // All up to the beginning of the unfinished line: the oversized one is done with.
  expect(batches()[0]).toMatchObject({ partition: 'file', position: { offset: 26 } })
  expect(drops()).toMatchObject([{ reason: 'oversized', records: 1 }])
  await lines.write(Buffer.from('ee'), at)
  await lines.end()
  sink.flush()
  expect(textsOf(batches()[1] as BatchFromSource)).toEqual(['three'])
})

test('the first line of a stream goes with the others where the format needs a header', async () => {
  const { sink, batches } = made({ headers: { known: 'old,header' } })
  sink.header = true
  await sink.lines({ partition: 'new' }).write(Buffer.from('id,text\n1,a\n'))
  await sink.lines({ partition: 'known', continues: true }).write(Buffer.from('2,b\n'))
  sink.flush()
  expect(batches().map(batch => [batch.header, ...textsOf(batch)])).toEqual([
    ['id,text', '1,a'],
    ['old,header', '2,b'],
  ])
})

test('going down is told behind what was written before', async () => {
  const { sink, told } = made()
  sink.up()
  await sink.write(['a'])
  sink.down('gone')
  sink.lag(5)
  sink.refused('401')
  expect(told.map(({ type }) => type)).toEqual(['up', 'batch', 'down', 'lag', 'refused'])
})
