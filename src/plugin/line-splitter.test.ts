import { expect, test } from 'vitest'
import { LineSplitter } from './line-splitter.ts'

/** A splitter and what it found: lines as they are, oversized ones after `!`. */
function splitter(maxBytes = 100) {
  const found: string[] = []
  const lines = new LineSplitter(maxBytes, {
    line: bytes => found.push(Buffer.from(bytes).toString()),
    oversized: sample => found.push(`!${Buffer.from(sample)}`),
  })
  return { lines, found, write: (text: string) => lines.write(Buffer.from(text)) }
}

test('lines end in LF or CRLF, and empty ones are skipped', () => {
  const { found, write } = splitter()
  write('one\ntwo\r\n\n\r\nthree\n')
  expect(found).toEqual(['one', 'two', 'three'])
})

test('a CR within a line is part of it', () => {
  const { found, write } = splitter()
  write('a\rb\n\rc\nd\r\r\n')
  expect(found).toEqual(['a\rb', '\rc', 'd\r'])
})

test('what follows the last line end is a line once the stream has ended', () => {
  const { lines, found, write } = splitter()
  write('one\ntwo')
  expect(found).toEqual(['one'])
  lines.end()
  expect(found).toEqual(['one', 'two'])
  lines.end()
  expect(found).toEqual(['one', 'two'])
})

test('wherever the chunks are cut, lines and bytes covered are the same', () => {
  const text = Buffer.from('first\r\n갤럭시 S26 😀\n\n\r\nx\n0123456789012345678901234567890\nlast\r')
  const whole = splitter(24)
  whole.lines.write(text)
  whole.lines.end()
  for (let size = 1; size < text.length; size++) {
    const cut = splitter(24)
    for (let at = 0; at < text.length; at += size) cut.lines.write(text.subarray(at, at + size))
    cut.lines.end()
    expect(cut.found, `chunks of ${size}`).toEqual(whole.found)
    expect(cut.lines.bytesCovered).toBe(text.length)
  }
  expect(whole.found).toEqual(['first', '갤럭시 S26 😀', 'x', '!012345678901234567890123', 'last'])
})

test('bytes are covered only up to the last emitted line', () => {
  const { lines, write } = splitter()
  write('one\r\ntw')
  expect(lines.bytesCovered).toBe(5)
  write('o\n\n')
  expect(lines.bytesCovered).toBe(10)
  write('three')
  expect(lines.bytesCovered).toBe(10)
  lines.end()
  expect(lines.bytesCovered).toBe(15)
})

test('while a line is emitted, the bytes up to its end are covered', () => {
  const covered: number[] = []
  const lines = new LineSplitter(100, {
    line: () => covered.push(lines.bytesCovered),
    oversized: () => covered.push(lines.bytesCovered),
  })
  lines.write(Buffer.from('one\ntwo\nthr'))
  lines.write(Buffer.from(`ee\n${'x'.repeat(101)}\n`))
  expect(covered).toEqual([4, 8, 14, 116])
})

test('accepts a line of exactly the limit, drops a longer one, and keeps other lines', () => {
  for (const lineEnd of ['\n', '\r\n']) {
    for (const size of [1, 5, 100]) {
      const { lines, found } = splitter(8)
      const text = Buffer.from(`a${lineEnd}12345678${lineEnd}123456789${lineEnd}b${lineEnd}`)
      for (let at = 0; at < text.length; at += size) lines.write(text.subarray(at, at + size))
      expect(found.map(line => line.slice(0, 9))).toEqual(['a', '12345678', '!12345678', 'b'])
    }
  }
})

test('an oversized line is shown by its first bytes', () => {
  const { found, write } = splitter(1000)
  write('short\n')
  for (let i = 0; i < 100; i++) write('0123456789'.repeat(10))
  write('\nnext\n')
  expect(found).toEqual(['short', `!${'0123456789'.repeat(20)}`, 'next'])
})

test('a line that never ends is reported once it is too long, and is not kept', () => {
  const { lines, found, write } = splitter(1000)
  write('short\n')
  for (let i = 0; i < 10; i++) write('x'.repeat(100))
  expect(found).toEqual(['short'])
  write('x')
  const reported = ['short', `!${'x'.repeat(200)}`]
  expect(found).toEqual(reported)
  const chunk = Buffer.alloc(1_000_000, 'x')
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 500; i++) lines.write(chunk)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000)
  write('\nnext\n')
  expect(found).toEqual([...reported, 'next'])
  lines.end()
  expect(found).toEqual([...reported, 'next'])
})

test('if the first line ends in CR alone, all lines do', () => {
  for (const text of ['one\rtwo\r\rthree', 'one\rtwo\rthree\r']) {
    const whole = splitter()
    whole.write(text)
    whole.lines.end()
    expect(whole.found).toEqual(['one', 'two', 'three'])
    const cut = splitter()
    for (const character of text) cut.write(character)
    cut.lines.end()
    expect(cut.found).toEqual(['one', 'two', 'three'])
    expect(cut.lines.bytesCovered).toBe(text.length)
  }
  const mixed = splitter()
  mixed.write('one\rtwo\r')
  mixed.write('three\nfour\r\nfive\r')
  expect(mixed.found).toEqual(['one', 'two', 'three', 'four', 'five'])
})

test('NULs before a line are skipped', () => {
  const { lines, found, write } = splitter(10)
  write('one\n\0\0')
  for (let i = 0; i < 100; i++) write('\0'.repeat(1000))
  write('two\n\0\n\0\r\n\0three\0\n')
  expect(found).toEqual(['one', 'two', 'three\0'])
  expect(lines.bytesCovered).toBe(100_023)
})

test('bytes that are not text pass unchanged', () => {
  const found: Buffer[] = []
  const lines = new LineSplitter(100, { line: bytes => found.push(Buffer.from(bytes)), oversized: () => {} })
  lines.write(Buffer.from([0xff, 0x00, 0xc3, 10, 0x28, 13, 10]))
  expect(found).toEqual([Buffer.from([0xff, 0x00, 0xc3]), Buffer.from([0x28])])
})
