import { constants, createZstdDecompress } from 'node:zlib'
import type { Compression } from './containers.ts'
import { DamagedData } from './damaged-data.ts'
import { gunzip } from './gunzip.ts'
import { through } from './through.ts'
import { ZstdFrames } from './zstd-frames.ts'

/** Small, since what a call of the decompressor has made is lost if the same call meets damage. */
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
    // Other parts end with a frame, so that the damage is in it.
    const followsEnd = isLast && frames.followsEnd
    return new DamagedData(message, decompressor.bytesWritten, { followsEnd, lacksText })
  })
}

/**
 * The same for data that can be read again from its start: all text before the damage is handed over. Where the call of
 * the decompressor that met the damage has taken text with it, the data is read again, and byte by byte from where that
 * call began.
 *
 * @param read gives the data from its start, in pieces of at most {@link COMPRESSED_BYTES}
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
  // What was damaged has been replaced by sound data meanwhile: it is not what was read before.
  throw damage
}

/** Pieces whole up to an offset, and each byte behind it as a piece of its own. */
async function* bytewiseFrom(offset: number, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start = 0
  for await (const piece of pieces) {
    const whole = Math.min(piece.length, Math.max(0, offset - start))
    if (whole > 0) yield piece.subarray(0, whole)
    for (let at = whole; at < piece.length; at++) yield piece.subarray(at, at + 1)
    start += piece.length
  }
}
