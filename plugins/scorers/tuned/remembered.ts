import { CROSSING } from './features.ts'
import { UNIT_CAPACITY } from './units.ts'

/** A word is in the slot of its hash or in one after it, of this number of slots. */
const WAYS = 4

/** Numbers of a record of one word alone: 32 bytes, so that one look into memory brings all of it. The longest has 48. */
const SHORT_RECORD = 8

/** How many words there is room for to begin with, and how much more each time that it grows. */
const FIRST_WORDS = 2 ** 12
const GROWTH = 4

/** When so large a part of the table has had to make room, it grows. */
const CROWDED = 1 / 4

/** Where the numbers of a word are in its record: bits of flags.ts, and above them those below. */
export const FLAGS = 0
/** What pairs know it by. */
export const PAIR_KEY = 1
/** Two valences, a byte each; of a word that is cut in two, where. */
export const VALENCES = 2
/** Log odds as the word is, reversed, and as a spent negator: those towards negative in the lower half of a number. */
export const ODDS = 3
/** Of a word that is cut, the hashes of its parts. */
export const PARTS = ODDS
/** The hash of the word. */
const HASH = ODDS + 3
/** When it was last looked for; 0 is never. */
const STAMP = HASH + 1
/** The pooled units, or what runs across a space are made of, where the model has either. */
export const ROW = SHORT_RECORD
export const TAILS = ROW
export const HEADS = TAILS + CROSSING
/** How many numbers a record has for them: four pooled units in each. */
export const WIDEST_ROW = 4

/** In the number of flags: the word is cut in two; a word list has it. */
export const IS_CUT = 1 << 30
export const IS_LISTED = 1 << 29

/** How finely log odds are remembered, and the most that there are. */
const STEPS = 1 / 512
const MOST = 32_767

/**
 * What words add to a text, worked out once and kept: most words of a stream have been seen before. The memory is
 * bounded; a word that is not kept is worked out again.
 *
 * The table is small to begin with, as few posts have few words, and grows when words have to make room for others.
 *
 * The words of the latest text are never replaced, so that their places hold until the next: where all the places that a
 * word may have are of that text, it gets one beyond the table. Else the one that was used longest ago makes room.
 */
export class Remembered {
  /** The records; the place of a word is where its record begins. Another array once it has grown, between two texts. */
  numbers = new Int32Array(0)
  readonly #most: number
  /** How many numbers a record has. */
  readonly #record: number
  #words = 0
  #mask = 0
  #end = 0
  /** How many words had to make room for others. */
  #replaced = 0
  #stamp = 1
  #beyond = 0

  /**
   * @param words how many at most: a power of two
   * @param row how many numbers each has beside what the word adds alone
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

  /** To be called before each text. */
  begin(): void {
    if (this.#replaced > this.#words * CROWDED && this.#words < this.#most) this.#grow()
    this.#beyond = this.#end
    if (++this.#stamp < 0x7fffffff) return
    for (let at = STAMP; at < this.numbers.length; at += this.#record) this.numbers[at] = 0
    this.#stamp = 1
  }

  /** Where the record of a word begins, or -1. */
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

  /** A place for the record of a word that is not there. */
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

/** Log odds that were remembered, towards negative and positive, in steps: they add up as whole numbers. */
export const negativeOf = (odds: number): number => (odds << 16) >> 16
export const positiveOf = (odds: number): number => odds >> 16

/** The log odds of a number of steps. */
export const ofSteps = (steps: number): number => steps * STEPS
