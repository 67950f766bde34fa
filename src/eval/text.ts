import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { reason } from '../config/text-file.ts'
import { BeyondDecompressor, DamagedData, NotText, textStream } from '../plugin/index.ts'
import { DataError } from './data-error.ts'

/**
 * The text of a file in UTF-8, a chunk at a time: out of another encoding where it is named or the first bytes tell, and
 * decompressed (.gz, .zst).
 *
 * @param line that is being read, for an error
 * @throws DataError where it cannot be read, is damaged, or is no text
 */
export async function* textOf(
  file: string,
  encoding: string | undefined,
  line: () => number,
): AsyncGenerator<Buffer> {
  try {
    // It is read twice, once to see what labels there are, and what comes from a pipe is gone after once.
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
