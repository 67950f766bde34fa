import { LineEnds } from './records/line-ends.ts'
import { PartialRecord, SAMPLE_BYTES } from './records/partial-record.ts'

const CR = 13
const NUL = 0

const NOTHING = new Uint8Array(0)

/**
 * Receives lines in order, once each, while `write` or `end` is called. `bytes` are views, valid only during the
 * call. An exception of a handler ends that call, and the splitter must not be used again.
 */
export interface LineHandler {
  /** A line that is not empty, without its line end. */
  line(bytes: Uint8Array): void
  /**
   * A line longer than the limit, as soon as it is: its first bytes. It is never held in memory as a whole.
   *
   * @param isOpen whether the line has not ended yet: `bytesCovered` is before it
   */
  oversized(sample: Uint8Array, isOpen?: boolean): void
}

/**
 * Splits a stream of bytes into lines. Chunks may be cut anywhere. A line ends with LF or CRLF, or with CR if the
 * first line does (see {@link LineEnds}). Empty lines are skipped, and so are NULs before a line: a file that was
 * truncated while another process wrote to it contains a hole of NULs. Holds at most `maxBytes` of an unfinished line,
 * however small the chunks are. Call `write` for each chunk, and `end` once after the last.
 */
export class LineSplitter {
  readonly #maxBytes: number
  readonly #handler: LineHandler
  readonly #ends = new LineEnds()
  readonly #partial: PartialRecord
  /** Whether the unfinished line was reported as oversized. */
  #isReported = false
  /** Bytes of the stream that were written, and the offset of the first line that was not passed on. */
  #written = 0
  #covered = 0

  constructor(maxBytes: number, handler: LineHandler) {
    this.#maxBytes = maxBytes
    this.#handler = handler
    // One byte more than the limit, as the line may end with CRLF.
    this.#partial = new PartialRecord(maxBytes + 1)
  }

  /** The offset of the first line that was not passed on yet. */
  get bytesCovered(): number {
    return this.#covered
  }

  write(chunk: Uint8Array): void {
    if (this.#ends.endedBefore(chunk)) this.#finish(NOTHING, this.#written)
    let start = 0
    for (;;) {
      if (chunk[start] === NUL && this.#partial.length === 0) start = afterNuls(chunk, start)
      const end = this.#ends.next(chunk, start)
      if (end < 0) break
      this.#finish(chunk.subarray(start, end), this.#written + end + 1)
      start = end + 1
    }
    if (start < chunk.length) this.#hold(start === 0 ? chunk : chunk.subarray(start), true)
    this.#written += chunk.length
  }

  /** Passes on the rest after the last line end. */
  end(): void {
    this.#finish(NOTHING, this.#written)
  }

  #finish(tail: Uint8Array, covered: number): void {
    this.#covered = covered
    if (this.#partial.length === 0) {
      this.#handOver(tail)
      return
    }
    this.#hold(tail, false)
    const line = this.#partial.take()
    if (this.#isReported) this.#isReported = false
    else this.#handOver(line)
  }

  #hold(piece: Uint8Array, isOpen: boolean): void {
    this.#partial.add(piece)
    if (this.#isReported || piece.length === 0) return
    const { length } = this.#partial
    const isOver = length > this.#maxBytes + 1 || (length > this.#maxBytes && piece.at(-1) !== CR)
    if (!isOver) return
    this.#isReported = true
    this.#handler.oversized(this.#partial.sample(this.#maxBytes), isOpen)
  }

  #handOver(line: Uint8Array): void {
    const bytes = line[line.length - 1] === CR ? line.subarray(0, -1) : line
    if (bytes.length > this.#maxBytes)
      this.#handler.oversized(bytes.subarray(0, Math.min(SAMPLE_BYTES, this.#maxBytes)))
    else if (bytes.length > 0) this.#handler.line(bytes)
  }
}

function afterNuls(chunk: Uint8Array, from: number): number {
  let at = from
  while (chunk[at] === NUL) at++
  return at
}
