import { type Framing, recordSplitter, type TextEncoding, textEncoding } from 'mood-exporter/plugin'

export interface HeaderOptions {
  /** The file's first bytes of text; those of the first chunk where absent. */
  fileStart?: Uint8Array
  /** The encoding that the user named, by its name in the Encoding Standard. */
  encoding: string | undefined
  framing: Framing
  maxRecordBytes: number
  /** Where the text is read from: bytes of the file, or of what it holds compressed. */
  offset: number
}

/**
 * The header of a text that is read from further on in a file: its first record or, where the framing says what headers
 * begin with, the last of them before that. Of a record that is longer than it may be it is the start, as for one who
 * reads the file from its start.
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
