import { expect, test } from 'vitest'
import { recordSplitter } from './framing.ts'

/** What is found in the chunks of a stream, and how many bytes are covered before and after its end. */
function found(chunks: readonly string[], maxBytes = 20) {
  const records: string[] = []
  const oversized: string[] = []
  const splitter = recordSplitter({ kind: 'whole' }, maxBytes, {
    record: bytes => records.push(Buffer.from(bytes).toString()),
    oversized: sample => oversized.push(Buffer.from(sample).toString()),
  })
  for (const chunk of chunks) splitter.write(Buffer.from(chunk))
  const before = splitter.bytesCovered
  splitter.end()
  return { records, oversized, covered: [before, splitter.bytesCovered] }
}

test('a stream is one record, handed over at its end', () => {
  expect(found(['<a>\n', '', '둘</', 'a>\n'])).toEqual({
    records: ['<a>\n둘</a>\n'],
    oversized: [],
    covered: [0, 12],
  })
})

test('a stream of white space holds none', () => {
  expect(found([' \n', '\t\r\n']).records).toEqual([])
  expect(found([]).records).toEqual([])
})

test('a stream that is too long is oversized once', () => {
  expect(found(['0123456789', '01234567890', 'more'])).toEqual({
    records: [],
    oversized: ['01234567890123456789'],
    covered: [0, 25],
  })
})
