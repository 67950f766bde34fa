import { SEED, spread, step } from './hash.ts'
import { jamoOf } from './jamo.ts'
import { LONGEST_WORD } from './tokens.ts'

/**
 * Which features a model reads. They are part of its file: features and weights belong together. A part that is
 * `undefined` is not read; `scale` is how much one counts against the others.
 */
export interface FeatureSettings {
  /** How many features of words a model keeps weights of: a multiple of `BUCKET` of weights.ts. */
  readonly slots: number
  /**
   * How many features of two words, likewise. They are looked up for every text, so in few slots of their own they stay in
   * the processor's cache. Where it is undefined, they share the slots of words.
   */
  readonly between?: number | undefined
  /** Words as they are, and again where a negation reverses them or where they are a spent negator. */
  readonly words: { readonly scale: number }
  /** Pairs of a word and one of the next `reach`, by this number of first characters; 0 is by the whole words. */
  readonly pairs: { readonly scale: number; readonly reach: number; readonly beginning: number }
  /** Runs of characters within a word, whose edges are characters too. */
  readonly characters: { readonly scale: number; readonly shortest: number; readonly longest: number }
  /** Runs of the letters that Hangul syllables are made of, within a word; and syllables across the space after it. */
  readonly letters?:
    | { readonly scale: number; readonly shortest: number; readonly longest: number }
    | undefined
  /** What is left of a word's weights where a negation reverses them. */
  readonly reversal: number
}

/** Part of the hash: the same characters in another part are another feature. */
const WORDS = 0x5bd1e995
const PAIRS = 0x3c6ef372
const CHARACTERS = 0x1b873593
const LETTERS = 0x27d4eb2f
const ACROSS = 0x165667b1
const REVERSED_WORD = 0x38495ab5
const SPENT_WORD = 0x7fcaf1d3
const NEXT = 0x0b5297a4
const LATER = 0x51ed270b

const SPACE = 0x20

/** This number of characters on either side of a space are read across it, as if it were not there. */
export const CROSSING = 2

export const wordFeature = (token: number): number => spread(step(token, WORDS))
export const reversedFeature = (token: number): number => spread(step(step(token, WORDS), REVERSED_WORD))
export const spentFeature = (token: number): number => spread(step(step(token, WORDS), SPENT_WORD))

/** What pairs know a word by: its hash, or that of its beginning. */
export function pairKeyOf(token: number, codes: Uint16Array, size: number, beginning: number): number {
  if (beginning === 0) return step(token, PAIRS)
  let hash = SEED ^ PAIRS
  const end = Math.min(size, beginning)
  for (let at = 0; at < end; at++) hash = step(hash, codes[at] as number)
  return hash
}

export const pairFeature = (first: number, second: number, distance: number): number =>
  spread(step(step(first, distance === 1 ? NEXT : LATER), second))

/** A run of characters across a space: the hash of those before it, and one or two after it. */
export const acrossFeature = (tail: number, first: number, second: number): number =>
  spread(second === 0 ? step(tail, first) : step(step(tail, first), second))

/** Reads what one word is made of: its characters and letters. One instance is used for word after word. */
export class WordFeatures {
  /** Hashes of runs of characters, then of letters. */
  readonly characters = new Int32Array(LONGEST_WORD * 8)
  characterCount = 0
  readonly letters = new Int32Array(LONGEST_WORD * 12)
  letterCount = 0
  /** The first characters, and hashes of the last 1, 2, …: what runs across a space are made of; 0 is none. */
  readonly heads = new Uint16Array(CROSSING)
  readonly tails = new Int32Array(CROSSING)
  readonly #settings: FeatureSettings
  readonly #edged = new Uint16Array(LONGEST_WORD + 2)
  readonly #spelled = new Uint16Array(3 * LONGEST_WORD)

  constructor(settings: FeatureSettings) {
    this.#settings = settings
  }

  read(codes: Uint16Array, size: number): void {
    const { characters, letters } = this.#settings
    this.#readCharacters(codes, size, characters.shortest, characters.longest)
    this.letterCount = 0
    if (letters === undefined) return
    this.#readLetters(codes, size, letters.shortest, letters.longest)
    this.#readEnds(codes, size)
  }

  #readCharacters(codes: Uint16Array, size: number, shortest: number, longest: number): void {
    const edged = this.#edged
    edged[0] = SPACE
    for (let at = 0; at < size; at++) edged[at + 1] = codes[at] as number
    edged[size + 1] = SPACE
    const length = size + 2
    let count = 0
    for (let from = 0; from < length; from++) {
      const end = Math.min(length, from + longest)
      let hash = SEED ^ CHARACTERS
      for (let at = from; at < end; at++) {
        hash = step(hash, edged[at] as number)
        if (at - from + 1 >= shortest) this.characters[count++] = spread(hash)
      }
    }
    this.characterCount = count
  }

  #readLetters(codes: Uint16Array, size: number, shortest: number, longest: number): void {
    const spelled = this.#spelled
    let length = 0
    for (let at = 0; at < size; at++) length = jamoOf(codes[at] as number, spelled, length)
    let count = 0
    for (let from = 0; from < length; from++) {
      const end = Math.min(length, from + longest)
      let hash = SEED ^ LETTERS
      for (let at = from; at < end; at++) {
        hash = step(hash, spelled[at] as number)
        if (at - from + 1 >= shortest) this.letters[count++] = spread(hash)
      }
    }
    this.letterCount = count
  }

  #readEnds(codes: Uint16Array, size: number): void {
    for (let at = 0; at < CROSSING; at++) this.heads[at] = at < size ? (codes[at] as number) : 0
    for (let taken = 1; taken <= CROSSING; taken++) {
      let hash = SEED ^ ACROSS
      for (let at = size - taken; at >= 0 && at < size; at++) hash = step(hash, codes[at] as number)
      this.tails[taken - 1] = taken <= size ? hash : 0
    }
  }
}
