import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import type { Compression } from './containers.ts'
import { ZstdFrames } from './zstd-frames.ts'

/** Small, since what a call of the decompressor has made is lost when the same call meets the damage. */
export const COMPRESSED_BYTES = 64 * 1024
const TEXT_BYTES = 128 * 1024

/** The largest window of zstd that there is a decoder for, as a power of two: `zstd --long=31` makes such. */
const LARGEST_WINDOW = 31

/** Thrown where compressed data ends early or makes no sense; what came before has been handed over. */
export class DamagedData extends Error {
  override name = 'DamagedData'
  /** How many bytes were made sense of. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

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
  Z_NEED_DICT: 'was compressed with a dictionary, without which it is not read: unpack it first',
  Z_MEM_ERROR: 'needs more memory than there is',
}

/**
 * What compressed data holds, a chunk at a time and in constant memory. It may be several gzip members or zstd frames one
 * after another.
 *
 * @param pieces of the data, of at most {@link COMPRESSED_BYTES} if as much as can be is to be had of what is damaged
 * @param onWindow told of each larger window that zstd has to keep of the text, in bytes
 * @throws DamagedData where the data is truncated or corrupt
 * @throws BeyondDecompressor where it is sound, and cannot be decompressed all the same
 */
export async function* decompress(
  pieces: AsyncIterable<Buffer>,
  compression: Compression,
  onWindow: (bytes: number) => void = () => {},
): AsyncGenerator<Buffer> {
  // With a mark of one byte it never runs ahead of the reader, so that an error cannot overtake text.
  const settings = { chunkSize: TEXT_BYTES, readableHighWaterMark: 1 }
  const params = { [constants.ZSTD_d_windowLogMax]: LARGEST_WINDOW }
  const decompressor =
    compression === 'gzip' ? createGunzip(settings) : createZstdDecompress({ ...settings, params })
  const frames = compression === 'zstd' ? new ZstdFrames(onWindow) : undefined
  const write = (part: Buffer) => new Promise(resolve => decompressor.write(part, resolve))

  const feed = async () => {
    for await (const piece of pieces) {
      for (const part of frames?.cut(piece) ?? [piece]) await write(part)
      if (decompressor.destroyed) return
    }
    // Only now: told of the end together with the last bytes, it would discard their text when the end is missing.
    decompressor.end()
  }
  feed().catch((error: Error) => decompressor.destroy(error))
  try {
    yield* decompressor as AsyncIterable<Buffer>
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    if (!/^(Z_|ZSTD_)/.test(code)) throw error
    const limit = LIMITS[code]
    if (limit !== undefined) throw new BeyondDecompressor(limit)
    throw new DamagedData(message, decompressor.bytesWritten)
  } finally {
    decompressor.destroy()
  }
}
