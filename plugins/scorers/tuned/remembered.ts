import { CROSSING } from './features.ts'
import { UNIT_CAPACITY } from './units.ts'

/** Words of a set share a place of the table: the one that was used longest ago makes room for a new one. */
const WAYS = 4

/** Numbers of a record: 64 bytes, so that one look into memory brings all of it. */
const RECORD = 16

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
/** The pooled units, or what runs across a space are made of. */
export const ROW = ODDS + 3
export const TAILS = ROW
export const HEADS = TAILS + CROSSING
/** When it was last looked for; 0 is never. */
const STAMP = RECORD - 1
/** The most numbers of four pooled units each. */
export const WIDEST_ROW = STAMP - ROW

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
 * The words of the latest text are never replaced, so that their places hold until the next: where a set is full of them,
 * a word gets a place beyond the table.
 */
export class Remembered {
  /** The records; the place of a word is where its record begins. */
  readonly numbers: Int32Array
  readonly #hashes: Int32Array
  readonly #mask: number
  readonly #words: number
  #stamp = 1
  #beyond = 0

  /** @param words how many: a power of two */
  constructor(words: number) {
    this.#words = words
    this.#mask = words / WAYS - 1
    this.#hashes = new Int32Array(words)
    this.numbers = new Int32Array((words + UNIT_CAPACITY) * RECORD)
  }

  /** To be called before each text. */
  begin(): void {
    this.#beyond = this.#words
    if (++this.#stamp < 0x7fffffff) return
    for (let at = STAMP; at < this.numbers.length; at += RECORD) this.numbers[at] = 0
    this.#stamp = 1
  }

  /** Where the record of a word begins, or -1. */
  find(hash: number): number {
    const hashes = this.#hashes
    let at = (hash & this.#mask) * WAYS
    if (hashes[at] !== hash && hashes[++at] !== hash && hashes[++at] !== hash && hashes[++at] !== hash)
      return -1
    const place = at * RECORD
    if (this.numbers[place + STAMP] === 0) return -1
    this.numbers[place + STAMP] = this.#stamp
    return place
  }

  /** A place for the record of a word that is not there. */
  place(hash: number): number {
    const { numbers } = this
    const first = (hash & this.#mask) * WAYS
    const stampOf = (at: number) => numbers[at * RECORD + STAMP] as number
    let oldest = first
    for (let at = first + 1; at < first + WAYS; at++) if (stampOf(at) < stampOf(oldest)) oldest = at
    if (stampOf(oldest) === this.#stamp) return this.#beyond++ * RECORD
    this.#hashes[oldest] = hash
    numbers[oldest * RECORD + STAMP] = this.#stamp
    return oldest * RECORD
  }

  setOdds(place: number, state: number, negative: number, positive: number): void {
    this.numbers[place + ODDS + state] = (inSteps(negative) & 0xffff) | (inSteps(positive) << 16)
  }
}

const inSteps = (odds: number) => Math.max(-MOST, Math.min(MOST, Math.round(odds / STEPS)))

/** Log odds that were remembered, towards negative and positive, in steps: they add up as whole numbers. */
export const negativeOf = (odds: number): number => (odds << 16) >> 16
export const positiveOf = (odds: number): number => odds >> 16

/** Log odds of so many steps. */
export const ofSteps = (steps: number): number => steps * STEPS
