import { hashPart, step } from './hash.ts'

/** How a word without a mood is known: by another hash than its own. */
export const plainMark = (hash: number): number => step(hash, 0x5bd1e995)

/** Korean words are known by their beginnings, so long at most; endings come after. */
export const LONGEST_BEGINNING = 4

/**
 * The words that have a mood, which a negator looks for, by hash: English words, and the beginnings of Korean ones. Of
 * English also the common words that have none: a rarer word that is negated most often has one.
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

  /** Whether a word begins like one that has a mood. */
  hasBeginning(codes: Uint16Array, from: number, to: number): boolean {
    for (let end = Math.min(to, from + LONGEST_BEGINNING); end > from; end--)
      if (this.#known.has(hashPart(codes, from, end))) return true
    return false
  }
}
