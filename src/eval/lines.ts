import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { reason } from '../config/read-file.ts'
import { BeyondDecompressor, DamagedData, NotText, textStream } from '../plugin/index.ts'
import { DataError } from './data-error.ts'

/** A line of a file, without its line end. */
export interface Line {
  /** Counted from 1. */
  line: number
  text: string
}

const LF = 10
const NOTHING = Buffer.alloc(0)

/**
 * The lines of a file, empty ones included, many at a time, in constant memory except for a long line.
 *
 * @throws DataError if it cannot be read, is damaged, or is not text
 */
export async function* linesOf(file: string): AsyncGenerator<Line[]> {
  let line = 1
  let rest: Buffer = NOTHING
  const cut = (block: Buffer) => {
    const lines = asLines(block.toString(), line)
    line += lines.length
    return lines
  }
  for await (const chunk of textOf(file, undefined, () => line)) {
    const block = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const end = block.lastIndexOf(LF)
    rest = Buffer.from(block.subarray(end + 1))
    if (end >= 0) yield cut(block.subarray(0, end))
  }
  if (rest.length > 0) yield cut(rest)
}

const asLines = (text: string, first: number): Line[] =>
  text
    .split('\n')
    .map((text, i) => ({ line: first + i, text: text.endsWith('\r') ? text.slice(0, -1) : text }))

/**
 * The text of a file as UTF-8, a chunk at a time: converted from the encoding that is named or detected from the
 * first bytes, and decompressed (.gz, .zst).
 *
 * @param line the current line, for an error
 * @throws DataError if it cannot be read, is damaged, or is not text
 */
export async function* textOf(
  file: string,
  encoding: string | undefined,
  line: () => number,
): AsyncGenerator<Buffer> {
  try {
    const found = await stat(file)
    if (found.isDirectory()) throw new DataError(file, { message: 'it is a folder; name a file' })
    // The file is read twice, first for the labels, but a pipe can be read only once.
    if (!found.isFile())
      throw new DataError(file, { message: 'expected a regular file, as it is read twice' })
    yield* textStream(createReadStream(file), { encoding, unpacks: true })
  } catch (error) {
    if (error instanceof DataError) throw error
    if (error instanceof NotText || error instanceof BeyondDecompressor)
      throw new DataError(file, { message: error.message })
    if (error instanceof DamagedData)
      throw new DataError(file, { line: line(), message: `the compressed data is damaged: ${error.message}` })
    throw new DataError(file, { message: `cannot be read: ${reason(error)}` })
  }
}
