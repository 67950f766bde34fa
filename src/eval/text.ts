import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { reason } from '../config/text-file.ts'
import { BeyondDecompressor, DamagedData, NotText, textStream } from '../plugin/index.ts'
import { DataError } from './data-error.ts'

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
    // The file is read twice, first for the labels, but a pipe can be read only once.
    if (!(await stat(file)).isFile())
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
