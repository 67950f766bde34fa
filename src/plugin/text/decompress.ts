import { constants, createZstdDecompress } from 'node:zlib'
import type { Compression } from './containers.ts'
import { DamagedData } from './damaged-data.ts'
import { gunzip } from './gunzip.ts'
import { through } from './through.ts'
import { ZstdFrames } from './zstd-frames.ts'

/** Small, since what a call of the decompressor has made is lost when the same call meets the damage. */
export const COMPRESSED_BYTES = 64 * 1024
const TEXT_BYTES = 128 * 1024

/** The largest window of zstd that there is a decoder for, as a power of two: `zstd --long=31` makes such. */
const LARGEST_WINDOW = 31

/** With a mark of one byte a decompressor never runs ahead of the reader, so that an error cannot overtake text. */
const SETTINGS = { chunkSize: TEXT_BYTES, readableHighWaterMark: 1 }

/**
 * What compressed data holds, a chunk at a time and in constant memory. It may be several gzip members or zstd frames one
 * after another.
 *
 * @param pieces of the data, of at most {@link COMPRESSED_BYTES} if as much as can be is to be had of what is damaged
 * @param onWindow called with each larger window that zstd has to keep of the text, in bytes
 * @throws DamagedData where the data is truncated or corrupt
 * @throws BeyondDecompressor where it is sound, and cannot be decompressed all the same
 */
export function decompress(
  pieces: AsyncIterable<Buffer>,
  compression: Compression,
  onWindow: (bytes: number) => void = () => {},
): AsyncGenerator<Buffer> {
  return compression === 'gzip' ? gunzip(pieces, SETTINGS) : unzstd(pieces, onWindow)
}

function unzstd(pieces: AsyncIterable<Buffer>, onWindow: (bytes: number) => void): AsyncGenerator<Buffer> {
  const params = { [constants.ZSTD_d_windowLogMax]: LARGEST_WINDOW }
  const decompressor = createZstdDecompress({ ...SETTINGS, params })
  const frames = new ZstdFrames(onWindow)
  const parts = async function* () {
    for await (const piece of pieces) yield* frames.cut(piece)
  }
  return through(decompressor, parts(), message => {
    return new DamagedData(message, decompressor.bytesWritten, { followsEnd: frames.followsEnd })
  })
}
