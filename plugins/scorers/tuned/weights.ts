/** Bytes for each slot: a check, and which pair of weights of the code book the feature has. */
export const STRIDE = 2

/** Pairs of weights that a code book has. */
export const CODES = 256

/** As much of a hash tells the slot; what is left tells one feature of a slot from another. */
const SLOT_BITS = 24
const CHECK_BITS = 32 - SLOT_BITS

/** The slots of a bucket: their number is a power of two, so that whole numbers alone find a slot, which is fastest. */
const BUCKET_BITS = 13
export const BUCKET = 2 ** BUCKET_BITS

/** The most slots: with more than 256 buckets, the product with the upper bits of a hash would exceed 32 bits. */
const MOST_SLOTS = 2 ** CHECK_BITS * BUCKET

/** Whether a model can have this number of slots. */
export const isSlotCount = (slots: number): boolean =>
  slots > 0 && slots <= MOST_SLOTS && slots % BUCKET === 0

/** Which slot of this many buckets has the weights of a feature, if any has. */
export const slotOf = (hash: number, buckets: number): number =>
  Math.imul(hash >>> CHECK_BITS, buckets) >>> (SLOT_BITS - BUCKET_BITS)

/**
 * What tells a feature from the others of its slot, from 1 to 255; an empty slot has 0. Without it a feature that
 * training never saw would get the weights of one that it did. It is of bits that the slot has no part of, or it
 * would tell next to nothing.
 */
export const checkOf = (hash: number): number => 1 + (((hash & (2 ** CHECK_BITS - 1)) * 255) >>> CHECK_BITS)

/** The slots of a model, to be asked for the codes of features. */
export class Slots {
  /** For each slot its code above its check: one look brings both. */
  readonly #entries: Uint16Array
  readonly #buckets: number

  /** @param bytes {@link STRIDE} for each slot, as a model file has them */
  constructor(bytes: Uint8Array) {
    this.#entries = new Uint16Array(bytes.length / STRIDE)
    for (let slot = 0; slot < this.#entries.length; slot++)
      this.#entries[slot] = ((bytes[slot * STRIDE + 1] as number) << 8) | (bytes[slot * STRIDE] as number)
    this.#buckets = this.#entries.length / BUCKET
  }

  /** The code of a feature; 0 of one that has none. Without a branch, since which have one cannot be foreseen. */
  codeOf(hash: number): number {
    const entry = this.#entries[slotOf(hash, this.#buckets)] as number
    const differs = (entry & 0xff) ^ checkOf(hash)
    return (entry >>> 8) & ((differs - 1) >> 31)
  }
}
