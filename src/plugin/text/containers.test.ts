import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { containerOf, notRead } from './containers.ts'

const nameOf = (start: Uint8Array | string) => containerOf(Buffer.from(start as string))?.name

const hex = (bytes: string) => Buffer.from(bytes.replaceAll(' ', ''), 'hex')

test.each([
  ['gzip', gzipSync('x')],
  ['zstd', zstdCompressSync('x')],
  ['zstd', hex('53 2a 4d 18 05 00 00 00')],
  ['bzip2', Buffer.concat([Buffer.from('BZh9'), hex('31 41 59 26 53 59 00')])],
  ['xz', hex('fd 37 7a 58 5a 00 00 04')],
  ['a zip archive', hex('50 4b 03 04 14 00')],
  ['a tar archive', Buffer.concat([Buffer.from('posts.jsonl'.padEnd(257, '\0')), Buffer.from('ustar\0')])],
  ['lz4', hex('04 22 4d 18')],
  ['a PDF', Buffer.from('%PDF-1.7')],
])('%s is known by its first bytes', (name, start) => {
  expect(nameOf(start)).toBe(name)
})

test.each(['', '{"a":1}', 'BZh9 is no archive', 'PK', 'Rare', '\ufeffid,text', '갤럭시', '\0\0\0{'])(
  '%j may be text',
  start => {
    expect(nameOf(start)).toBeUndefined()
  },
)

test('a message says what to do', () => {
  const zip = containerOf(hex('504b0304'))
  expect(zip && notRead(zip, 'p.zip')).toBe(
    'is a zip archive, which is not read: unpack it first (unzip -p p.zip)',
  )
})
