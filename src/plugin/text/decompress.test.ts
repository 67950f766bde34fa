import {
  constants,
  crc32,
  deflateRawSync,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Compression } from './containers.ts'
import { DamagedData } from './damaged-data.ts'
import { COMPRESSED_BYTES, decompress, decompressAgain } from './decompress.ts'

async function* inPieces(data: Buffer, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < data.length; at += bytes) yield Buffer.from(data.subarray(at, at + bytes))
}

/** The text, and the error that ended it. */
async function textOf(compression: Compression, data: Buffer, pieceBytes = 64 * 1024) {
  const parts: Buffer[] = []
  try {
    for await (const part of decompress(inPieces(data, pieceBytes), compression)) parts.push(part)
    return { text: Buffer.concat(parts).toString() }
  } catch (error) {
    if (!(error instanceof DamagedData)) throw error
    return { text: Buffer.concat(parts).toString(), error }
  }
}

const TEXT = Array.from({ length: 500 }, (_, i) => `line ${i} ${(i * 0x9e3779b1) >>> 0}\n`).join('')

/** Two members or frames. */
const twoOf = (compress: (data: string) => Buffer) => [
  compress(TEXT.slice(0, 7000)),
  compress(TEXT.slice(7000)),
]

describe.each<[Compression, (data: string) => Buffer]>([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
])('%s', (compression, compress) => {
  const sound = Buffer.concat(twoOf(compress))

  test('is read whole, however it is cut into pieces', async () => {
    for (const bytes of [1, 2, 3, 1000, sound.length - 1, sound.length])
      expect(await textOf(compression, sound, bytes)).toEqual({ text: TEXT })
  })

  test.each(['?', 'no', 'garbage that is longer than a header', '\x1f\x8b', '\x28\xb5'])(
    'followed by garbage (%j) loses no text before it',
    async garbage => {
      const data = Buffer.concat([sound, Buffer.from(garbage, 'latin1')])
      for (const bytes of [1, 7, sound.length, data.length]) {
        const { text, error } = await textOf(compression, data, bytes)
        expect(text).toBe(TEXT)
        expect(error).toMatchObject({ message: expect.any(String) })
        expect(error?.offset).toBeGreaterThanOrEqual(sound.length)
        if (garbage.length > 2) expect(error?.followsEnd).toBe(true)
      }
    },
  )

  test('that ends early is damaged, and its text incomplete', async () => {
    const first = twoOf(compress)[0] as Buffer
    for (const bytes of [100, 5, 1]) {
      const { text, error } = await textOf(compression, sound.subarray(0, -bytes))
      expect(TEXT.startsWith(text)).toBe(true)
      expect(text.length).toBeGreaterThanOrEqual(7000)
      expect(error?.followsEnd).toBe(false)
    }
    expect(await textOf(compression, first)).toEqual({ text: TEXT.slice(0, 7000) })
  })
})

const trailer = (text: string) => {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(crc32(text), 0)
  bytes.writeUInt32LE(Buffer.byteLength(text), 4)
  return bytes
}

const member = (flags: number, fields: string, text = 'one\n') =>
  Buffer.concat([
    Buffer.of(0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3),
    Buffer.from(fields, 'latin1'),
    deflateRawSync(text),
    trailer(text),
  ])

test.each([
  ['a name', member(8, 'posts.txt\0')],
  ['a comment', member(16, 'of today\0')],
  ['an extra field', member(4, '\x03\0abc')],
  ['a checksum of it', member(2, 'xx')],
  ['all of these', member(31, '\x02\0abposts.txt\0of today\0xx')],
])('a header of gzip with %s is passed', async (_, data) => {
  for (const bytes of [1, data.length]) expect(await textOf('gzip', data, bytes)).toEqual({ text: 'one\n' })
})

test('zeros behind a member of gzip are padding', async () => {
  const padded = Buffer.concat([gzipSync('one\n'), Buffer.alloc(512)])
  expect(await textOf('gzip', padded)).toEqual({ text: 'one\n' })
  expect(await textOf('gzip', Buffer.concat([padded, gzipSync('two\n')]))).toEqual({ text: 'one\ntwo\n' })
  const { text, error } = await textOf('gzip', Buffer.concat([padded, Buffer.from('more')]))
  expect(text).toBe('one\n')
  expect(error).toMatchObject({ followsEnd: true, offset: padded.length })
})

test.each([
  ['data that does not match its checksum', -8, 'incorrect data check'],
  ['a wrong length', -4, 'incorrect length check'],
])('gzip with %s is damaged, behind text that was read', async (_, at, message) => {
  const data = member(0, '')
  data[data.length + at] = (data.at(at) as number) ^ 1
  const { text, error } = await textOf('gzip', data)
  expect(text).toBe('one\n')
  expect(error).toMatchObject({ message, followsEnd: false })
})

test.each([
  ['a method that there is not', Buffer.of(0x1f, 0x8b, 7), 'unknown compression method'],
  ['flags that there are not', member(0x80, ''), 'unknown header flags set'],
  ['no header', Buffer.from('?'), 'incorrect header check'],
  ['nothing', Buffer.alloc(0), 'unexpected end of file'],
  ['half a header', member(8, 'posts.txt\0').subarray(0, 14), 'unexpected end of file'],
])('gzip with %s is damaged', async (_, data, message) => {
  const { text, error } = await textOf('gzip', data)
  expect(text).toBe('')
  expect(error).toMatchObject({ message, followsEnd: false })
})

test('an error of the input is passed on', async () => {
  const failing = async function* (bytes: number) {
    yield gzipSync(TEXT).subarray(0, bytes)
    throw new Error('EIO')
  }
  for (const bytes of [3, 200]) {
    const read = async () => {
      for await (const _ of decompress(failing(bytes), 'gzip'));
    }
    await expect(read()).rejects.toThrow('EIO')
  }
})

test('a reader that stops does not wait for input that never comes', async () => {
  const stuck = async function* () {
    yield gzipSync(TEXT).subarray(0, 4000)
    await new Promise(() => {})
  }
  for await (const part of decompress(stuck(), 'gzip')) {
    expect(TEXT.startsWith(part.toString())).toBe(true)
    break
  }
})

/** Compresses well, so that a piece of the data holds many times what a call of the decompressor makes. */
const LONG = Array.from({ length: 400_000 }, (_, i) => `line ${i} of a day like any other\n`).join('')

/** What whole codes or blocks of the first bytes of compressed data hold. */
const PREFIX: Record<Compression, (start: Buffer) => Buffer> = {
  gzip: start => gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH }),
  zstd: start => zstdDecompressSync(start, { finishFlush: constants.ZSTD_e_flush }),
}

describe.each<[Compression, (data: string) => Buffer]>([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
])('%s that can be read again', (compression, compress) => {
  const first = compress(TEXT)
  const sound = Buffer.concat([first, compress(LONG)])

  async function again(data: Buffer) {
    const parts: Buffer[] = []
    let reads = 0
    const read = () => {
      reads++
      return inPieces(data, COMPRESSED_BYTES)
    }
    const error = await (async () => {
      for await (const part of decompressAgain(read, compression)) parts.push(Buffer.from(part))
    })().catch((error: unknown) => error)
    return { text: Buffer.concat(parts).toString(), error, reads }
  }

  test.each([0.3, 0.61, 0.999])(
    'and is damaged at %d of its length loses no text before that',
    async part => {
      const at = Math.floor(sound.length * part)
      const data = Buffer.from(sound).fill(0xff, at, Math.min(at + 300, sound.length))
      const { text, error } = await again(data)
      const before = TEXT + PREFIX[compression](sound.subarray(first.length, at)).toString()
      expect(before.length).toBeGreaterThan(LONG.length * (part - 0.2))
      expect(text.slice(0, before.length) === before, 'the text before the damage').toBe(true)
      expect(error).toBeInstanceOf(DamagedData)
    },
  )

  test('is read once if it is valid, ends early or is followed by garbage', async () => {
    expect(await again(sound)).toEqual({ text: TEXT + LONG, error: undefined, reads: 1 })
    const short = await again(sound.subarray(0, -1000))
    expect(short).toMatchObject({ error: expect.any(DamagedData), reads: 1 })
    expect((TEXT + LONG).startsWith(short.text)).toBe(true)
    const more = await again(Buffer.concat([sound, Buffer.from('garbage')]))
    expect(more).toMatchObject({ text: TEXT + LONG, error: expect.any(DamagedData), reads: 1 })
  })
})

/** A member of gzip that ends in a block of a type that there is not, whose damage is met at once. */
const BROKEN = Buffer.concat([
  Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3),
  deflateRawSync(LONG, { finishFlush: constants.Z_SYNC_FLUSH }),
  Buffer.alloc(100, 7),
])

test('gzip loses no byte before the damage if it is read again, otherwise some', async () => {
  const text = async (pieces: AsyncIterable<Buffer>) => {
    let text = ''
    await expect(
      (async () => {
        for await (const part of pieces) text += part
      })(),
    ).rejects.toThrow('invalid block type')
    return text
  }
  const read = () => inPieces(BROKEN, COMPRESSED_BYTES)
  expect((await text(decompress(read(), 'gzip'))) === LONG).toBe(false)
  expect((await text(decompressAgain(read, 'gzip'))) === LONG).toBe(true)
})

test('data that was replaced while it was read again is still damaged', async () => {
  const versions = [BROKEN, gzipSync(LONG)]
  const read = async () => {
    const next = () => inPieces(versions.shift() as Buffer, COMPRESSED_BYTES)
    for await (const _ of decompressAgain(next, 'gzip'));
  }
  await expect(read()).rejects.toThrow(DamagedData)
  expect(versions.length).toBe(0)
})

test('a frame of zstd that is damaged is damaged, though the piece of data also holds its end', async () => {
  const frame = zstdCompressSync(LONG.slice(0, 300_000))
  const data = Buffer.from(frame).fill(0xff, frame.length - 40, frame.length - 10)
  const pieces = () => inPieces(Buffer.concat([zstdCompressSync(TEXT), data]), COMPRESSED_BYTES)
  let text = ''
  const read = async () => {
    for await (const part of decompressAgain(pieces, 'zstd')) text += part
  }
  await expect(read()).rejects.toMatchObject({ followsEnd: false })
  // Blocks of 128 KiB are decompressed as a whole.
  expect(text.length).toBe(TEXT.length + 2 ** 18)
})
