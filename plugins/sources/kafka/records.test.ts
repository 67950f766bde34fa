import type { RecordsBatch } from '@platformatic/kafka'
import { expect, test } from 'vitest'
import { chunksOf } from './records.ts'

const TRANSACTIONAL = 16
const CONTROL = 32

/** A batch of records at offsets that follow each other. */
const batch = (
  firstOffset: number,
  values: (string | null)[],
  more: Partial<RecordsBatch> = {},
): RecordsBatch => ({
  firstOffset: BigInt(firstOffset),
  length: 0,
  partitionLeaderEpoch: 0,
  magic: 2,
  crc: 0,
  attributes: 0,
  lastOffsetDelta: values.length - 1,
  firstTimestamp: 0n,
  maxTimestamp: 0n,
  producerId: -1n,
  producerEpoch: 0,
  firstSequence: 0,
  records: values.map((value, offsetDelta) => ({
    length: 0,
    attributes: 0,
    timestampDelta: 0n,
    offsetDelta,
    key: Buffer.alloc(0),
    value: (value === null ? null : Buffer.from(value)) as Buffer,
    headers: [],
  })),
  ...more,
})

const of = (producer: number) => ({ attributes: TRANSACTIONAL, producerId: BigInt(producer) })

/** The record that ends a transaction. */
const end = (offset: number, producer: number, type: 'abort' | 'commit') => {
  const key = Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1])
  const made = batch(offset, ['']).records.map(record => ({ ...record, key }))
  return batch(offset, [''], { ...of(producer), attributes: TRANSACTIONAL | CONTROL, records: made })
}

const aborted = (...of: [producer: number, firstOffset: number][]) =>
  of.map(([producerId, firstOffset]) => ({
    producerId: BigInt(producerId),
    firstOffset: BigInt(firstOffset),
  }))

function read(records: RecordsBatch[], from = 0, abortedTransactions = aborted()) {
  const chunks = [...chunksOf({ records, abortedTransactions }, from)]
  return { values: chunks.flatMap(({ values }) => values.map(String)), end: chunks.at(-1)?.end }
}

test('a batch comes whole: what lies before the offset that was asked for is left', () => {
  expect(read([batch(10, ['a', 'b', 'c', 'd'])], 12)).toEqual({ values: ['c', 'd'], end: 14 })
})

test('the position goes past offsets that compaction has removed', () => {
  expect(read([batch(0, ['a'], { lastOffsetDelta: 9 }), batch(15, [])], 0)).toEqual({
    values: ['a'],
    end: 15,
  })
  expect(read([])).toEqual({ values: [], end: undefined })
})

test('of an aborted transaction nothing comes, whether or not its end was fetched with it', () => {
  const records = [batch(0, ['a1'], of(1)), batch(1, ['b1'], of(2)), batch(2, ['a2'], of(1))]
  expect(read(records, 0, aborted([1, 0]))).toEqual({ values: ['b1'], end: 3 })
  const ended = [
    ...records,
    end(3, 1, 'abort'),
    end(4, 2, 'commit'),
    batch(5, ['a3'], of(1)),
    end(6, 1, 'commit'),
  ]
  expect(read(ended, 0, aborted([1, 0]))).toEqual({ values: ['b1', 'a3'], end: 7 })
})

test('of two aborted transactions of one producer neither comes, and the one between them does', () => {
  const records = [
    batch(0, ['bad 1'], of(1)),
    end(1, 1, 'abort'),
    batch(2, ['good'], of(1)),
    end(3, 1, 'commit'),
    batch(4, ['bad 2'], of(1)),
    end(5, 1, 'abort'),
    batch(6, ['outside'], { producerId: 1n }),
  ]
  expect(read(records, 0, aborted([1, 4], [1, 0]))).toEqual({ values: ['good', 'outside'], end: 7 })
})

test('many records come in chunks, each with the offset after it', () => {
  const chunks = [...chunksOf({ records: [batch(0, Array(1200).fill('x'))], abortedTransactions: [] }, 0)]
  expect(chunks.map(({ values, end }) => [values.length, end])).toEqual([
    [500, 500],
    [500, 1000],
    [200, 1200],
  ])
  const large = [
    ...chunksOf({ records: [batch(0, Array(3).fill('x'.repeat(600_000)))], abortedTransactions: [] }, 0),
  ]
  expect(large.map(({ end }) => end)).toEqual([1, 2, 3])
})

test('records without a value are counted', () => {
  const chunks = [...chunksOf({ records: [batch(0, ['a', null, null])], abortedTransactions: [] }, 0)]
  expect(chunks).toMatchObject([{ tombstones: 2, end: 3 }])
})
