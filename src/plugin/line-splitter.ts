const LF = 10
const CR = 13
const SAMPLE_BYTES = 200

/** What a splitter finds, in order. `bytes` are views that are valid during the call only. */
export interface LineHandler {
  line(bytes: Uint8Array): void
  /** A line longer than the limit, once it has ended: the first bytes of it. It was never held in memory whole. */
  oversized(sample: Uint8Array): void
}

/**
 * Cuts a stream of bytes into lines. Chunks may be cut anywhere; `\n` and `\r\n` end a line; empty lines are skipped.
 * Holds at most `maxBytes` of an unfinished line.
 */
export class LineSplitter {
  readonly #maxBytes: number
  readonly #handler: LineHandler
  #pieces: Uint8Array[] = []
  #held = 0
  #skipping = false
  #seen = 0

  constructor(maxBytes: number, handler: LineHandler) {
    this.#maxBytes = maxBytes
    this.#handler = handler
  }

  /** Bytes of the stream before the first line that has not been handed over. */
  get bytesCovered(): number {
    return this.#seen
  }

  write(chunk: Uint8Array): void {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(LF, start)
      if (end < 0) break
      this.#finish(chunk.subarray(start, end), 1)
      start = end + 1
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start))
  }

  /** Hands over what follows the last end of line. */
  end(): void {
    if (this.#held > 0) this.#finish(new Uint8Array(0), 0)
  }

  #hold(piece: Uint8Array): void {
    this.#held += piece.length
    // One byte more than the limit, as the line may yet end in "\r\n".
    if (this.#held > this.#maxBytes + 1 && !this.#skipping) {
      this.#skipping = true
      const sample = Buffer.concat([...this.#pieces, piece]).subarray(0, SAMPLE_BYTES)
      this.#pieces = [Buffer.from(sample)]
    } else if (!this.#skipping) {
      this.#pieces.push(Buffer.from(piece))
    }
  }

  #finish(tail: Uint8Array, lineEnd: 0 | 1): void {
    const length = this.#held + tail.length
    let line = tail
    if (this.#pieces.length > 0)
      line = this.#skipping ? (this.#pieces[0] as Uint8Array) : Buffer.concat([...this.#pieces, tail])
    const wasSkipping = this.#skipping
    this.#pieces = []
    this.#held = 0
    this.#skipping = false
    this.#seen += length + lineEnd
    if (!wasSkipping && line.length > 0 && line[line.length - 1] === CR) line = line.subarray(0, -1)
    if (wasSkipping || line.length > this.#maxBytes) this.#handler.oversized(line.subarray(0, SAMPLE_BYTES))
    else if (line.length > 0) this.#handler.line(line)
  }
}
