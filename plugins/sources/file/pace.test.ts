import { expect, test } from 'vitest'
import { ownPace, paced, steadyPace } from './pace.ts'
import { timeInField } from './record-time.ts'

const line = Buffer.from('x')
const LINES = { framing: { kind: 'lines' } } as const

async function* chunksOf(text: string, size: number): AsyncGenerator<Buffer> {
  // One buffer, written over for each chunk, as the reader of a file does.
  const buffer = Buffer.alloc(size)
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) {
    yield buffer.subarray(0, bytes.copy(buffer, 0, at, at + size))
  }
}

test('at a steady pace, records are due one after another', () => {
  const pace = steadyPace(100)
  expect([pace(line, 1000), pace(line, 1000), pace(line, 1000)].map(due => due - 800)).toEqual([0, 10, 20])
})

test('a delay is not made up for in a burst', () => {
  const pace = steadyPace(10)
  pace(line, 0)
  let burst = 0
  while (pace(line, 60_000) <= 60_000) burst++
  expect(burst).toBeLessThan(5)
})

test("by the records' own times, the gaps between them are divided by the speed", () => {
  let missing = 0
  const pace = ownPace(10, timeInField('at'), () => missing++)
  const due = (record: string) => pace(Buffer.from(record), 500)
  expect(due('{"at": 1000}')).toBe(500)
  expect(due('{"at": 1020}')).toBe(2500)
  expect(due('{"at": 1010}')).toBe(1500)
  expect(due('{}')).toBe(500)
  expect(missing).toBe(1)
  // Older than the first: the clock restarts.
  expect(due('{"at": 0}')).toBe(500)
  expect(due('{"at": 1}')).toBe(600)
})

test.each([1, 3, 7, 1000])('the same bytes come out, of chunks of %i', async size => {
  const text = 'one\r\n\ntwo\nthree, a longer one\nlast without an end'
  const seen: string[] = []
  const pace = (bytes: Buffer) => {
    seen.push(bytes.toString())
    return 0
  }
  let out = ''
  for await (const chunk of paced(chunksOf(text, size), pace, LINES, 100, new AbortController().signal))
    out += chunk
  expect(out).toBe(text)
  expect(seen).toEqual(['one', 'two', 'three, a longer one', 'last without an end'])
})

test.each([
  ['a line', 'later\n'],
  ['a last line without an end', 'later'],
])('%s that is not yet due waits, and earlier records do not', async (_, later) => {
  const controller = new AbortController()
  const pace = (bytes: Buffer) => (bytes.toString() === 'later' ? performance.now() + 1e9 : 0)
  const chunks = paced(chunksOf(`one\ntwo\n${later}`, 100), pace, LINES, 100, controller.signal)
  expect((await chunks.next()).value?.toString()).toBe('one\ntwo\n')
  const waiting = chunks.next()
  controller.abort()
  expect((await waiting).done).toBe(true)
})

test('the part of a line that is held back is bounded', async () => {
  const sizes: number[] = []
  const pace = () => 0
  for await (const chunk of paced(
    chunksOf('x'.repeat(1000), 10),
    pace,
    LINES,
    100,
    new AbortController().signal,
  )) {
    sizes.push(chunk.length)
  }
  expect(Math.max(...sizes)).toBeLessThanOrEqual(110)
  expect(sizes.reduce((sum, size) => sum + size)).toBe(1000)
})

test('paces records, for every framing', async () => {
  const seen: string[] = []
  const pace = (bytes: Buffer) => {
    seen.push(bytes.toString())
    return 0
  }
  const text = '[\n{"a":1},\n{\n"b": 2\n}{"c":3}]\n'
  let out = ''
  const { signal } = new AbortController()
  for await (const chunk of paced(chunksOf(text, 7), pace, { framing: { kind: 'json' } }, 100, signal))
    out += chunk
  expect(out).toBe(text)
  expect(seen).toEqual(['{"a":1}', '{\n"b": 2\n}', '{"c":3}'])
})
