const EMPTY = 0

/** Word lists, by the hash of a token: for each word up to two valences, in steps of 1/31 of a list's own unit. */
export class Lexicon {
  readonly #keys: Int32Array
  readonly #valences: Int8Array
  readonly #mask: number

  /**
   * @param hashes of the words
   * @param valences two for each word, one of each list; 0 where a list does not have it
   */
  constructor(hashes: Int32Array, valences: Int8Array) {
    const size = 2 ** Math.ceil(Math.log2(hashes.length * 3 + 16))
    this.#mask = size - 1
    this.#keys = new Int32Array(size)
    this.#valences = new Int8Array(size * 2)
    for (const [index, hash] of hashes.entries()) {
      let slot = hash & this.#mask
      while (this.#keys[slot] !== EMPTY) slot = (slot + 1) & this.#mask
      this.#keys[slot] = hash
      this.#valences[2 * slot] = valences[2 * index] as number
      this.#valences[2 * slot + 1] = valences[2 * index + 1] as number
    }
  }

  /** Where a word's first valence stands in {@link valences}, or -1. */
  find(hash: number): number {
    const keys = this.#keys
    let slot = hash & this.#mask
    for (let key = keys[slot]; key !== EMPTY; key = keys[slot]) {
      if (key === hash) return 2 * slot
      slot = (slot + 1) & this.#mask
    }
    return -1
  }

  get valences(): Int8Array {
    return this.#valences
  }
}

/** How finely valences are kept: a valence of 1 is 31, so that ±4 fits a signed byte. */
export const VALENCE_STEPS = 31
