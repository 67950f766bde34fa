import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { reason } from '../config/secret-file.ts'
import { DataError } from './data-error.ts'

/** A line of a file, without its end. */
export interface Line {
  /** Counted from 1. */
  line: number
  text: string
}

/** What there is to say of a file besides its lines. */
export interface LineNotes {
  /** Lines that are not valid UTF-8: U+FFFD stands for what could not be read. */
  damaged: number
  firstDamaged: number
}

const LF = 10
const NOTHING = Buffer.alloc(0)

/** A longer line is no post: the file is probably no text, or has no lines. */
const MAX_LINE_BYTES = 2 ** 20

const CHUNK_BYTES = 256 * 1024

/**
 * The lines of a file, plain or compressed (.gz, .zst), many at a time and in constant memory. They end in LF or CRLF;
 * other characters that some take for line ends belong to the text.
 *
 * @param notes is added to
 * @throws DataError where it cannot be read, is damaged, or is no text
 */
export async function* linesOf(file: string, notes?: LineNotes): AsyncGenerator<Line[]> {
  const bytes = await textOf(file)
  let line = 1
  let rest = NOTHING
  const cut = (block: Buffer) => {
    const lines = asLines(block, line, notes)
    line += lines.length
    return lines
  }
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      const block = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const end = block.lastIndexOf(LF)
      rest = Buffer.from(block.subarray(end + 1))
      if (end >= 0) yield cut(block.subarray(0, end))
      if (rest.length > MAX_LINE_BYTES)
        throw new DataError(file, { line, message: 'expected lines of text, got one longer than 1 MiB' })
    }
  } catch (error) {
    if (error instanceof DataError) throw error
    const { code = '', message } = error as NodeJS.ErrnoException
    const why = /^(Z_|ZSTD_)/.test(code) ? `the compressed data is damaged: ${message}` : reason(error)
    throw new DataError(file, { line: code.startsWith('Z') ? line : 0, message: why })
  } finally {
    bytes.destroy()
  }
  if (rest.length > 0) yield cut(rest)
}

/** The file's bytes, decompressed where its first bytes say that they are compressed. */
async function textOf(file: string): Promise<Readable> {
  let start: Buffer
  try {
    const handle = await open(file)
    try {
      // It is read twice, once to see what labels there are, and what comes from a pipe is gone after once.
      if (!(await handle.stat()).isFile())
        throw new DataError(file, { message: 'expected a regular file, as it is read twice' })
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0)
      start = buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof DataError) throw error
    throw new DataError(file, { message: `cannot be read: ${reason(error)}` })
  }
  if ((start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff))
    throw new DataError(file, { message: 'expected UTF-8, got UTF-16: save it as UTF-8' })
  const bytes = createReadStream(file, { highWaterMark: CHUNK_BYTES })
  const decompressor = decompressorFor(start)
  // What goes wrong on the way comes out at its end.
  return decompressor ? pipeline(bytes, decompressor, () => {}) : bytes
}

function decompressorFor([a, b, c, d]: Buffer) {
  const options = { chunkSize: CHUNK_BYTES }
  if (a === 0x1f && b === 0x8b) return createGunzip(options)
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return createZstdDecompress(options)
  return undefined
}

function asLines(block: Buffer, first: number, notes?: LineNotes): Line[] {
  let text = block.toString()
  if (first === 1 && text.startsWith('\ufeff')) text = text.slice(1)
  const lines = text.split('\n').map((text, i): Line => {
    return { line: first + i, text: text.endsWith('\r') ? text.slice(0, -1) : text }
  })
  if (notes && !isUtf8(block)) {
    const damaged = lines.filter(({ text }) => text.includes('\ufffd'))
    if (notes.damaged === 0) notes.firstDamaged = damaged[0]?.line ?? 0
    notes.damaged += damaged.length
  }
  return lines
}
