import type { FileHandle } from 'node:fs/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { ZstdFrames } from './zstd-frames.ts'

export type Compression = 'gzip' | 'zstd'

// Small, since what a call of the decompressor has made is lost when the same call meets the damage.
const COMPRESSED_BYTES = 64 * 1024
const TEXT_BYTES = 128 * 1024

/** Thrown where compressed data ends early or makes no sense; what came before has been handed over. */
export class DamagedData extends Error {
  override name = 'DamagedData'
  /** How many bytes of the file were made sense of. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** How the file is compressed, by its first bytes; undefined for a plain one. */
export function compressionOf(start: Uint8Array): Compression | undefined {
  const [a, b, c, d] = start
  if (a === 0x1f && b === 0x8b) return 'gzip'
  // A frame, or one of those that hold no data and are to be skipped.
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd'
  if (a !== undefined && a >> 4 === 5 && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd'
  return undefined
}

/**
 * The text of a compressed file, a chunk at a time and in constant memory. A file may hold several gzip members or
 * zstd frames one after another.
 *
 * @throws DamagedData where the data is truncated or corrupt
 */
export async function* decompress(handle: FileHandle, compression: Compression): AsyncGenerator<Buffer> {
  // With a mark of one byte it never runs ahead of the reader, so that an error cannot overtake text.
  const settings = { chunkSize: TEXT_BYTES, readableHighWaterMark: 1 }
  const decompressor = compression === 'gzip' ? createGunzip(settings) : createZstdDecompress(settings)
  const frames = compression === 'zstd' ? new ZstdFrames() : undefined
  const write = (part: Buffer) => new Promise(resolve => decompressor.write(part, resolve))

  const feed = async () => {
    for await (const piece of piecesOf(handle)) {
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
    throw new DamagedData(message, decompressor.bytesWritten)
  } finally {
    decompressor.destroy()
  }
}

async function* piecesOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const buffer = Buffer.allocUnsafe(COMPRESSED_BYTES)
    const { bytesRead } = await handle.read(buffer, 0, COMPRESSED_BYTES, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
