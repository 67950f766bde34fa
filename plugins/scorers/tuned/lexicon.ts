import { hashPart, step } from './hash.ts'

/** The entry of a word without a mood: another hash than its own. */
export const plainMark = (hash: number): number => step(hash, 0x5bd1e995)

/** The maximum length of listed beginnings of Korean words; endings follow. */
export const LONGEST_BEGINNING = 4

/**
 * The words with a mood, which are the targets of negators, by hash: English words, and the beginnings of Korean
 * ones. For English also the common words without a mood: a rarer word that is negated usually has one.
 */
export class Moods {
  readonly size: number
  readonly #known: Set<number>

  constructor(hashes: Int32Array) {
    this.#known = new Set(hashes)
    this.size = hashes.length
  }

  has(hash: number): boolean {
    return this.#known.has(hash)
  }

  /** Whether a word is known to have no mood. */
  isPlain(hash: number): boolean {
    return this.#known.has(plainMark(hash))
  }

  /** Whether a word begins like one with a mood. */
  hasBeginning(codes: Uint16Array, from: number, to: number): boolean {
    for (let end = Math.min(to, from + LONGEST_BEGINNING); end > from; end--)
      if (this.#known.has(hashPart(codes, from, end))) return true
    return false
  }
}

const EMPTY = 0

/** Word lists by the hash of a token: for each word up to two valences, in steps of 1/31 of the list's own unit. */
export class Lexicon {
  readonly #keys: Int32Array
  /** The two valences of a word as two bytes of one number. */
  readonly #valences: Uint16Array
  readonly #mask: number

  /**
   * @param hashes of the words
   * @param valences two for each word, one from each list; 0 if a list does not have it
   */
  constructor(hashes: Int32Array, valences: Int8Array) {
    const size = 2 ** Math.ceil(Math.log2(hashes.length * 2 + 16))
    this.#mask = size - 1
    this.#keys = new Int32Array(size)
    this.#valences = new Uint16Array(size)
    for (const [index, hash] of hashes.entries()) {
      let slot = hash & this.#mask
      while (this.#keys[slot] !== EMPTY) slot = (slot + 1) & this.#mask
      this.#keys[slot] = hash
      this.#valences[slot] =
        ((valences[2 * index] as number) & 0xff) | (((valences[2 * index + 1] as number) & 0xff) << 8)
    }
  }

  /** The same for a word whose beginning is listed: the valences of the longest listed beginning. */
  valencesOfBeginning(codes: Uint16Array, size: number): number {
    for (let end = Math.min(size, LONGEST_BEGINNING); end > 0; end--) {
      const valences = this.valencesOf(hashPart(codes, 0, end))
      if (valences !== 0) return valences
    }
    return 0
  }

  /** A word's two valences: of the first list in the lower byte, of the second above; 0 if it is not listed. */
  valencesOf(hash: number): number {
    const keys = this.#keys
    let slot = hash & this.#mask
    for (let key = keys[slot]; key !== EMPTY; key = keys[slot]) {
      if (key === hash) return this.#valences[slot] as number
      slot = (slot + 1) & this.#mask
    }
    return 0
  }
}

/** The resolution of valences: a valence of 1 is 31, so that ±4 fits a signed byte. */
export const VALENCE_STEPS = 31
