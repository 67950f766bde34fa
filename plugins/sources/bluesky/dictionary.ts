import { zstdDecompressSync } from 'node:zlib'
import { httpDisconnect, messageOf } from 'mood-exporter/plugin'

/** The magic number of a zstd dictionary (RFC 8878, 5). */
const MAGIC = 0xec30a437
/** The production dictionary has 110 KiB. */
const MAX_DICTIONARY = 2 ** 22
/** The largest frame that is decompressed. Records of atproto have up to 1 MiB as CBOR; posts have a few KiB. */
export const MAX_FRAME = 2 ** 22

/** The dictionary of an instance's compressed frames. */
export interface Dictionary {
  readonly id: number
  unpack(frame: Uint8Array): string
}

/**
 * Fetches the current dictionary of an instance.
 *
 * @param origin `wss://host`
 * @throws Disconnect if there is none
 * @see https://github.com/bluesky-social/jetstream/blob/main/lexicons/network/bsky/jetstream/getZstdDictionary.json
 */
export async function fetchDictionary(origin: string, signal: AbortSignal): Promise<Dictionary> {
  const url = `${origin.replace(/^ws/, 'http')}/xrpc/network.bsky.jetstream.getZstdDictionary`
  const response = await fetch(url, { signal })
  if (!response.ok) {
    await response.body?.cancel()
    throw httpDisconnect(response, { detail: 'no dictionary' })
  }
  return dictionaryOf(Buffer.from(await response.arrayBuffer()))
}

/** @throws Error if the bytes are not a dictionary */
export function dictionaryOf(bytes: Buffer): Dictionary {
  if (bytes.length < 8 || bytes.length > MAX_DICTIONARY || bytes.readUInt32LE(0) !== MAGIC)
    throw new Error('its zstd dictionary is invalid')
  const options = { dictionary: bytes, maxOutputLength: MAX_FRAME }
  return {
    id: bytes.readUInt32LE(4),
    unpack(frame) {
      try {
        return zstdDecompressSync(frame, options).toString('utf8')
      } catch (error) {
        throw new Error(`a frame cannot be unpacked: ${messageOf(error)}`, { cause: error })
      }
    },
  }
}
