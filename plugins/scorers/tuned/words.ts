import type { FeatureList } from './feature-list.ts'
import { markedHash, SEED, spread, step } from './hash.ts'
import { CAPACITY, type Tokens } from './tokens.ts'

/** Told apart before they are hashed: a word, where it stands, and a pair are features of their own. */
const WORDS = 0x5bd1e995
const START = 0x2127599b
const END = 0x7fcaf1d3
const PAIRS = 0x3c6ef372
const NEXT = 0x0b5297a4
const LATER = 0x51ed270b

/** So much of a word is its beginning: Korean endings come after it. */
const BEGINNING = 2

/** A word as a feature, from the hash of its token. */
export function hashOfWord(token: number, negated: boolean): number {
  return spread(markedHash(step(token, WORDS), negated ? 1 : 0))
}

/** Reads words, runs of words, and pairs of words. */
export class WordReader {
  readonly #tokens: Tokens
  /** A hash for each token: of the word, or of its beginning. */
  readonly #hashes = new Int32Array(CAPACITY)

  constructor(tokens: Tokens) {
    this.#tokens = tokens
  }

  /** Runs of up to `longest` words, the first word as the first and the last as the last. */
  readRuns(negated: Uint8Array, longest: number, list: FeatureList): void {
    const { count, hashes, starts, ends } = this.#tokens
    const marked = this.#hashes
    for (let index = 0; index < count; index++)
      marked[index] = markedHash(step(hashes[index] as number, WORDS), negated[index] as number)
    for (let index = 0; index < count; index++) {
      const from = starts[index] as number
      let hash = marked[index] as number
      list.add(spread(hash), from, ends[index] as number)
      const last = Math.min(count, index + longest)
      for (let next = index + 1; next < last; next++) {
        hash = step(hash, marked[next] as number)
        list.add(spread(hash), from, ends[next] as number)
      }
    }
    if (count === 0) return
    const end = count - 1
    list.add(spread(step(marked[0] as number, START)), starts[0] as number, ends[0] as number)
    list.add(spread(step(marked[end] as number, END)), starts[end] as number, ends[end] as number)
  }

  /**
   * Pairs of a word and each of the next `reach` words, both by their beginnings: in "기대했는데 너무 지루" the first
   * says something of the last, which no run of characters holds.
   */
  readPairs(reach: number, list: FeatureList): void {
    const { count, starts, ends } = this.#tokens
    const beginnings = this.#readBeginnings()
    for (let index = 0; index < count; index++) {
      const from = starts[index] as number
      const first = beginnings[index] as number
      const last = Math.min(count, index + 1 + reach)
      for (let other = index + 1; other < last; other++) {
        const hash = step(first, other === index + 1 ? NEXT : LATER)
        list.add(spread(step(hash, beginnings[other] as number)), from, ends[other] as number)
      }
    }
  }

  #readBeginnings(): Int32Array {
    const { codes, count, starts, ends } = this.#tokens
    for (let index = 0; index < count; index++) {
      const from = starts[index] as number
      const to = Math.min(ends[index] as number, from + BEGINNING)
      let hash = SEED ^ PAIRS
      for (let at = from; at < to; at++) hash = step(hash, codes[at] as number)
      this.#hashes[index] = hash
    }
    return this.#hashes
  }
}
