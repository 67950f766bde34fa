import { SPENT } from './flags.ts'
import { UNIT_CAPACITY } from './units.ts'

/** The number of slots, from that of its hash on, that a word may occupy. */
const WAYS = 4

/** The initial number of words, and the factor of growth. */
const FIRST_WORDS = 2 ** 12
const GROWTH = 4

/** The table grows when this part of its words was replaced. */
const CROWDED = 1 / 4

/**
 * Offsets in the record of a word. At `FLAGS`: the bits of flags.ts, with `IS_CUT` and `IS_LISTED` in higher bits.
 */
export const FLAGS = 0
/** What it is known by in pairs. */
export const KEY = 1
/** Log odds of the plain word and of the reversed one; those towards negative in the lower half of a number. */
export const ODDS = 2
/** For a split word, the hashes of its parts, and their checks. */
export const PARTS = ODDS
export const PART_CHECKS = PARTS + 2
/** The pooled units, or the parts of runs across a space, if the model has either. */
export const ROW = 4
/** How many numbers of a record are for them: four pooled units in each. */
export const WIDEST_ROW = 4

/** A record has 8 numbers, so that the place of a word is its number times 8. */
const RECORD_BITS = 3
const RECORD = 2 ** RECORD_BITS

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
 * A word is known by two hashes of 32 bits: with one, a few of a hundred thousand would have the contributions of
 * others.
 *
 * Most of a score's time is waiting for memory. So the hashes of words are apart from their records, in a table that
 * stays in the processor's cache, a record has only what every text needs of a word, and looking up a word writes
 * nothing.
 *
 * The table is small at first, as few posts have few words, and grows when words replace others.
 *
 * A new word replaces the least recently used one of its possible places, but no word of the same text, so that places
 * are valid until the next text: {@link use} says which those are. If all possible places of a word are used by its
 * text, it gets a place beyond the table. Only texts with a new word need to say which words they use, which is enough
 * to know the rarely used ones.
 */
export class WordCache {
  /**
   * The records. The place of a word is the start of its record. Replaced by a larger array when it grows, between
   * two texts.
   */
  numbers = new Int32Array(0)
  /** Of each word its hash and its check. */
  #hashes = new Int32Array(0)
  /** What few texts need of a word. */
  #valences = new Uint16Array(0)
  #spent = new Int32Array(0)
  /** When a word was last used; 0 is never. */
  #stamps = new Int32Array(0)
  readonly #most: number
  #words = 0
  #mask = 0
  /** How many words were replaced. */
  #replaced = 0
  #stamp = 1
  /** The next record beyond the table. */
  #beyond = 0

  /** @param words the maximum number: a power of two */
  constructor(words: number) {
    this.#most = words
    this.#allocate(Math.min(FIRST_WORDS, words))
  }

  #allocate(words: number): void {
    this.#words = words
    this.#mask = words - 1
    this.#replaced = 0
    this.#beyond = words + WAYS
    const records = words + WAYS + UNIT_CAPACITY
    this.numbers = new Int32Array(records * RECORD)
    // A free record has a hash that is looked up elsewhere.
    this.#hashes = Int32Array.from({ length: 2 * (words + WAYS) }, (_, at) => (at >> 1) + 1)
    this.#valences = new Uint16Array(records)
    this.#spent = new Int32Array(records)
    this.#stamps = new Int32Array(records)
  }

  #grow(): void {
    const { numbers } = this
    const [hashes, valences, spent, stamps] = [this.#hashes, this.#valences, this.#spent, this.#stamps]
    this.#allocate(Math.min(this.#most, this.#words * GROWTH))
    for (let index = 0; 2 * index < hashes.length; index++) {
      if (stamps[index] === 0) continue
      const place = this.place(hashes[2 * index] as number, hashes[2 * index + 1] as number)
      const from = index << RECORD_BITS
      this.numbers.set(numbers.subarray(from, from + RECORD), place)
      this.#valences[place >> RECORD_BITS] = valences[index] as number
      this.#spent[place >> RECORD_BITS] = spent[index] as number
    }
  }

  /** Call it before each text. */
  begin(): void {
    if (this.#replaced > this.#words * CROWDED && this.#words < this.#most) this.#grow()
    this.#beyond = this.#words + WAYS
    if (++this.#stamp < 0x7fffffff) return
    this.#stamps = this.#stamps.map(stamp => Math.min(1, stamp))
    this.#stamp = 2
  }

  /** The place of a word's record, or -1. */
  find(hash: number, check: number): number {
    const hashes = this.#hashes
    const first = (hash & this.#mask) << 1
    // Most words are at the first place.
    if (hashes[first] === hash && hashes[first + 1] === check) return first << (RECORD_BITS - 1)
    for (let at = first + 2; at < first + 2 * WAYS; at += 2)
      if (hashes[at] === hash && hashes[at + 1] === check) return at << (RECORD_BITS - 1)
    return -1
  }

  /** The word at this place is of the latest text, and is not to be replaced before the next one. */
  use(place: number): void {
    this.#stamps[place >> RECORD_BITS] = this.#stamp
  }

  /** A place for the record of a new word. Call {@link use} before, for the other words of the text. */
  place(hash: number, check: number): number {
    const stamps = this.#stamps
    const first = hash & this.#mask
    let oldest = first
    for (let index = first + 1; index < first + WAYS; index++)
      if ((stamps[index] as number) < (stamps[oldest] as number)) oldest = index
    const last = stamps[oldest] as number
    if (last === this.#stamp) return this.#beyond++ << RECORD_BITS
    if (last !== 0) this.#replaced++
    this.#hashes[2 * oldest] = hash
    this.#hashes[2 * oldest + 1] = check
    stamps[oldest] = this.#stamp
    return oldest << RECORD_BITS
  }

  /** Two valences, a byte each; for a split word, where it is split. */
  valences(place: number): number {
    return this.#valences[place >> RECORD_BITS] as number
  }

  setValences(place: number, valences: number): void {
    this.#valences[place >> RECORD_BITS] = valences
  }

  /** Both log odds of a unit in this state, in steps and packed: see {@link negativeOf} and {@link positiveOf}. */
  odds(place: number, state: number): number {
    return state === SPENT
      ? (this.#spent[place >> RECORD_BITS] as number)
      : (this.numbers[place + ODDS + state] as number)
  }

  setOdds(place: number, state: number, negative: number, positive: number): void {
    const odds = (inSteps(negative) & 0xffff) | (inSteps(positive) << 16)
    if (state === SPENT) this.#spent[place >> RECORD_BITS] = odds
    else this.numbers[place + ODDS + state] = odds
  }
}

const inSteps = (odds: number) => Math.max(-MOST, Math.min(MOST, Math.round(odds / STEPS)))

/** Cached log odds towards negative and positive, in steps: they add up as integers. */
export const negativeOf = (odds: number): number => (odds << 16) >> 16
export const positiveOf = (odds: number): number => odds >> 16

/** The log odds of a number of steps. */
export const ofSteps = (steps: number): number => steps * STEPS
