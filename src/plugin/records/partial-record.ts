const FIRST_CAPACITY = 256

/** How many bytes of an oversized record are shown. */
export const SAMPLE_BYTES = 200

/** A record that arrives in pieces. At most a limit of it is kept. */
export class PartialRecord {
  readonly #maxHeld: number
  #bytes = new Uint8Array(0)
  #held = 0
  #length = 0

  /** @param maxHeld the maximum of bytes to keep; of a longer record, the first ones are kept */
  constructor(maxHeld: number) {
    this.#maxHeld = maxHeld
  }

  /** The length of the record, which may exceed what is kept. */
  get length(): number {
    return this.#length
  }

  /** Whether all of it is kept. */
  get isWhole(): boolean {
    return this.#held === this.#length
  }

  /** The kept bytes: a view, valid until more is added. */
  get held(): Uint8Array {
    return this.#bytes.subarray(0, this.#held)
  }

  add(piece: Uint8Array): void {
    this.#length += piece.length
    const fits = Math.min(piece.length, this.#maxHeld - this.#held)
    if (fits <= 0) return
    this.#reserve(this.#held + fits)
    this.#bytes.set(fits === piece.length ? piece : piece.subarray(0, fits), this.#held)
    this.#held += fits
  }

  /** The first bytes, to show for an oversized record. */
  sample(maxBytes: number): Uint8Array {
    return this.#bytes.subarray(0, Math.min(SAMPLE_BYTES, maxBytes, this.#held))
  }

  /** The kept bytes, as a view; the next record begins and makes it invalid. */
  take(): Uint8Array {
    const record = this.held
    this.#held = 0
    this.#length = 0
    return record
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return
    const larger = new Uint8Array(
      Math.max(bytes, FIRST_CAPACITY, Math.min(2 * this.#bytes.length, this.#maxHeld)),
    )
    larger.set(this.#bytes.subarray(0, this.#held))
    this.#bytes = larger
  }
}
