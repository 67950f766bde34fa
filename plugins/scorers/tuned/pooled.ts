import { Dictionary } from './dictionary.ts'
import { REVERSED, SPENT } from './flags.ts'
import type { Units } from './units.ts'
import { ROW, WIDEST_ROW } from './word-cache.ts'

/** The pooled part of a model, as in its file. */
export interface PooledParts {
  /** The number of units of a word: a multiple of 8. */
  readonly units: number
  /** Two for each unit: the contribution of one step to the log odds of negative and of positive. */
  readonly weights: readonly number[]
  /** Hashes of the known words, in the form of tokens. */
  readonly hashes: Int32Array
  /** For each word its units, from 0 to {@link MOST}. */
  readonly rows: Uint8Array
}

/** The maximum of a unit: seven bits, so that four can be compared at once. */
export const MOST = 127

/** The maximum of units of a word, four in each number of a record. */
const UNITS = 4 * WIDEST_ROW

/** The bits above those of four units in one number. */
const HIGH = 0x80808080 | 0

/** The larger of each of four units at once. The high bit stays set if that of `a` is not less. */
function larger(a: number, b: number): number {
  const notLess = ((a | HIGH) - b) & HIGH
  return b ^ ((a ^ b) & (notLess - (notLess >>> 7)))
}

/**
 * The part of a model that is not linear: each word has a few units, and each unit of a text is the maximum over its
 * words. One decisive word then counts in full, however many other words there are, and a second similar one adds
 * nothing. Similar words were given similar units by their vectors.
 *
 * Units are in groups of four. The next group has the same units for the opposite mood: in the scope of a negation
 * the two groups are swapped.
 *
 * This is a convolution of width 1 with max-pooling over time (Kim, "Convolutional Neural Networks for Sentence
 * Classification", EMNLP 2014), precomputed for each word.
 */
export class Pooled {
  readonly #width: number
  readonly #words = new Dictionary()
  readonly #rows: Int32Array
  readonly #weights = new Float64Array(2 * UNITS)
  readonly #peaks = new Int32Array(WIDEST_ROW)
  readonly #peakBytes = new Uint8Array(this.#peaks.buffer)

  /** Uncalibrated log odds of the latest text's units, against neutral. */
  negative = 0
  positive = 0

  constructor({ units, weights, hashes, rows }: PooledParts) {
    this.#width = units / 4
    this.#weights.set(weights)
    this.#rows = new Int32Array(new Uint8Array(rows).buffer)
    for (const hash of hashes) this.#words.add(hash)
  }

  /** Writes the units of a word into its cached record; 0 for units that the model does not have. */
  write(hash: number, into: Int32Array, place: number): void {
    const width = this.#width
    const word = this.#words.find(hash)
    for (let four = 0; four < WIDEST_ROW; four++)
      into[place + four] = word < 0 || four >= width ? 0 : (this.#rows[word * width + four] as number)
  }

  /** Computes {@link negative} and {@link positive} from the units of a text. */
  read({ places, states, count }: Units, numbers: Int32Array): void {
    // One local variable for each group of four: array elements would be loaded and stored for each word.
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let unit = 0; unit < count; unit++) {
      const state = states[unit] as number
      if (state === SPENT) continue
      const swap = state === REVERSED ? 1 : 0
      const even = (places[unit] as number) + ROW + swap
      const odd = even + 1 - 2 * swap
      a = larger(a, numbers[even] as number)
      b = larger(b, numbers[odd] as number)
      c = larger(c, numbers[even + 2] as number)
      d = larger(d, numbers[odd + 2] as number)
    }
    const peaks = this.#peaks
    peaks[0] = a
    peaks[1] = b
    peaks[2] = c
    peaks[3] = d
    let negative = 0
    let positive = 0
    const weights = this.#weights
    const bytes = this.#peakBytes
    for (let unit = 0; unit < UNITS; unit++) {
      const peak = bytes[unit] as number
      negative += peak * (weights[2 * unit] as number)
      positive += peak * (weights[2 * unit + 1] as number)
    }
    this.negative = negative
    this.positive = positive
  }

  /**
   * Adds to each unit of the text its contribution through the pooled units, towards positive minus towards negative.
   */
  share({ places, states, count }: Units, numbers: Int32Array, shares: Float64Array): void {
    const bytes = new Uint8Array(numbers.buffer)
    for (let unit = 0; unit < UNITS; unit++) {
      let most = 0
      let by = -1
      for (let at = 0; at < count; at++) {
        if (states[at] === SPENT) continue
        const of = states[at] === REVERSED ? unit ^ 4 : unit
        const value = bytes[4 * ((places[at] as number) + ROW) + of] as number
        if (value <= most) continue
        most = value
        by = at
      }
      if (by < 0) continue
      const weight = (this.#weights[2 * unit + 1] as number) - (this.#weights[2 * unit] as number)
      shares[by] = (shares[by] as number) + most * weight
    }
  }
}
