import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BATCH_BYTES, BATCH_RECORDS } from '../../pipeline/batch.ts'
import { BATCH_OVERHEAD, type Batch } from '../batch.ts'
import { isSettled } from '../runtime-testing.ts'
import { blockOf, envelopedOf, FULL, made, textsOf } from './emitter-testing.ts'

beforeEach(() => vi.useFakeTimers({ now: 1000 }))
afterEach(() => vi.useRealTimers())

test('a batch is handed over at once when it is full, of records or of bytes', async () => {
  const { emitter, batches } = made({ maxRecordBytes: BATCH_BYTES * 2 })
  await emitter.write([...FULL, 'next'])
  expect(batches().map(({ records }) => records)).toEqual([BATCH_RECORDS])
  await emitter.write(['y'.repeat(BATCH_BYTES), 'z'.repeat(BATCH_BYTES + 1)])
  emitter.flush()
  expect(batches().map(({ records }) => records)).toEqual([BATCH_RECORDS, 1, 1, 1])
})

test('a block waits while the queue is full, amid its records', async () => {
  const { emitter, batches } = made({ queueBytes: 1 })
  emitter.pace(1)
  const writing = emitter.writeBlock(blockOf(['a', 'b', 'c']), { position: record => record })
  expect(await isSettled(writing)).toBe(false)
  const given: string[] = []
  for (let at = 0; at < 2; at++) {
    await vi.waitFor(() => expect(batches().length).toBeGreaterThan(at))
    emitter.release([batches()[at]?.id as number])
    given.push(String(envelopedOf(batches()[at] as Batch)[0]?.[0]))
  }
  await writing
  emitter.flush()
  expect(given).toEqual(['a', 'b'])
  expect(batches().map(({ position }) => position)).toEqual([0, 1, 2])
})

test('all writers wait while the queue is full, and continue when there is room', async () => {
  const { emitter, batches } = made({ queueBytes: 1 })
  await emitter.write(['first'])
  emitter.flush()
  const writers = [emitter.write(['a']), emitter.write(['b']), emitter.write(['c'])]
  for (const writer of writers) expect(await isSettled(writer)).toBe(false)
  emitter.release([batches()[0]?.id as number])
  for (const writer of writers) expect(await isSettled(writer)).toBe(true)
  emitter.flush()
  expect(textsOf(batches()[1] as Batch)).toEqual(['a', 'b', 'c'])
})

test('releasing an unknown batch has no effect', async () => {
  const { emitter } = made({ queueBytes: 1 })
  await emitter.write(['first'])
  emitter.flush()
  emitter.release([99])
  expect(emitter.offer(['more'])).toBe(false)
})

test('records offered while the queue is full are dropped, and counted with the next batch', async () => {
  const { emitter, batches, drops } = made({ queueBytes: 1 })
  expect(emitter.offer(['first'])).toBe(true)
  emitter.flush()
  for (let i = 0; i < 100; i++) expect(emitter.offer(['x', 'y'])).toBe(false)
  emitter.drop('overflow', 3)
  expect(drops()).toEqual([])
  vi.advanceTimersByTime(100)
  expect(batches()[1]).toMatchObject({ records: 0, drops: [{ reason: 'overflow', records: 203, bytes: 0 }] })
  vi.advanceTimersByTime(100)
  expect(batches()).toHaveLength(2)
})

test('free memory is reused', async () => {
  const { emitter, batches } = made()
  await emitter.write([...FULL, 'x'])
  const [first] = batches() as [Batch]
  // Few bytes move to memory of their own size, so that the large one is free at once.
  expect(first.memory.byteLength).toBeLessThan(BATCH_BYTES)
  await emitter.write(Array.from({ length: 3000 }, () => 'y'.repeat(80)))
  emitter.flush()
  const second = batches().at(-1) as Batch
  emitter.release([second.id])
  await emitter.write(Array.from({ length: 3000 }, () => 'z'.repeat(80)))
  emitter.flush()
  const third = batches().at(-1) as Batch
  expect(third.memory).toBe(second.memory)
  expect(textsOf(third)[2999]).toBe('z'.repeat(80))
})

test('headers take room in the queue: each batch has a copy of its own', async () => {
  const { emitter, batches } = made({ queueBytes: 2500, maxRecordBytes: 1000 })
  const write = (header: string) => emitter.write(['x'], { header: Buffer.from(header) })
  await write('1'.repeat(900))
  await write('2'.repeat(900))
  const waiting = write('3'.repeat(900))
  expect(await isSettled(waiting)).toBe(false)
  emitter.release(batches().map(({ id }) => id))
  expect(await isSettled(waiting)).toBe(true)
})

test('positions without records take room in the queue as well', async () => {
  const { emitter, batches } = made({ queueBytes: 3 * BATCH_OVERHEAD })
  const mark = (position: number) => emitter.write([], { position })
  for (const position of [1, 2]) await mark(position)
  const waiting = mark(3)
  expect(await isSettled(waiting)).toBe(false)
  emitter.release([(batches()[0] as Batch).id])
  expect(await isSettled(waiting)).toBe(true)
})

test('a group without room in the queue is released', async () => {
  const { emitter, messages, batches, logged } = made({ queueBytes: 1 })
  emitter.replayable = true
  emitter.pace(1)
  const writing = emitter.write(['a', 'b'], { position: 2 })
  emitter.flush()
  expect(await isSettled(writing)).toBe(false)
  expect(messages.map(({ type }) => type)).toContain('split')
  expect(logged).toHaveLength(1)
  emitter.release(batches().map(({ id }) => id))
  expect(await isSettled(writing)).toBe(true)
})

test('an offer is counted with its position, and one that finds no room with its records', () => {
  const { emitter, batches, drops } = made({ queueBytes: 1 })
  expect(emitter.offer(['a', 'b'], { partition: 'p', position: 1 })).toBe(true)
  emitter.flush()
  expect(batches()[0]).toMatchObject({ partition: 'p', records: 2, position: 1 })
  expect(emitter.offer(['c', 'd'], { partition: 'p', position: 2 })).toBe(false)
  emitter.flush()
  expect(batches()[1]).toMatchObject({ partition: 'p', records: 0, position: 2 })
  expect(drops()).toEqual([{ reason: 'overflow', records: 2, bytes: 0 }])
})

test('writers wait from the limit in bytes on, and as long as it is reached', async () => {
  const { emitter, batches } = made({ queueBytes: 2 * 10_000 })
  const long = 'x'.repeat(100)
  const first = emitter.write([long])
  emitter.flush()
  await first
  const [batch] = batches() as [Batch]
  // Two batches of this size are more than the limit; one is less.
  expect(batch.memory.byteLength).toBeLessThan(20_000)
  const limit = made({ queueBytes: batch.memory.byteLength + BATCH_OVERHEAD })
  const one = limit.emitter.write([long])
  limit.emitter.flush()
  await one
  const waiting = limit.emitter.write([])
  expect(await isSettled(waiting)).toBe(false)
  limit.emitter.release([(limit.batches()[0] as Batch).id])
  expect(await isSettled(waiting)).toBe(true)
})

test('writers wait when very many short records are in flight', async () => {
  const { emitter, batches } = made()
  let written = 0
  while (written < 2 ** 18) {
    const done = emitter.write(FULL)
    emitter.flush()
    written += BATCH_RECORDS
    if (written < 2 ** 18) expect(await isSettled(done), `${written}`).toBe(true)
  }
  const waiting = emitter.write([])
  expect(await isSettled(waiting)).toBe(false)
  emitter.release([(batches()[0] as Batch).id, 4711])
  expect(await isSettled(waiting)).toBe(true)
})

test('a large batch keeps its memory, and a small one is copied', async () => {
  const { emitter, batches } = made({ maxRecordBytes: BATCH_BYTES })
  await emitter.write(['x'.repeat(BATCH_BYTES / 4)])
  emitter.flush()
  await emitter.write(['x'.repeat(BATCH_BYTES / 4 - 1)])
  emitter.flush()
  const [large, small] = batches() as [Batch, Batch]
  expect(large.memory.byteLength).toBeGreaterThan(BATCH_BYTES)
  expect(small.memory.byteLength).toBeLessThan(BATCH_BYTES / 2)
  // The memory that the small one was copied from is used for the next.
  await emitter.write(['x'.repeat(BATCH_BYTES / 2)])
  emitter.flush()
  expect(batches()[2]?.memory).not.toBe(large.memory)
  emitter.release([large.id])
  await emitter.write(['x'.repeat(BATCH_BYTES / 2)])
  emitter.flush()
  expect(batches()[3]?.memory).toBe(large.memory)
})

test('only groups that are not complete are released for want of room, and the warning comes once', async () => {
  const { emitter, messages, logged, batches } = made({ queueBytes: 1 })
  emitter.replayable = true
  const splits = () => messages.flatMap(message => (message.type === 'split' ? message.partition : []))
  const release = () => emitter.release(batches().map(({ id }) => id))
  void emitter.write(['x'], { partition: 'complete', position: 1 })
  emitter.flush()
  void emitter.write(['y'], { partition: 'complete', position: 2 })
  await isSettled(Promise.resolve())
  expect(splits()).toEqual([])
  release()
  for (const partition of ['p', 'q']) {
    void emitter.write(['x'], { partition })
    emitter.flush()
    void emitter.write(['y'], { partition, position: 2 })
    await isSettled(Promise.resolve())
    release()
    await isSettled(Promise.resolve())
    emitter.flush()
    release()
  }
  expect(splits()).toEqual(['p', 'q'])
  expect(logged).toEqual([
    [
      'warn',
      'source src',
      'records between two positions do not fit into limits.queue_bytes: a restart may count some of them twice',
    ],
  ])
})
