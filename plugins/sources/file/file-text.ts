import type { LineStream, Position, Sink } from 'mood-exporter/plugin'
import { orAborted } from '../shared/abort.ts'
import type { Head } from './open-file.ts'
import type { FileProgress, Progress } from './progress.ts'

const LF = 10
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** The text of one file on its way into the sink, and how far it has come. */
export class FileText {
  readonly #sink: Sink
  readonly #signal: AbortSignal
  readonly #stream: LineStream
  readonly #progress: Progress
  readonly #inode: string
  readonly #start: FileProgress
  /** The file's head as far as it is known: it goes with the positions. */
  head: Head
  #written = 0
  #covered = 0
  #skipped = 0

  /** @param start where the text begins: at that file's offset */
  constructor(sink: Sink, signal: AbortSignal, progress: Progress, inode: string, start: FileProgress) {
    this.#sink = sink
    this.#signal = signal
    this.#progress = progress
    this.#inode = inode
    this.#start = start
    this.head = start.head
    this.#stream = sink.lines({ partition: start.path, continues: start.offset > 0 })
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
    const start = { ...this.#start, head: this.head, offset: this.#start.offset + this.#skipped }
    const lastLine = text.lastIndexOf(LF)
    if (lastLine >= 0) this.#covered = this.#written + lastLine + 1
    this.#written += text.length
    await orAborted(this.#stream.write(text, this.#progress.positionsOf(this.#inode, start)), this.#signal)
  }

  /**
   * Ends the text. What follows the last end of line is a record too: it gets a line end, so that the position goes
   * with that very record.
   */
  async finish(position: Position): Promise<void> {
    if (this.#written > this.#covered) {
      await orAborted(
        this.#stream.write(Buffer.of(LF), () => position),
        this.#signal,
      )
    }
    await orAborted(this.#stream.end(), this.#signal)
    await orAborted(this.#sink.write([], { position }), this.#signal)
  }

  #withoutMark(chunk: Buffer): Buffer {
    if (!chunk.subarray(0, 3).equals(BYTE_ORDER_MARK)) return chunk
    this.#skipped = 3
    return chunk.subarray(3)
  }
}
