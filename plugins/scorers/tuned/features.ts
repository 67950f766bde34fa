import { SEED, spread, step } from './hash.ts'
import { LONGEST_WORD } from './tokens.ts'

/**
 * The features of a model. They are stored in its file, since weights depend on them. An `undefined` part is not
 * used; `scale` is its relative weight.
 */
export interface FeatureSettings {
  /** How many features of words have weights in a model: a multiple of `BUCKET` in weights.ts. */
  readonly slots: number
  /**
   * The same for features of two words. They are looked up for every text, and stay in the processor's cache in a
   * small separate table. If it is undefined, they share the table of words.
   */
  readonly between?: number | undefined
  /** Words, and as separate features words that a negation reverses and spent negators. */
  readonly words: { readonly scale: number }
  /** Pairs of a word and one of the next `reach`, by this number of first characters; 0 means whole words. */
  readonly pairs: { readonly scale: number; readonly reach: number; readonly beginning: number }
  /** Runs of characters within a word, including its edges. */
  readonly characters: { readonly scale: number; readonly shortest: number; readonly longest: number }
  /** Runs of the letters of Hangul syllables within a word, and of syllables across the space after it. */
  readonly letters?:
    | { readonly scale: number; readonly shortest: number; readonly longest: number }
    | undefined
  /** The factor of a word's weights if a negation reverses it. */
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

/** How many characters on either side of a space are read across it, as if it were not there. */
export const CROSSING = 2

export const wordFeature = (token: number): number => spread(step(token, WORDS))
export const reversedFeature = (token: number): number => spread(step(step(token, WORDS), REVERSED_WORD))
export const spentFeature = (token: number): number => spread(step(step(token, WORDS), SPENT_WORD))

/** The key of a word in pairs: its hash, or that of its beginning. */
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

/** Computes the features of one word: its characters and letters. One instance is reused for all words. */
export class WordFeatures {
  /** Hashes of runs of characters, then of letters. */
  readonly characters = new Int32Array(LONGEST_WORD * 8)
  characterCount = 0
  readonly letters = new Int32Array(LONGEST_WORD * 12)
  letterCount = 0
  /** The first characters, and hashes of the last 1, 2, …, from which runs across a space are made; 0 for none. */
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

const FIRST_SYLLABLE = 0xac00
const LAST_SYLLABLE = 0xd7a3
const MEDIALS = 21
const FINALS = 28

/** Single letters (ㅋ, ㅠ), in the order in which Unicode composes syllables of them. */
const INITIAL = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'
const MEDIAL = 'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ'
const FINAL = ' ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ'

const codesOf = (letters: string) => Uint16Array.from(letters, letter => letter.charCodeAt(0))
const initials = codesOf(INITIAL)
const medials = codesOf(MEDIAL)
const finals = codesOf(FINAL)

/**
 * Writes the letters of a syllable into `into` from `at` on, and returns the index after them. Other characters are
 * written unchanged. Single letters and letters within syllables are written alike, so that "쩐다ㅠ" and "쩐다유" share
 * features.
 *
 * Source: the Unicode Standard, 3.12 "Conjoining Jamo Behavior".
 */
function jamoOf(code: number, into: Uint16Array, at: number): number {
  if (code < FIRST_SYLLABLE || code > LAST_SYLLABLE) {
    into[at] = code
    return at + 1
  }
  const index = code - FIRST_SYLLABLE
  const final = index % FINALS
  into[at] = initials[Math.floor(index / (MEDIALS * FINALS))] as number
  into[at + 1] = medials[Math.floor(index / FINALS) % MEDIALS] as number
  if (final === 0) return at + 2
  into[at + 2] = finals[final] as number
  return at + 3
}
