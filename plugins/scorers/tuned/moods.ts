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
