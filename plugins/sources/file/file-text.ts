import {
  type Emitter,
  type LineStream,
  orAborted,
  type TextEncoding,
  textEncoding,
} from 'mood-exporter/plugin'
import type { Head } from './open-file.ts'
import { asPosition, type FileProgress } from './progress.ts'

/** Where a file's text begins. */
export interface TextStart extends FileProgress {
  /** The header of its records, where the text begins behind it and the format needs it. */
  header?: Uint8Array | undefined
}

/** The text of one file on its way to the emitter, and how far it has come. */
export class FileText {
  readonly #emitter: Emitter
  readonly #signal: AbortSignal
  readonly #stream: LineStream
  readonly #identity: string
  readonly #start: FileProgress
  /** The file's head as far as it is known: it is part of the positions. */
  head: Head
  #encoding: TextEncoding | undefined
  /** Bytes that were read: of the byte order mark, and after it. */
  #markBytes = 0
  #read = 0

  /** @param start where the text begins: at that file's offset */
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
   * Finds out the encoding, before anything is read.
   *
   * @param fileStart the file's first bytes of text, wherever this text begins
   * @param named the encoding that the user named
   * @throws Error for one that is not read
   */
  begin(fileStart: Uint8Array, named: string | undefined): void {
    this.#encoding ??= textEncoding(fileStart, named)
  }

  /** The bytes as text in UTF-8. To be written before more of them are decoded. */
  async *decoded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) yield this.#decode(chunk)
  }

  #decode(chunk: Buffer): Buffer {
    const { transcoder, markBytes = 0 } = this.#encoding ?? {}
    // A byte order mark that arrives in pieces is left out piece by piece.
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

  /** Ends the text: what follows the last whole record is one too. */
  async finish(end: FileProgress): Promise<void> {
    const rest = this.#encoding?.transcoder?.end()
    if (rest && rest.length > 0) await this.write(rest)
    await orAborted(this.#stream.end(), this.#signal)
    await this.settle(end)
  }

  /** Moves the position to where nothing more is read. */
  async settle(end: FileProgress): Promise<void> {
    await orAborted(
      this.#emitter.write([], { partition: this.#identity, position: asPosition(end) }),
      this.#signal,
    )
  }

  /** How many bytes of the file made so much of the text, or a little less of it. */
  #bytesOf(textBytes: number): number {
    return this.#encoding?.transcoder?.bytesFor(textBytes) ?? textBytes
  }
}
