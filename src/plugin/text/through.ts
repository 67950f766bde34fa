import type { Transform } from 'node:stream'
import type { DamagedData } from './damaged-data.ts'

/** Thrown for compressed data that is sound, but beyond what the decompressor can do. */
export class BeyondDecompressor extends Error {
  override name = 'BeyondDecompressor'
}

/** What the decompressor cannot do, by its codes of errors. */
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
 * What a decompressor of `node:zlib` makes of parts. Each part is written once the one before it is consumed.
 *
 * @param damaged makes the error of data that is truncated or corrupt, given whether text before the damage is missing
 * @throws DamagedData, BeyondDecompressor as the decompressor says
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
    // Only now: given the end together with the last bytes, it would discard their text when the end is missing.
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
