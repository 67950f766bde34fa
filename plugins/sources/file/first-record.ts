import { type Framing, recordSplitter, type TextEncoding, textEncoding } from 'mood-exporter/plugin'

export interface FirstRecordOptions {
  /** The file's first bytes of text; those of the first chunk where absent. */
  fileStart?: Uint8Array
  /** The encoding that the user named, by its name in the Encoding Standard. */
  encoding: string | undefined
  framing: Framing
  maxRecordBytes: number
}

/**
 * The first record of a file, for a text that is read from further on and needs it as its header. Of a record that is
 * longer than it may be it is the start, as for one who reads the file from its start.
 */
export async function firstRecord(
  chunks: AsyncIterable<Buffer>,
  { fileStart, encoding: named, framing, maxRecordBytes }: FirstRecordOptions,
): Promise<Buffer | undefined> {
  const found: Buffer[] = []
  const note = (bytes: Uint8Array) => {
    if (found.length === 0) found.push(Buffer.from(bytes))
  }
  const splitter = recordSplitter(framing, maxRecordBytes, { record: note, oversized: note })
  let encoding: TextEncoding | undefined
  let mark = 0
  for await (const chunk of chunks) {
    if (!encoding) {
      encoding = textEncoding(fileStart ?? chunk, named)
      mark = encoding.markBytes
    }
    const bytes = chunk.subarray(mark)
    mark = Math.max(0, mark - chunk.length)
    splitter.write(encoding.transcoder ? encoding.transcoder.write(bytes) : bytes)
    encoding.transcoder?.forget(Number.POSITIVE_INFINITY)
    if (found.length > 0) return found[0]
  }
  splitter.end()
  return found[0]
}
