import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BATCH_BYTES, BATCH_RECORDS, BatchReader } from '../../pipeline/batch.ts'
import type { Batch } from '../batch.ts'
import type { FromSource } from '../threads/messages.ts'
import { type EmitterLimits, ThreadEmitter } from './emitter.ts'

beforeEach(() => vi.useFakeTimers({ now: 1000 }))
afterEach(() => vi.useRealTimers())

/** An emitter, and the messages that it sent to the main thread. */
function made(limits: Partial<EmitterLimits> = {}) {
  const messages: FromSource[] = []
  const logged: unknown[][] = []
  const port = { postMessage: (message: unknown) => messages.push(message as FromSource), on: () => {} }
  const emitter = new ThreadEmitter(
    port,
    { spec: { name: 'src' }, maxRecordBytes: 100, queueBytes: 2 ** 30, ...limits },
    { write: (...line) => logged.push(line) },
  )
  emitter.pace(BATCH_RECORDS)
  const batches = () => messages.flatMap(message => (message.type === 'batch' ? message.batch : []))
  const drops = () => batches().flatMap(({ drops }) => drops)
  return { emitter, messages, logged, batches, drops }
}

function textsOf({ memory }: Batch): string[] {
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

test('a batch is handed over at once when it is full, of records or of bytes', async () => {
  const { emitter, batches } = made({ maxRecordBytes: BATCH_BYTES * 2 })
  await emitter.write([...FULL, 'next'])
  expect(batches().map(({ records }) => records)).toEqual([BATCH_RECORDS])
  await emitter.write(['y'.repeat(BATCH_BYTES), 'z'.repeat(BATCH_BYTES + 1)])
  emitter.flush()
  expect(batches().map(({ records }) => records)).toEqual([BATCH_RECORDS, 1, 1, 1])
})

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

/** A block of records that lie among other bytes. */
function blockOf(texts: readonly string[], times: readonly number[] = texts.map(() => Number.NaN)) {
  const bytes = Buffer.from(`<${texts.join('|')}>`)
  const starts: number[] = []
  for (
    let at = 1;
    starts.length < texts.length;
    at += Buffer.byteLength(texts[starts.length - 1] as string) + 1
  )
    starts.push(at)
  const ends = starts.map((start, i) => start + Buffer.byteLength(texts[i] as string))
  return { records: texts.length, bytes: texts.map(() => bytes), starts, ends, times }
}

const envelopedOf = ({ memory, enveloped }: Batch) => {
  const reader = new BatchReader(memory, enveloped)
  return Array.from({ length: reader.records }, (_, i) => [
    reader.bytes.toString('utf8', reader.start(i), reader.end(i)),
    reader.time(i),
    reader.envelope(i)?.headers,
  ])
}

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

test('a position without records is sent by itself', async () => {
  const { emitter, batches } = made()
  await emitter.write([], { position: 9 })
  expect(batches()).toMatchObject([{ records: 0, position: 9 }])
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

test('headers take room in the queue: each batch has a copy of its own', async () => {
  const { emitter, batches } = made({ queueBytes: 2000, maxRecordBytes: 1000 })
  const write = (header: string) => emitter.write(['x'], { header: Buffer.from(header) })
  await write('1'.repeat(900))
  await write('2'.repeat(900))
  const waiting = write('3'.repeat(900))
  expect(await isSettled(waiting)).toBe(false)
  emitter.release(batches().map(({ id }) => id))
  expect(await isSettled(waiting)).toBe(true)
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

test('`down` is sent after what was written before', async () => {
  const { emitter, messages } = made()
  emitter.up()
  await emitter.write(['a'])
  emitter.down('gone')
  emitter.lag(5)
  emitter.refused('401')
  expect(messages.map(({ type }) => type)).toEqual(['up', 'batch', 'down', 'lag', 'refused'])
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
