import { CROSSING } from './features.ts'
import { UNIT_CAPACITY } from './units.ts'

/** The number of slots, from that of its hash on, that a word may occupy. */
const WAYS = 4

/**
 * Numbers in a record without pooled units: 32 bytes, so that one memory access loads all of it. The longest has 48.
 */
const SHORT_RECORD = 8

/** The initial number of words, and the factor of growth. */
const FIRST_WORDS = 2 ** 12
const GROWTH = 4

/** The table grows when this part of its words was replaced. */
const CROWDED = 1 / 4

/** Offsets in the record of a word. Flags: bits of flags.ts, and above them those below. */
export const FLAGS = 0
/** Its key in pairs. */
export const PAIR_KEY = 1
/** Two valences, a byte each; for a split word, where it is split. */
export const VALENCES = 2
/**
 * Log odds of the plain word, the reversed one, and the spent negator; those towards negative in the lower half of a
 * number.
 */
export const ODDS = 3
/** For a split word, the hashes of its parts. */
export const PARTS = ODDS
/** The hash of the word. */
const HASH = ODDS + 3
/** When it was last used; 0 is never. */
const STAMP = HASH + 1
/** The pooled units, or the parts of runs across a space, if the model has either. */
export const ROW = SHORT_RECORD
export const TAILS = ROW
export const HEADS = TAILS + CROSSING
/** How many numbers of a record are for them: four pooled units in each. */
export const WIDEST_ROW = 4

/** In the number of flags: the word is split; a word list has it. */
export const IS_CUT = 1 << 30
export const IS_LISTED = 1 << 29

/** The resolution of cached log odds, and their maximum. */
const STEPS = 1 / 512
const MOST = 32_767

/**
 * Caches the contributions of words: most words of a stream have been seen before. The memory is bounded; a word that
 * is not cached is computed again.
 *
 * The table is small at first, as few posts have few words, and grows when words replace others.
 *
 * Words of the latest text are never replaced, so that their places are valid until the next text. If all possible
 * places of a word are used by that text, it gets a place beyond the table. Otherwise it replaces the least recently
 * used one.
 */
export class Remembered {
  /**
   * The records. The place of a word is the start of its record. Replaced by a larger array when it grows, between
   * two texts.
   */
  numbers = new Int32Array(0)
  readonly #most: number
  /** How many numbers a record has. */
  readonly #record: number
  #words = 0
  #mask = 0
  #end = 0
  /** How many words were replaced. */
  #replaced = 0
  #stamp = 1
  #beyond = 0

  /**
   * @param words the maximum number: a power of two
   * @param row how many further numbers each record has
   */
  constructor(words: number, row: number) {
    this.#most = words
    this.#record = SHORT_RECORD + row
    this.#allocate(Math.min(FIRST_WORDS, words))
  }

  #allocate(words: number): void {
    this.#words = words
    this.#mask = words - 1
    this.#end = (words + WAYS) * this.#record
    this.numbers = new Int32Array(this.#end + UNIT_CAPACITY * this.#record)
    this.#replaced = 0
  }

  #grow(): void {
    const { numbers } = this
    const record = this.#record
    const end = this.#end
    this.#allocate(Math.min(this.#most, this.#words * GROWTH))
    for (let from = 0; from < end; from += record)
      if (numbers[from + STAMP] !== 0)
        this.numbers.set(numbers.subarray(from, from + record), this.place(numbers[from + HASH] as number))
  }

  /** Call it before each text. */
  begin(): void {
    if (this.#replaced > this.#words * CROWDED && this.#words < this.#most) this.#grow()
    this.#beyond = this.#end
    if (++this.#stamp < 0x7fffffff) return
    for (let at = STAMP; at < this.numbers.length; at += this.#record) this.numbers[at] = 0
    this.#stamp = 1
  }

  /** The place of a word's record, or -1. */
  find(hash: number): number {
    const { numbers } = this
    const record = this.#record
    let place = (hash & this.#mask) * record
    // Most words are at the first place.
    if (numbers[place + HASH] !== hash) {
      const end = place + WAYS * record
      do place += record
      while (place < end && numbers[place + HASH] !== hash)
      if (place === end) return -1
    }
    if (numbers[place + STAMP] === 0) return -1
    numbers[place + STAMP] = this.#stamp
    return place
  }

  /** A place for the record of a new word. */
  place(hash: number): number {
    const { numbers } = this
    const record = this.#record
    const first = (hash & this.#mask) * record
    let oldest = first
    for (let place = first + record; place < first + WAYS * record; place += record)
      if ((numbers[place + STAMP] as number) < (numbers[oldest + STAMP] as number)) oldest = place
    if (numbers[oldest + STAMP] === this.#stamp) {
      this.#beyond += record
      return this.#beyond - record
    }
    if (numbers[oldest + STAMP] !== 0) this.#replaced++
    numbers[oldest + HASH] = hash
    numbers[oldest + STAMP] = this.#stamp
    return oldest
  }

  setOdds(place: number, state: number, negative: number, positive: number): void {
    this.numbers[place + ODDS + state] = (inSteps(negative) & 0xffff) | (inSteps(positive) << 16)
  }
}

const inSteps = (odds: number) => Math.max(-MOST, Math.min(MOST, Math.round(odds / STEPS)))

/** Cached log odds towards negative and positive, in steps: they add up as integers. */
export const negativeOf = (odds: number): number => (odds << 16) >> 16
export const positiveOf = (odds: number): number => odds >> 16

/** The log odds of a number of steps. */
export const ofSteps = (steps: number): number => steps * STEPS
