import { constants, createZstdDecompress } from 'node:zlib'
import type { Compression } from './containers.ts'
import { DamagedData } from './damaged-data.ts'
import { gunzip } from './gunzip.ts'
import { through } from './through.ts'
import { ZstdFrames } from './zstd-frames.ts'

/** Small, since the output of a call of the decompressor is lost if the same call finds damage. */
export const COMPRESSED_BYTES = 64 * 1024
const TEXT_BYTES = 128 * 1024

/** The largest window of zstd that can be decoded, as a power of two: `zstd --long=31` uses it. */
const LARGEST_WINDOW = 31

/**
 * With a high-water mark of one byte the decompressor never runs ahead of the reader, so that an error cannot
 * overtake text.
 */
const SETTINGS = { chunkSize: TEXT_BYTES, readableHighWaterMark: 1 }

/**
 * Decompresses data a chunk at a time, in constant memory. It may be several gzip members or zstd frames one after
 * another.
 *
 * @param pieces the data; in pieces of at most {@link COMPRESSED_BYTES}, to recover as much as possible if it is
 *   damaged
 * @param onWindow called with each larger window of zstd, in bytes
 * @throws DamagedData if the data is truncated or corrupt
 * @throws BeyondDecompressor if it is valid but cannot be decompressed
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
  let isLast = false
  const parts = async function* () {
    for await (const piece of pieces) {
      const cut = frames.cut(piece)
      for (const [i, part] of cut.entries()) {
        isLast = i === cut.length - 1
        yield part
      }
    }
  }
  return through(decompressor, parts(), (message, lacksText) => {
    // Other parts end with a frame, so the damage is within one.
    const followsEnd = isLast && frames.followsEnd
    return new DamagedData(message, decompressor.bytesWritten, { followsEnd, lacksText })
  })
}

/**
 * The same for data that can be read again from its start: all text before the damage is passed on. If the call of
 * the decompressor that found the damage lost text, the data is read again, byte by byte from where that call began.
 *
 * @param read returns the data from its start, in pieces of at most {@link COMPRESSED_BYTES}
 * @param onWindow as for {@link decompress}
 * @throws DamagedData, BeyondDecompressor as {@link decompress} does
 */
export async function* decompressAgain(
  read: () => AsyncIterable<Buffer>,
  compression: Compression,
  onWindow?: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let known = 0
  let damage: DamagedData
  try {
    for await (const text of decompress(read(), compression, onWindow)) {
      known += text.length
      yield text
    }
    return
  } catch (error) {
    if (!(error instanceof DamagedData) || error.followsEnd || !error.lacksText) throw error
    damage = error
  }
  for await (const text of decompress(bytewiseFrom(damage.offset, read()), compression)) {
    if (known < text.length) yield text.subarray(known)
    known = Math.max(0, known - text.length)
  }
  // The damaged data was replaced by valid data meanwhile: it is not what was read before.
  throw damage
}

/** Whole pieces up to an offset, and single bytes after it. */
async function* bytewiseFrom(offset: number, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start = 0
  for await (const piece of pieces) {
    const whole = Math.min(piece.length, Math.max(0, offset - start))
    if (whole > 0) yield piece.subarray(0, whole)
    for (let at = whole; at < piece.length; at++) yield piece.subarray(at, at + 1)
    start += piece.length
  }
}
