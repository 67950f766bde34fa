import { type CompressionAlgorithmValue, createRecordsBatch } from '@platformatic/kafka'
import { expect, test } from 'vitest'
import { type Chunk, chunksOf, endOf } from './records.ts'

const TRANSACTIONAL = 16
const CONTROL = 32

interface BatchOptions {
  producer?: number
  attributes?: number
  /** How far the last offset lies behind the first, where compaction has removed records. */
  lastOffsetDelta?: number
  compression?: CompressionAlgorithmValue
  key?: Buffer
}

/** A batch as a broker sends it, made by the client's own encoder; the broker is who sets its first offset. */
function batch(firstOffset: number, values: (string | null)[], options: BatchOptions = {}): Buffer {
  const { producer = -1, attributes = 0, lastOffsetDelta, compression = 'none', key } = options
  const messages = values.map(value => ({
    topic: 'posts',
    ...(key ? { key } : {}),
    ...(value === null ? {} : { value: Buffer.from(value) }),
    headers: new Map([[Buffer.from('name'), Buffer.from('value')]]),
  }))
  const encoded = createRecordsBatch(
    messages as never,
    { compression, producerId: BigInt(producer) } as never,
  )
  const bytes = Buffer.from(encoded.dynamicBuffer.buffer)
  bytes.writeBigInt64BE(BigInt(firstOffset), 0)
  bytes.writeInt16BE(bytes.readInt16BE(21) | attributes, 21)
  if (lastOffsetDelta !== undefined) bytes.writeInt32BE(lastOffsetDelta, 23)
  return bytes
}

const of = (producer: number) => ({ attributes: TRANSACTIONAL, producer })

/** The record that ends a transaction. */
const end = (offset: number, producer: number, type: 'abort' | 'commit') =>
  batch(offset, [''], {
    producer,
    attributes: TRANSACTIONAL | CONTROL,
    key: Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1]),
  })

const aborted = (...of: [producer: number, firstOffset: number][]) =>
  of.map(([producerId, firstOffset]) => ({
    producerId: BigInt(producerId),
    firstOffset: BigInt(firstOffset),
  }))

/** What is in chunks, each looked at before the next one takes its place. */
const copiesOf = (chunks: Iterable<Chunk>) =>
  Array.from(chunks, chunk => ({
    values: chunk.bytes.map((bytes, i) => bytes.toString('utf8', chunk.starts[i], chunk.ends[i])),
    positions: chunk.bytes.map((_, i) => chunk.position(i)),
    tombstones: chunk.tombstones,
    end: chunk.end,
  }))

function read(batches: Buffer[], from = 0, transactions = aborted()) {
  const bytes = Buffer.concat(batches)
  const chunks = copiesOf(chunksOf(bytes, transactions, from))
  expect(chunks.at(-1)?.end ?? from).toBe(endOf(bytes, from))
  return { values: chunks.flatMap(({ values }) => values), end: chunks.at(-1)?.end }
}

test('skips the records of a batch before the requested offset', () => {
  expect(read([batch(10, ['a', 'b', 'c', 'd'])], 12)).toEqual({ values: ['c', 'd'], end: 14 })
})

test('leaves a truncated batch for the next fetch', () => {
  const whole = batch(0, ['a', 'b'])
  const cut = batch(2, ['c', 'd'])
  for (const length of [1, 20, 61, cut.length - 1])
    expect(read([whole, cut.subarray(0, length)])).toEqual({ values: ['a', 'b'], end: 2 })
})

test('the position goes past offsets that compaction has removed', () => {
  expect(read([batch(0, ['a'], { lastOffsetDelta: 9 })])).toEqual({ values: ['a'], end: 10 })
  expect(read([])).toEqual({ values: [], end: undefined })
})

test.for<CompressionAlgorithmValue>(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
  'records are read that are compressed by %s, short ones and long ones',
  compression => {
    const values = ['', 'a', '좋아요', 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(8192), 'x'.repeat(100_000)]
    expect(read([batch(5, values, { compression })], 5)).toEqual({ values, end: 12 })
  },
)

test('names an unknown codec, and records of another version', () => {
  expect(() => read([batch(0, ['a'], { attributes: 6 })])).toThrow('compressed by codec 6, which is not read')
  const old = batch(0, ['a'])
  old[16] = 1
  expect(() => read([old])).toThrow('records of version 1 are not read')
})

test('skips records of an aborted transaction, even if its end was not fetched with it', () => {
  const records = [batch(0, ['a1'], of(1)), batch(1, ['b1'], of(2)), batch(2, ['a2'], of(1))]
  expect(read(records, 0, aborted([1, 0]))).toEqual({ values: ['b1'], end: 3 })
  const more = [end(3, 1, 'abort'), end(4, 2, 'commit'), batch(5, ['a3'], of(1)), end(6, 1, 'commit')]
  expect(read([...records, ...more], 0, aborted([1, 0]))).toEqual({ values: ['b1', 'a3'], end: 7 })
})

test('skips two aborted transactions of a producer, but not the committed one between them', () => {
  const records = [
    batch(0, ['bad 1'], of(1)),
    end(1, 1, 'abort'),
    batch(2, ['good'], of(1)),
    end(3, 1, 'commit'),
    batch(4, ['bad 2'], of(1)),
    end(5, 1, 'abort'),
    batch(6, ['outside'], { producer: 1 }),
  ]
  expect(read(records, 0, aborted([1, 4], [1, 0]))).toEqual({ values: ['good', 'outside'], end: 7 })
})

test('many records come in chunks, each record with the offset after it', () => {
  const chunks = copiesOf(chunksOf(batch(7, Array(2400).fill('x')), [], 7))
  expect(chunks.map(({ values, end }) => [values.length, end])).toEqual([
    [1000, 1007],
    [1000, 2007],
    [400, 2407],
  ])
  expect(chunks.flatMap(({ positions }) => positions)).toEqual(Array.from({ length: 2400 }, (_, i) => i + 8))
  const large = copiesOf(chunksOf(batch(0, Array(3).fill('x'.repeat(600_000))), [], 0))
  expect(large.map(({ end }) => end)).toEqual([1, 2, 3])
})

test('the last record of a chunk leads past what comes without a value behind it, and past what is gone', () => {
  const [chunk] = copiesOf(chunksOf(batch(0, ['a', 'b', null], { lastOffsetDelta: 9 }), [], 0))
  expect(chunk).toMatchObject({ positions: [1, 10], end: 10 })
})

test('records without a value are counted', () => {
  expect(copiesOf(chunksOf(batch(0, ['a', null, null]), [], 0))).toMatchObject([{ tombstones: 2, end: 3 }])
})
