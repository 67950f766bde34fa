import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Batch } from '../batch.ts'
import { made, textsOf } from './emitter-testing.ts'

beforeEach(() => vi.useFakeTimers({ now: 1000 }))
afterEach(() => vi.useRealTimers())

test('what differs in partition, header or kind does not share a batch', async () => {
  const { emitter, batches } = made()
  const post = { text: 'x', createdAt: 1 }
  await emitter.write(['a'], { partition: 'p' })
  await emitter.write(['b'], { partition: 'q' })
  await emitter.write(['c'], { partition: 'q', header: Buffer.from('h') })
  await emitter.write([post], { partition: 'q' })
  emitter.flush()
  expect(batches().map(({ partition, header, posts }) => [partition, header, posts])).toEqual([
    ['p', undefined, false],
    ['q', undefined, false],
    ['q', 'h', false],
    ['q', undefined, true],
  ])
  expect(textsOf(batches()[3] as Batch)).toEqual([JSON.stringify(post)])
})

test('a record that is too long is dropped, counted and logged; other records are not affected', async () => {
  const { emitter, batches, drops, logged } = made({ maxRecordBytes: 5 })
  await emitter.write(['short', 'longer', '이것은', 'ok'])
  emitter.flush()
  expect(textsOf(batches()[0] as Batch)).toEqual(['short', 'ok'])
  expect(drops()).toEqual([{ reason: 'oversized', records: 2, bytes: 15 }])
  expect(logged[0]).toEqual([
    'warn',
    'src oversized',
    'a record was dropped',
    {
      source: 'src',
      reason: 'oversized',
      message: 'longer than 5 bytes (limits.record_bytes)',
      record: 'longer',
    },
  ])
})

test('a stream of lines becomes records, with the position up to where they are covered', async () => {
  const { emitter, batches, drops } = made({ maxRecordBytes: 10 })
  const lines = emitter.lines({ partition: 'file' })
  const at = (offset: number) => ({ offset })
  await lines.write(Buffer.from('one\ntwo\r\n\nlonger than ten\nthr'), at)
  emitter.flush()
  expect(textsOf(batches()[0] as Batch)).toEqual(['one', 'two'])
  // All up to the beginning of the unfinished line: the oversized one is done with.
  expect(batches()[0]).toMatchObject({ partition: 'file', position: { offset: 26 } })
  expect(drops()).toMatchObject([{ reason: 'oversized', records: 1 }])
  await lines.write(Buffer.from('ee'), at)
  await lines.end()
  emitter.flush()
  expect(textsOf(batches()[1] as Batch)).toEqual(['three'])
})

test('the first line of a stream goes with the others where the format needs a header', async () => {
  const { emitter, batches } = made()
  emitter.header = true
  await emitter.lines({ partition: 'new' }).write(Buffer.from('id,text\n1,a\n'))
  await emitter.lines({ partition: 'known', header: Buffer.from('old,header') }).write(Buffer.from('2,b\n'))
  emitter.flush()
  expect(batches().map(batch => [batch.header, ...textsOf(batch)])).toEqual([
    ['id,text', '1,a'],
    ['old,header', '2,b'],
  ])
})

test('a line that begins as headers do is the header of those behind it', async () => {
  const { emitter, batches } = made()
  emitter.header = true
  emitter.framing = { kind: 'lines', headers: '# ' }
  const lines = emitter.lines({ partition: 'p' })
  await lines.write(Buffer.from('a\n# one\nb\nc\n# two\n# thr'), offset => ({ offset }))
  await lines.write(Buffer.from('ee\nd\n'), offset => ({ offset }))
  await lines.end()
  await emitter.lines({ partition: 'q', header: Buffer.from('# old') }).write(Buffer.from('e\n'))
  emitter.flush()
  expect(batches().map(batch => [batch.header, ...textsOf(batch)])).toEqual([
    [undefined, 'a'],
    ['# one', 'b', 'c'],
    ['# three', 'd'],
    ['# old', 'e'],
  ])
  expect(batches().map(({ position }) => position)).toEqual([
    { offset: 2 },
    { offset: 12 },
    { offset: 28 },
    undefined,
  ])
})

test('records go with the file that they are from', async () => {
  const { emitter, batches } = made()
  await emitter.lines({ path: 'a.log' }).write(Buffer.from('one\ntwo\n'))
  await emitter.lines({ path: 'b.log' }).write(Buffer.from('three\n'))
  await emitter.write(['four'], { path: 'c.log' })
  await emitter.write(['five'])
  emitter.flush()
  expect(batches().map(batch => [batch.path, ...textsOf(batch)])).toEqual([
    ['a.log', 'one', 'two'],
    ['b.log', 'three'],
    ['c.log', 'four'],
    [undefined, 'five'],
  ])
})

test('a stream is cut into records as the format has it', async () => {
  const { emitter, batches, drops, logged } = made()
  emitter.framing = { kind: 'json' }
  const lines = emitter.lines({ partition: 'file' })
  const at = (offset: number) => ({ offset })
  await lines.write(Buffer.from('[\n  {\n    "a": 1\n  },{"b":2}, {"c"'), at)
  expect(lines.bytesCovered).toBe(30)
  emitter.flush()
  expect(textsOf(batches()[0] as Batch)).toEqual(['{\n    "a": 1\n  }', '{"b":2}'])
  expect(batches()[0]).toMatchObject({ position: { offset: 28 } })
  await lines.write(Buffer.from(`:3}, {\n"d": "${'x'.repeat(100)}"}`))
  await lines.end()
  emitter.flush()
  expect(drops()).toMatchObject([{ reason: 'oversized', records: 1 }])
  expect(logged).toMatchObject([
    ['warn', 'src oversized', 'a record was dropped', { message: expect.stringContaining('jq -c') }],
    [
      'warn',
      'src malformed',
      'malformed JSON between records',
      { message: expect.stringContaining('not closed') },
    ],
  ])
})

test('a stream that is resumed is cut by what its header says', async () => {
  const { emitter, batches } = made()
  emitter.header = true
  emitter.framing = { kind: 'csv' }
  await emitter.lines({ header: Buffer.from('id;text') }).write(Buffer.from('1;"a\nb"\n2,"c\n'))
  emitter.flush()
  expect(textsOf(batches()[0] as Batch)).toEqual(['1;"a\nb"', '2,"c'])
})

test('a header without any record after it is dropped and logged', async () => {
  const { emitter, drops, logged, batches } = made()
  emitter.header = true
  for (const text of ['id,text and more', '', 'id,text\n1,a\n']) {
    const lines = emitter.lines({ partition: 'p' })
    await lines.write(Buffer.from(text))
    await lines.end()
  }
  emitter.flush()
  expect(drops()).toMatchObject([{ reason: 'invalid', records: 1 }])
  expect(logged).toMatchObject([
    [
      'warn',
      'src invalid',
      'a record was dropped',
      { message: 'a header of 16 bytes and no record after it' },
    ],
  ])
  expect(batches().flatMap(textsOf)).toEqual(['1,a'])
})

test('a header that is too long is dropped, and no record is taken for it', async () => {
  const { emitter, batches, drops } = made({ maxRecordBytes: 10 })
  emitter.header = true
  const lines = emitter.lines()
  await lines.write(Buffer.from('id,text,and,more\n1,a\n2,b\n'))
  await lines.end()
  emitter.flush()
  expect(drops()).toMatchObject([{ reason: 'oversized', records: 1 }])
  expect(textsOf(batches()[1] as Batch)).toEqual(['1,a', '2,b'])
  expect(batches()[1]?.header).toBe('id,text,an')
})

test('a batch is of no partition, header or file unless they are given', async () => {
  const { emitter, batches } = made()
  await emitter.write(['a'])
  emitter.flush()
  expect(batches()[0]).toMatchObject({
    id: 1,
    partition: '',
    header: undefined,
    path: undefined,
    posts: false,
    enveloped: false,
    endsGroup: true,
  })
})

test('a record that is too long says so, and where it may be one object with all records, what to do', async () => {
  const { emitter, logged } = made({ maxRecordBytes: 10 })
  await emitter.write(['{"a":\n1, "b": 2}'])
  emitter.framing = { kind: 'json' } as never
  await emitter.write(['{"a":\n1, "b": 2}', '{"a": 1, "b": 2}', '["a",\n1, "b"  ]'])
  const messages = logged.map(([, , , fields]) => (fields as { message: string }).message)
  const plain = 'longer than 10 bytes (limits.record_bytes)'
  expect(messages).toEqual([plain, expect.stringContaining('`each`'), plain, plain])
})
