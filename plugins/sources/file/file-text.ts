import { type Emitter, type LineStream, orAborted } from 'mood-exporter/plugin'
import type { Head } from './open-file.ts'
import { asPosition, type FileProgress } from './progress.ts'

const LF = 10
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** Where a file's text begins. */
export interface TextStart extends FileProgress {
  /** Its first line, where the text begins behind it and the format needs it. */
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
  #written = 0
  #covered = 0
  #skipped = 0

  /** @param start where the text begins: at that file's offset */
  constructor(emitter: Emitter, signal: AbortSignal, identity: string, { header, ...start }: TextStart) {
    this.#emitter = emitter
    this.#signal = signal
    this.#identity = identity
    this.#start = start
    this.head = start.head
    this.#stream = emitter.lines({ partition: identity, ...(header ? { header } : {}) })
  }

  /** The offset up to which the text was written. */
  get end(): number {
    return this.#start.offset + this.#skipped + this.#written
  }

  /** The offset after the last line that was written whole. */
  get lineEnd(): number {
    return this.#start.offset + this.#skipped + this.#covered
  }

  /** Resolves when there is room for more, or the signal is aborted. */
  async write(chunk: Buffer): Promise<void> {
    const text = this.end === 0 ? this.#withoutMark(chunk) : chunk
    const start = {
      ...this.#start,
      head: this.head,
      offset: this.#start.offset + this.#skipped,
      settled: null,
    }
    const lastLine = text.lastIndexOf(LF)
    if (lastLine >= 0) this.#covered = this.#written + lastLine + 1
    this.#written += text.length
    await orAborted(
      this.#stream.write(text, bytesCovered => asPosition({ ...start, offset: start.offset + bytesCovered })),
      this.#signal,
    )
  }

  /**
   * Ends the text. What follows the last end of line is a record too: it gets a line end, so that the position goes
   * with that very record.
   */
  async finish(end: FileProgress): Promise<void> {
    const position = asPosition(end)
    if (this.#written > this.#covered) {
      await orAborted(
        this.#stream.write(Buffer.of(LF), () => position),
        this.#signal,
      )
    }
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

  #withoutMark(chunk: Buffer): Buffer {
    if (!chunk.subarray(0, 3).equals(BYTE_ORDER_MARK)) return chunk
    this.#skipped = 3
    return chunk.subarray(3)
  }
}
