import { expect, test } from 'vitest'
import { BatchReader, BatchWriter, batchMemory } from './batch.ts'

const bytes = (text: string) => Buffer.from(text)
const texts = (reader: BatchReader) =>
  Array.from({ length: reader.records }, (_, i) => reader.record(i).toString('utf8'))

test('reads back what was written, record by record', () => {
  const writer = new BatchWriter(batchMemory(4, 100), 4)
  for (const text of ['one', '', '둘']) writer.add(bytes(text))
  expect(writer.records).toBe(3)
  expect(writer.bytes).toBe(6)
  const reader = new BatchReader(writer.memory)
  expect(texts(reader)).toEqual(['one', '', '둘'])
  expect([reader.start(2), reader.end(2)]).toEqual([3, 6])
  expect(reader.bytes.toString('utf8', 0, 6)).toBe('one둘')
})

test('empty memory contains no records', () => {
  expect(new BatchReader(batchMemory(0, 0)).records).toBe(0)
})

test('a batch is full when its records or its bytes are', () => {
  const few = new BatchWriter(batchMemory(1, 100), 1)
  expect(few.fits(100)).toBe(true)
  expect(few.fits(101)).toBe(false)
  few.add(bytes('x'))
  expect(few.fits(1)).toBe(false)
  const small = new BatchWriter(batchMemory(10, 4), 10)
  small.add(bytes('abc'))
  expect([small.fits(1), small.fits(2)]).toEqual([true, false])
})

test('reused memory contains nothing of its last use', () => {
  const memory = batchMemory(3, 100)
  const first = new BatchWriter(memory, 3)
  for (const text of ['a longer one', 'two', 'three']) first.add(bytes(text))
  new BatchReader(memory).note(0, 7)
  const second = new BatchWriter(memory, 3)
  expect(new BatchReader(memory).records).toBe(0)
  second.add(bytes('x'))
  const reader = new BatchReader(memory)
  expect(texts(reader)).toEqual(['x'])
  expect(reader.notes(0)).toBe(0)
})

test('a batch that is compacted holds the same in no more memory than that takes', () => {
  const writer = new BatchWriter(batchMemory(100, 1000), 100)
  for (const text of ['one', 'two']) writer.add(bytes(text))
  const compact = writer.compact()
  expect(texts(new BatchReader(compact))).toEqual(['one', 'two'])
  expect(compact.byteLength).toBe(batchMemory(2, 6).byteLength)
})

test('notes are kept with the records, for the next worker that reads them', () => {
  const writer = new BatchWriter(batchMemory(2, 10), 2)
  for (const text of ['a', 'b']) writer.add(bytes(text))
  new BatchReader(writer.memory).note(1, 1 << 31)
  const next = new BatchReader(writer.memory)
  expect([next.notes(0), next.notes(1)]).toEqual([0, 1 << 31])
  expect(texts(next)).toEqual(['a', 'b'])
})

test('an envelope precedes its record and is no part of it', () => {
  const writer = new BatchWriter(batchMemory(3, 200), 3)
  const source = bytes('--hello--')
  writer.addTimed(source, 2, 7, 1_700_000_000_000)
  writer.addTimed(source, 0, 2, Number.NaN)
  writer.addTimed(source, 7, 9, 5)
  const reader = new BatchReader(writer.memory, true)
  expect(texts(reader)).toEqual(['hello', '--', '--'])
  expect([0, 1, 2].map(index => reader.time(index))).toEqual([1_700_000_000_000, undefined, 5])
  expect(reader.envelope(0)).toBeDefined()
  expect(writer.bytes).toBe(reader.end(2))
})

test('a batch without envelopes has no times', () => {
  const writer = new BatchWriter(batchMemory(1, 10), 1)
  writer.add(bytes('x'))
  const reader = new BatchReader(writer.memory)
  expect([reader.time(0), reader.envelope(0)]).toEqual([undefined, undefined])
})

test('an envelope that is given as bytes is written before its record', () => {
  const timed = new BatchWriter(batchMemory(1, 100), 1)
  timed.addTimed(bytes('x'), 0, 1, 9)
  const envelope = new BatchReader(timed.memory).record(0).subarray(0, -1)
  const writer = new BatchWriter(batchMemory(2, 200), 2)
  writer.add(bytes('one'), envelope)
  writer.add(bytes('two'), envelope)
  const reader = new BatchReader(writer.memory, true)
  expect(texts(reader)).toEqual(['one', 'two'])
  expect([reader.time(0), reader.time(1)]).toEqual([9, 9])
  expect(writer.bytes).toBe(2 * (envelope.length + 3))
})
