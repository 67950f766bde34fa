import {
  type Emitter,
  type LineStream,
  orAborted,
  type TextEncoding,
  textEncoding,
} from 'mood-exporter/plugin'
import { asPosition, type FilePosition } from './file-positions.ts'
import type { Head } from './open-file.ts'

/** The start of a file's text. */
export interface TextStart extends FilePosition {
  /** The header of its records, if the text begins after it and the format needs it. */
  header?: Uint8Array | undefined
}

/** Passes the text of one file to the emitter, and tracks its position. */
export class FileText {
  readonly #emitter: Emitter
  readonly #signal: AbortSignal
  readonly #stream: LineStream
  readonly #identity: string
  readonly #start: FilePosition
  /** The known part of the file's head, which is part of positions. */
  head: Head
  #encoding: TextEncoding | undefined
  /** Bytes that were read: of the byte order mark, and after it. */
  #markBytes = 0
  #read = 0

  /** @param start the start of the text: the offset of that file */
  constructor(emitter: Emitter, signal: AbortSignal, identity: string, { header, ...start }: TextStart) {
    this.#emitter = emitter
    this.#signal = signal
    this.#identity = identity
    this.#start = start
    this.head = start.head
    this.#stream = emitter.lines({ partition: identity, path: start.path, ...(header ? { header } : {}) })
  }

  /** The offset up to which the file was read. */
  get end(): number {
    return this.#start.offset + this.#markBytes + this.#read
  }

  /** The offset after the last record that was emitted whole. */
  get recordEnd(): number {
    return this.#start.offset + this.#markBytes + this.#bytesOf(this.#stream.bytesCovered ?? 0)
  }

  get hasBegun(): boolean {
    return this.#encoding !== undefined
  }

  /**
   * Detects the encoding before anything is read.
   *
   * @param fileStart the first bytes of the file's text, even if this text begins later
   * @param named the encoding that the user named
   * @throws Error for an unsupported encoding
   */
  begin(fileStart: Uint8Array, named: string | undefined): void {
    this.#encoding ??= textEncoding(fileStart, named)
  }

  /** The bytes as UTF-8 text. Write it before more bytes are decoded. */
  async *decoded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) yield this.#decode(chunk)
  }

  #decode(chunk: Buffer): Buffer {
    const { transcoder, markBytes = 0 } = this.#encoding ?? {}
    // A byte order mark that arrives in pieces is removed piece by piece.
    const mark = Math.min(chunk.length, Math.max(0, markBytes - this.end))
    this.#markBytes += mark
    this.#read += chunk.length - mark
    const bytes = chunk.subarray(mark)
    return transcoder ? transcoder.write(bytes) : bytes
  }

  /** Emits text. Resolves when there is room for more, or the signal is aborted. */
  async write(text: Buffer): Promise<void> {
    const start = { ...this.#start, head: this.head, settled: null }
    const offset = this.#start.offset + this.#markBytes
    const position = (covered: number) => {
      const { transcoder } = this.#encoding ?? {}
      const bytes = transcoder ? transcoder.exactBytesFor(covered) : covered
      transcoder?.forget(covered)
      return bytes === undefined ? undefined : asPosition({ ...start, offset: offset + bytes })
    }
    await orAborted(this.#stream.write(text, position), this.#signal)
  }

  /** Ends the text: the rest after the last whole record is one too. */
  async finish(end: FilePosition): Promise<void> {
    const rest = this.#encoding?.transcoder?.end()
    if (rest && rest.length > 0) await this.write(rest)
    await orAborted(this.#stream.end(), this.#signal)
    await this.settle(end)
  }

  /** Moves the position to the end of what is read. */
  async settle(end: FilePosition): Promise<void> {
    await orAborted(
      this.#emitter.write([], { partition: this.#identity, position: asPosition(end) }),
      this.#signal,
    )
  }

  /** How many bytes of the file correspond to a length of the text, or to slightly less. */
  #bytesOf(textBytes: number): number {
    return this.#encoding?.transcoder?.bytesFor(textBytes) ?? textBytes
  }
}
