import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Batch } from '../batch.ts'
import { isSettled } from '../runtime-testing.ts'
import { ThreadEmitter } from './emitter.ts'
import { blockOf, envelopedOf, made, textsOf } from './emitter-testing.ts'

beforeEach(() => vi.useFakeTimers({ now: 1000 }))
afterEach(() => vi.useRealTimers())

test('records are emitted together after a short delay', async () => {
  const { emitter, batches } = made()
  await emitter.write(['one', Buffer.from('둘')])
  await emitter.write(['three'], { position: 7 })
  expect(batches()).toEqual([])
  vi.advanceTimersByTime(100)
  const [batch] = batches()
  expect(textsOf(batch as Batch)).toEqual(['one', '둘', 'three'])
  expect(batch).toMatchObject({
    records: 3,
    receivedAt: 1100,
    position: 7,
    posts: false,
    acknowledge: null,
    drops: [],
  })
})

test('records of a block go with their times, and a batch with the position of its last one', async () => {
  const { emitter, batches, drops } = made()
  emitter.pace(2)
  const block = blockOf(['one', '둘', 'x'.repeat(101), 'four', ''], [5, Number.NaN, 6, 7, 8])
  await emitter.writeBlock(block, { partition: 'p', position: record => record + 1 })
  emitter.flush()
  expect(batches().map(envelopedOf)).toEqual([
    [
      ['one', 5, []],
      ['둘', undefined, []],
    ],
    [
      ['four', 7, []],
      ['', 8, []],
    ],
  ])
  expect(batches()).toMatchObject([
    { partition: 'p', position: 3, records: 2 },
    { partition: 'p', position: 5, records: 2 },
  ])
  expect(drops()).toEqual([{ reason: 'oversized', records: 1, bytes: 101 }])
})

test('records of a block may have more beside them than a time', async () => {
  const { emitter, batches } = made()
  const headers = [['a', Buffer.from('b')]] as const
  const block = { ...blockOf(['one', 'two']), envelopes: [{ time: 5, headers }, {}] }
  await emitter.writeBlock(block, { position: () => 1 })
  emitter.flush()
  expect(batches().flatMap(envelopedOf)).toEqual([
    ['one', 5, [['a', Buffer.from('b')]]],
    ['two', undefined, []],
  ])
})

test('a position without records is sent by itself', async () => {
  const { emitter, batches } = made()
  await emitter.write([], { position: 9 })
  expect(batches()).toMatchObject([{ records: 0, position: 9 }])
})

test('`down` is sent after what was written before', async () => {
  const { emitter, messages } = made()
  emitter.up()
  await emitter.write(['a'])
  emitter.down('gone')
  emitter.lag(5)
  emitter.refused('401')
  expect(messages.map(({ type }) => type)).toEqual(['up', 'batch', 'down', 'lag', 'refused'])
})

test('of a source that can be replayed, a group ends with the batch that reaches a position', async () => {
  const { emitter, batches } = made()
  emitter.replayable = true
  emitter.pace(2)
  await emitter.write(['a', 'b', 'c'], { position: 3 })
  await emitter.write(['d'])
  emitter.flush()
  await emitter.write([], { position: 4 })
  expect(batches().map(({ records, position, endsGroup }) => [records, position, endsGroup])).toEqual([
    [2, undefined, false],
    [2, undefined, false],
    [0, 4, true],
  ])
})

test('a dropped record belongs to the group whose position covers it', async () => {
  const { emitter, batches } = made()
  emitter.replayable = true
  await emitter.write(['a'], { position: 1 })
  emitter.drop('invalid', 1, 'x', { position: 2 })
  emitter.flush()
  expect(batches()).toMatchObject([
    { records: 1, position: 2, endsGroup: true, drops: [{ reason: 'invalid' }] },
  ])
})

test('a partition is closed behind what was written of it, once the main thread says that it is', async () => {
  const { emitter, messages } = made()
  await emitter.write(['a'], { partition: 'p' })
  const closed = emitter.close('p', { forget: true })
  expect(messages.map(({ type }) => type)).toEqual(['batch', 'close'])
  const [, message] = messages
  if (message?.type !== 'close') return expect.unreachable()
  expect(message).toMatchObject({ partition: 'p', forget: true })
  expect(await isSettled(closed)).toBe(false)
  emitter.partitionClosed(message.id)
  expect(await isSettled(closed)).toBe(true)
})

test('what a source says of its service is sent as it is', () => {
  const { emitter, messages } = made()
  emitter.up()
  emitter.lag(7)
  emitter.gap('lost', 1500)
  emitter.allowance('posts', 3)
  emitter.credentialsExpire(9000)
  emitter.refused('no such rule')
  emitter.down('gone')
  expect(messages).toEqual([
    { type: 'up' },
    { type: 'lag', records: 7 },
    { type: 'gap', result: 'lost', ms: 1500 },
    { type: 'allowance', limit: 'posts', remaining: 3 },
    { type: 'expiry', at: 9000 },
    { type: 'refused', reason: 'no such rule' },
    { type: 'down', reason: 'gone', outage: 'other' },
  ])
})

test('an emitter of nothing sends nothing', () => {
  const { emitter, messages } = made()
  emitter.flush()
  vi.advanceTimersByTime(1000)
  expect(messages).toEqual([])
  expect(emitter).toMatchObject({ header: false, rankings: false, replayable: false })
})

test('batches are numbered in the order in which they are sent, with the ends of partitions', async () => {
  const { emitter, batches, messages } = made()
  for (const record of ['a', 'b']) {
    await emitter.write([record])
    emitter.flush()
  }
  void emitter.close('')
  expect(batches().map(({ id }) => id)).toEqual([1, 2])
  expect(messages.at(-1)).toEqual({ type: 'close', id: 3, partition: '', forget: false })
})

test('the delay begins with the first record of a batch, and not again with the next', async () => {
  const { emitter, batches } = made()
  await emitter.write(['a'])
  vi.advanceTimersByTime(60)
  await emitter.write(['b'])
  vi.advanceTimersByTime(39)
  expect(batches()).toEqual([])
  vi.advanceTimersByTime(1)
  expect(batches()).toHaveLength(1)
  await emitter.write(['c'])
  emitter.flush()
  await emitter.write(['d'])
  vi.advanceTimersByTime(99)
  expect(batches()).toHaveLength(2)
  vi.advanceTimersByTime(1)
  expect(batches()).toHaveLength(3)
})

test('a position belongs to the batch of its partition, or to one of its own', async () => {
  const { emitter, batches } = made()
  await emitter.write(['a'], { partition: 'p' })
  await emitter.write([], { partition: 'q', position: 5 })
  await emitter.write(['b'], { partition: 'p', position: 6 })
  emitter.flush()
  expect(batches().map(({ partition, records, position }) => [partition, records, position])).toEqual([
    ['p', 1, undefined],
    ['q', 0, 5],
    ['p', 1, 6],
  ])
})

test('a position is no longer that of the batch once further records follow', async () => {
  const { emitter, batches } = made()
  await emitter.write(['a'], { position: 1 })
  await emitter.write(['b'])
  emitter.flush()
  expect(batches().map(({ position }) => position)).toEqual([undefined])
})

test('a drop is logged with the record, except for an overflow', () => {
  const { emitter, logged, drops } = made()
  emitter.drop('invalid', 1, 'some record')
  emitter.drop('invalid', 2, Buffer.from('other'))
  emitter.drop('overflow', 3)
  emitter.flush()
  expect(logged).toEqual([
    [
      'warn',
      'src invalid',
      'a record was dropped',
      { source: 'src', reason: 'invalid', record: 'some record' },
    ],
    ['warn', 'src invalid', 'a record was dropped', { source: 'src', reason: 'invalid', record: 'other' }],
  ])
  expect(drops()).toEqual([
    { reason: 'invalid', records: 3, bytes: 16 },
    { reason: 'overflow', records: 3, bytes: 0 },
  ])
})

test('drops of another partition go with another batch', () => {
  const { emitter, batches } = made()
  emitter.drop('invalid', 1, 'a', { partition: 'p', position: 1 })
  emitter.drop('invalid', 1, 'b', { partition: 'q', position: 2 })
  emitter.flush()
  expect(batches().map(({ partition, position, drops }) => [partition, position, drops[0]?.bytes])).toEqual([
    ['p', 1, 1],
    ['q', 2, 1],
  ])
})

test('what is no drop, partition, position or lag is an error of the plugin', async () => {
  const { emitter, messages } = made()
  expect(() => emitter.drop('late' as never)).toThrow()
  expect(() => emitter.drop('invalid', -1)).toThrow()
  expect(() => emitter.lag(Number.NaN)).toThrow()
  expect(() => emitter.close(7 as never)).toThrow()
  await expect(emitter.write(['a'], { partition: 7 as never })).rejects.toThrow()
  await expect(emitter.write([], { position: (() => 1) as never })).rejects.toThrow()
  expect(messages).toEqual([])
})

test('a closed partition is asked for once, and what belongs to its commit is sent before', async () => {
  const messages: unknown[] = []
  const port = { postMessage: (message: unknown) => messages.push(message), on: () => {} }
  const limits = { spec: { name: 'src' }, maxRecordBytes: 100, queueBytes: 1000 }
  const emitter = new ThreadEmitter(port, limits, { write: () => {} }, () => messages.push('before'))
  await emitter.write(['a'], { partition: 'p' })
  const closed = emitter.close('p', { forget: true })
  expect(messages).toMatchObject([
    { type: 'batch' },
    'before',
    { type: 'close', partition: 'p', forget: true },
  ])
  emitter.partitionClosed(99)
  expect(await isSettled(closed)).toBe(false)
  emitter.partitionClosed((messages[2] as { id: number }).id)
  emitter.partitionClosed((messages[2] as { id: number }).id)
  await closed
})

test('offered and written records have their envelopes', async () => {
  const { emitter, batches } = made()
  emitter.offer(['a'], { envelopes: [{ time: 1 }] })
  await emitter.write(['b'], { envelopes: [{ time: 2 }] })
  await emitter.write(['c'])
  emitter.flush()
  expect(batches().map(({ enveloped }) => enveloped)).toEqual([true, false])
  expect(batches().flatMap(envelopedOf)).toEqual([
    ['a', 1, []],
    ['b', 2, []],
    ['c', undefined, undefined],
  ])
})
