import { type Framing, recordSplitter, type TextEncoding, textEncoding } from 'mood-exporter/plugin'

export interface HeaderOptions {
  /** The first bytes of the file's text; by default those of the first chunk. */
  fileStart?: Uint8Array
  /** The configured encoding, by its name in the Encoding Standard. */
  encoding: string | undefined
  framing: Framing
  maxRecordBytes: number
  /** The offset at which the text begins: in the file, or in its decompressed content. */
  offset: number
}

/**
 * The header for text that is read from an offset of a file: its first record or, if the framing says how headers
 * begin, the last of them before the offset. For an oversized header it is the start, as when reading from the start
 * of the file.
 *
 * @param chunks the file from its start
 */
export async function headerBefore(
  chunks: AsyncIterable<Buffer>,
  { fileStart, encoding: named, framing, maxRecordBytes, offset }: HeaderOptions,
): Promise<Buffer | undefined> {
  const prefix = framing.kind === 'lines' && framing.headers ? Buffer.from(framing.headers) : undefined
  let found: Buffer | undefined
  const note = (bytes: Uint8Array) => {
    if (prefix ? prefix.equals(bytes.subarray(0, prefix.length)) : !found) found = Buffer.from(bytes)
  }
  const splitter = recordSplitter(framing, maxRecordBytes, { record: note, oversized: note })
  let encoding: TextEncoding | undefined
  let mark = 0
  let left = offset
  for await (const whole of chunks) {
    const chunk = prefix ? whole.subarray(0, left) : whole
    left -= chunk.length
    if (!encoding) {
      encoding = textEncoding(fileStart ?? chunk, named)
      mark = encoding.markBytes
    }
    const bytes = chunk.subarray(mark)
    mark = Math.max(0, mark - chunk.length)
    splitter.write(encoding.transcoder ? encoding.transcoder.write(bytes) : bytes)
    encoding.transcoder?.forget(Number.POSITIVE_INFINITY)
    if (prefix ? left === 0 : found) return found
  }
  splitter.end()
  return found
}
