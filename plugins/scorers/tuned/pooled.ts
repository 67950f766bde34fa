import { Dictionary } from './dictionary.ts'
import { markedHash } from './hash.ts'
import type { Tokens } from './tokens.ts'

/** A model's pooled part, as its file has it. */
export interface PooledParts {
  /** How many units a word has: a multiple of 4. */
  readonly units: number
  /** Two for each unit: what one step of it adds to the log odds of negative and of positive. */
  readonly weights: readonly number[]
  /** Hashes of the words that are known, as the tokens have them, negated words apart. */
  readonly hashes: Int32Array
  /** For each word its units, from 0 to {@link MOST}. */
  readonly rows: Uint8Array
}

/** The largest that a unit is: seven bits, so that four can be compared at once. */
export const MOST = 127

/** The bits above those of four units in one number. */
const HIGH = 0x80808080 | 0

/**
 * The part of a model that is not linear: each word has a few units, and a text has of each unit the most that any of
 * its words has. One word that settles the matter then counts in full, however many others stand beside it, and a
 * second one of its kind adds nothing. Words that are alike were given like units by their vectors.
 *
 * This is a convolution of width 1 with max-pooling over time (Kim, "Convolutional Neural Networks for Sentence
 * Classification", EMNLP 2014), worked out beforehand for each word.
 */
export class Pooled {
  readonly #words = new Dictionary()
  /** Four units in each number. */
  readonly #rows: Int32Array
  readonly #width: number
  readonly #weights: readonly number[]
  readonly #peaks: Int32Array
  readonly #peakBytes: Uint8Array

  /** Log odds against neutral that the latest text's units come to, not yet calibrated. */
  negative = 0
  positive = 0

  constructor({ units, weights, hashes, rows }: PooledParts) {
    this.#width = units / 4
    this.#weights = weights
    const aligned = new Uint8Array(rows)
    this.#rows = new Int32Array(aligned.buffer)
    this.#peaks = new Int32Array(this.#width)
    this.#peakBytes = new Uint8Array(this.#peaks.buffer)
    for (const hash of hashes) this.#words.add(hash)
  }

  /** Reads what the units of a text come to into {@link negative} and {@link positive}. */
  read({ hashes, count }: Tokens, negated: Uint8Array): void {
    const peaks = this.#peaks
    const rows = this.#rows
    const width = this.#width
    peaks.fill(0)
    for (let token = 0; token < count; token++) {
      const first = this.#rowOf(markedHash(hashes[token] as number, negated[token] as number))
      if (first < 0) continue
      for (let four = 0; four < width; four++) {
        const b = rows[first + four] as number
        if (b === 0) continue
        const a = peaks[four] as number
        // The larger of each of four units at once: where a is not less than b, its high bit is left.
        const notLess = ((a | HIGH) - b) & HIGH
        peaks[four] = b ^ ((a ^ b) & (notLess - (notLess >>> 7)))
      }
    }
    this.negative = 0
    this.positive = 0
    for (let unit = 0; unit < 4 * width; unit++) {
      const peak = this.#peakBytes[unit] as number
      this.negative += peak * (this.#weights[2 * unit] as number)
      this.positive += peak * (this.#weights[2 * unit + 1] as number)
    }
  }

  /** Gives each token what the units add by it, towards positive less towards negative: those that it has most of. */
  share({ hashes, count }: Tokens, negated: Uint8Array, shares: Float64Array): void {
    const bytes = new Uint8Array(this.#rows.buffer)
    for (let unit = 0; unit < 4 * this.#width; unit++) {
      let most = 0
      let by = -1
      for (let token = 0; token < count; token++) {
        const first = this.#rowOf(markedHash(hashes[token] as number, negated[token] as number))
        const value = first < 0 ? 0 : (bytes[4 * first + unit] as number)
        if (value <= most) continue
        most = value
        by = token
      }
      if (by < 0) continue
      const weight = (this.#weights[2 * unit + 1] as number) - (this.#weights[2 * unit] as number)
      shares[by] = (shares[by] as number) + most * weight
    }
  }

  /** Where a word's units begin, or less than 0. */
  #rowOf(hash: number): number {
    return this.#words.find(hash) * this.#width
  }
}
