const LF = 10
const CR = 13
const SAMPLE_BYTES = 200
const FIRST_CAPACITY = 256

const NOTHING = new Uint8Array(0)

/**
 * What a splitter finds, in order; called while `write` or `end` is, once for each line. `bytes` are views that are valid
 * during the call only. What a handler throws ends that call, and the splitter is then not to be used again.
 */
export interface LineHandler {
  /** A line that is not empty, without its end. */
  line(bytes: Uint8Array): void
  /** A line longer than the limit, once it has ended: the first bytes of it. It was never held in memory whole. */
  oversized(sample: Uint8Array): void
}

/**
 * Cuts a stream of bytes into lines. Chunks may be cut anywhere; `\n` and `\r\n` end a line; empty lines are skipped.
 * Holds at most `maxBytes` of an unfinished line, however small the pieces it comes in. Call `write` for each chunk, and
 * `end` once after the last.
 */
export class LineSplitter {
  readonly #maxBytes: number
  readonly #handler: LineHandler
  /** What has come of an unfinished line, in the first bytes of a buffer that grows. */
  #start = NOTHING
  #held = 0
  /** Bytes of the unfinished line, more than are held where it is oversized. */
  #length = 0
  #covered = 0

  constructor(maxBytes: number, handler: LineHandler) {
    this.#maxBytes = maxBytes
    this.#handler = handler
  }

  /** Bytes of the stream before the first line that has not been handed over. */
  get bytesCovered(): number {
    return this.#covered
  }

  write(chunk: Uint8Array): void {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(LF, start)
      if (end < 0) break
      const tail = chunk.subarray(start, end)
      start = end + 1
      this.#covered += this.#length + tail.length + 1
      if (this.#length === 0) this.#handOver(tail, tail.length)
      else this.#finish(tail)
    }
    if (start < chunk.length) this.#hold(start === 0 ? chunk : chunk.subarray(start))
  }

  /** Hands over what follows the last end of line. */
  end(): void {
    this.#covered += this.#length
    this.#finish(NOTHING)
  }

  #finish(tail: Uint8Array): void {
    this.#hold(tail)
    const line = this.#start.subarray(0, this.#held)
    const length = this.#length
    this.#held = 0
    this.#length = 0
    this.#handOver(line, length)
  }

  #hold(piece: Uint8Array): void {
    this.#length += piece.length
    // One byte more than the limit, as the line may yet end in "\r\n".
    const fits = Math.min(piece.length, this.#maxBytes + 1 - this.#held)
    if (fits <= 0) return
    this.#reserve(this.#held + fits)
    this.#start.set(fits === piece.length ? piece : piece.subarray(0, fits), this.#held)
    this.#held += fits
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#start.length) return
    const capacity = Math.max(bytes, FIRST_CAPACITY, Math.min(2 * this.#start.length, this.#maxBytes + 1))
    const larger = new Uint8Array(capacity)
    larger.set(this.#start.subarray(0, this.#held))
    this.#start = larger
  }

  /** @param length bytes of the line, of which `line` holds all or more than are allowed */
  #handOver(line: Uint8Array, length: number): void {
    const hasCR = length === line.length && line[length - 1] === CR
    const bytes = hasCR ? line.subarray(0, -1) : line
    if (length - (hasCR ? 1 : 0) > this.#maxBytes) {
      this.#handler.oversized(bytes.subarray(0, Math.min(SAMPLE_BYTES, this.#maxBytes)))
    } else if (bytes.length > 0) this.#handler.line(bytes)
  }
}
