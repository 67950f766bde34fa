import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Batch } from '../batch.ts'
import { blockOf, envelopedOf, made, textsOf } from './emitter-testing.ts'

beforeEach(() => vi.useFakeTimers({ now: 1000 }))
afterEach(() => vi.useRealTimers())

test('what is submitted is answered, each record by its own place', async () => {
  const { emitter, batches } = made({ maxRecordBytes: 5 })
  const result = emitter.submit(['a', 'too long', 'b', 'c'])
  const [batch] = batches() as [Batch]
  expect(batch).toMatchObject({ records: 3, acknowledge: 'committed' })
  emitter.submitted(batch.id, { accepted: 2, rejected: [{ record: 1, reason: 'invalid', message: 'no' }] })
  expect(await result).toEqual({
    accepted: 2,
    rejected: [
      { record: 1, reason: 'oversized', message: '8 bytes, where 5 are allowed' },
      { record: 2, reason: 'invalid', message: 'no' },
    ],
  })
})

test('what is submitted comes behind what was written before', async () => {
  const { emitter, batches } = made()
  await emitter.write(['first'])
  void emitter.submit(['second'])
  expect(batches().map(textsOf)).toEqual([['first'], ['second']])
})

test('nothing is submitted while the queue is full, and nothing counted', () => {
  const { emitter, messages } = made({ queueBytes: 1 })
  void emitter.submit(['a'])
  const before = messages.length
  expect(emitter.submit(['b'])).toBe(null)
  expect(messages).toHaveLength(before)
})

test('a batch holds no more records than a worker maps in good time, and a submission is cut into several', async () => {
  const { emitter, batches } = made({ maxRecordBytes: 5 })
  emitter.pace(2)
  await emitter.write(['a', 'b', 'c'])
  const result = emitter.submit(['d', 'too long', 'e', 'f'])
  expect(batches().map(textsOf)).toEqual([['a', 'b'], ['c'], ['d', 'e'], ['f']])
  const [, , first, second] = batches() as [Batch, Batch, Batch, Batch]
  emitter.submitted(second.id, { accepted: 0, rejected: [{ record: 0, reason: 'invalid', message: 'no' }] })
  emitter.submitted(first.id, { accepted: 2, rejected: [] })
  expect(await result).toMatchObject({
    accepted: 2,
    rejected: [
      { record: 1, reason: 'oversized' },
      { record: 3, reason: 'invalid' },
    ],
  })
})

test('a record may be as long as the limit, written, offered, submitted or in a block', async () => {
  const { emitter, batches, drops } = made()
  const longest = 'x'.repeat(100)
  await emitter.write([longest])
  emitter.offer([longest])
  await emitter.writeBlock(blockOf([longest]), { position: () => 1 })
  void emitter.submit([longest])
  emitter.flush()
  expect(batches().reduce((sum, { records }) => sum + records, 0)).toBe(4)
  expect(drops()).toEqual([])
})

test('an answer to what was not submitted has no effect', () => {
  const { emitter } = made()
  expect(() => emitter.submitted(99, { accepted: 0, rejected: [] })).not.toThrow()
})

test('rejections are in the order of records, those that are too long among them', async () => {
  const { emitter, batches } = made()
  emitter.pace(2)
  const long = 'x'.repeat(101)
  const answer = emitter.submit(['a', long, 'b', 'c', long], { position: 3, acknowledge: 'decoded' })
  expect(
    batches().map(({ records, position, acknowledge, drops }) => [records, position, acknowledge, drops]),
  ).toEqual([
    [2, undefined, 'decoded', Array(2).fill({ reason: 'oversized', records: 1, bytes: 101 })],
    [1, 3, 'decoded', []],
  ])
  const [first, second] = batches() as [Batch, Batch]
  emitter.submitted(second.id, { accepted: 0, rejected: [{ record: 0, reason: 'invalid', message: 'c' }] })
  emitter.submitted(first.id, { accepted: 1, rejected: [{ record: 1, reason: 'invalid', message: 'b' }] })
  const { accepted, rejected } = (await answer) as { accepted: number; rejected: { record: number }[] }
  expect(accepted).toBe(1)
  expect(rejected.map(({ record }) => record)).toEqual([1, 2, 3, 4])
})

test('a submission of as many records as a batch holds is one batch, and one of none is one too', () => {
  const { emitter, batches } = made()
  emitter.pace(2)
  void emitter.submit(['a', 'b'], { position: 1 })
  void emitter.submit([], { position: 2 })
  expect(batches().map(({ records, position, acknowledge }) => [records, position, acknowledge])).toEqual([
    [2, 1, 'committed'],
    [0, 2, 'committed'],
  ])
})

test('submitted records have their envelopes', () => {
  const { emitter, batches } = made()
  const long = 'x'.repeat(101)
  void emitter.submit([long, 'a', 'b'], { envelopes: [{ time: 1 }, { time: 2 }, { time: 3 }] })
  expect(batches().flatMap(envelopedOf)).toEqual([
    ['a', 2, []],
    ['b', 3, []],
  ])
})
