import type { Transform } from 'node:stream'
import type { DamagedData } from './damaged-data.ts'

/** Thrown for compressed data that is valid, but exceeds the abilities of the decompressor. */
export class BeyondDecompressor extends Error {
  override name = 'BeyondDecompressor'
}

/** What the decompressor cannot do, by its error codes. */
const LIMITS: Readonly<Record<string, string>> = {
  ZSTD_error_frameParameter_windowTooLarge:
    'needs a window of more than 2 GiB: unpack it first (zstd -d --long=31 --memory=…)',
  ZSTD_error_frameParameter_unsupported: 'is of a kind of zstd that is not read: unpack it first (zstd -d)',
  ZSTD_error_version_unsupported:
    'is of an old version of zstd, which is not read: unpack it first (zstd -d)',
  ZSTD_error_dictionary_wrong:
    'was compressed with a dictionary, without which it is not read: unpack it first (zstd -d -D DICTIONARY)',
  ZSTD_error_memory_allocation: 'needs more memory than there is, for the window that it was compressed with',
  Z_MEM_ERROR: 'needs more memory than there is',
}

/**
 * Passes parts through a decompressor of `node:zlib`. Each part is written after the one before it is consumed.
 *
 * @param damaged makes the error for truncated or corrupt data; receives whether text before the damage is missing
 * @throws DamagedData, BeyondDecompressor depending on the decompressor's error
 */
export async function* through(
  decompressor: Transform,
  parts: AsyncIterable<Buffer>,
  damaged: (message: string, lacksText: boolean) => DamagedData,
): AsyncGenerator<Buffer> {
  let isWritten = false
  const write = (part: Buffer) => new Promise(resolve => decompressor.write(part, resolve))
  const feed = async () => {
    for await (const part of parts) {
      await write(part)
      if (decompressor.destroyed) return
    }
    isWritten = true
    // Ended separately: if the end came with the last bytes, their text would be discarded when data is missing.
    decompressor.end()
  }
  const fed = feed().catch((error: Error) => {
    decompressor.destroy(error)
  })
  try {
    yield* decompressor as AsyncIterable<Buffer>
    await fed
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    if (!/^(Z_|ZSTD_)/.test(code)) throw error
    const limit = LIMITS[code]
    if (limit !== undefined) throw new BeyondDecompressor(limit)
    throw damaged(message, !isWritten)
  } finally {
    decompressor.destroy()
  }
}
