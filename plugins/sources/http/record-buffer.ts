const SAMPLE_BYTES = 200
const SPACE = 0x20
const FIRST_CAPACITY = 256

/** Longer than any sane white space between a record and the comma after it. */
const SLACK = 1024

const NOTHING = new Uint8Array(0)

/**
 * Puts a record together that arrives in pieces. It never holds more than a record may have, however small the pieces
 * are.
 */
export class RecordBuffer {
  readonly #maxBytes: number
  #bytes = NOTHING
  /** Bytes that came, more than are held where the record is too long. */
  #length = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Takes a piece after which more is to come. */
  add(piece: Uint8Array): void {
    const held = Math.min(this.#length, this.#maxBytes + SLACK)
    const fitting = piece.subarray(0, this.#maxBytes + SLACK - held)
    if (held + fitting.length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(FIRST_CAPACITY, 2 * (held + fitting.length)))
      grown.set(this.#bytes.subarray(0, held))
      this.#bytes = grown
    }
    this.#bytes.set(fitting, held)
    this.#length += piece.length
  }

  /**
   * The record, with its last piece, without white space at its end; or the beginning of one that is too long. The
   * bytes are the caller's; they are a view of the piece where that is all of the record.
   */
  finish(last: Uint8Array = NOTHING): { bytes: Uint8Array; oversized: boolean } {
    let whole = last
    let length = last.length
    if (this.#length > 0) {
      this.add(last)
      length = this.#length
      whole = this.#bytes
      this.#bytes = NOTHING
      this.#length = 0
    }
    let end = Math.min(length, whole.length)
    while (end > 0 && (whole[end - 1] as number) <= SPACE) end--
    const oversized = length > this.#maxBytes + SLACK || end > this.#maxBytes
    return { bytes: whole.subarray(0, oversized ? SAMPLE_BYTES : end), oversized }
  }
}
