import { PUNCTUATION_MARKS } from './punctuation.ts'

/** What a code point is to the tokenizer; several may hold at once. */
export const SPACE = 1
export const PUNCTUATION = 2
/** A capital, as Python's `str.isupper` has it. */
export const CAPITAL = 4
/** A small or titlecase letter: a word with one is not in capitals. */
export const SMALL = 8
const HIGH_SURROGATE = 16
export const EMOJI = 32
/** Not looked at yet. */
const UNSEEN = 64

/** What has to be looked at more closely. */
export const RARE = HIGH_SURROGATE | EMOJI | UNSEEN
/** What characters of words are not. */
export const NOT_PLAIN = SPACE | PUNCTUATION | RARE

export const EXCLAMATION_MARK = 33
export const APOSTROPHE = 39
export const QUESTION_MARK = 63

/** The bit that tells a small letter of ASCII from a capital one. */
const CASE = 32
export const isN = (unit: number): boolean => (unit | CASE) === 110
export const isT = (unit: number): boolean => (unit | CASE) === 116

/** White space as Python's `str.split` has it: U+001C to U+001F are such, U+FEFF is not. */
const SPACES = '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000'
const isSpace = (character: string) => SPACES.includes(character) || /[\u2000-\u200a]/.test(character)

const CAPITALS = /\p{Uppercase}/u
const SMALLS = /[\p{Lowercase}\p{Lt}]/u

/** The bits of the small letter in {@link Characters.folded}: above the eight bits of kinds. */
export const ABOVE_KINDS = 8
const fold = (small: number, kind: number) => (small << ABOVE_KINDS) | kind

/** The planes that have letters with case, white space or emoji: the first two. */
const CODE_POINTS = 0x20000

/**
 * Tells kinds of code points and small letters by table. A code point is looked up in Unicode when it is first seen,
 * since to do so for all of them would take longer than to start a worker.
 */
export class Characters {
  /** By code point, of the first two planes; what was not seen yet is not plain. */
  readonly kinds = new Uint8Array(CODE_POINTS).fill(UNSEEN)
  /** By UTF-16 unit: the small letter, if that is one unit, otherwise the unit itself. Holds for what was seen. */
  readonly small = Uint16Array.from({ length: 0x10000 }, (_, unit) => unit)

  /** By UTF-16 unit both, the kind below the small letter: one look tells what most characters need. */
  readonly folded: Uint32Array

  constructor(emoji: Iterable<number>) {
    this.kinds.fill(HIGH_SURROGATE, 0xd800, 0xdc00)
    for (const codePoint of emoji) this.kinds[codePoint] = EMOJI
    this.folded = Uint32Array.from(this.small, (small, unit) => fold(small, this.kinds[unit] as number))
  }

  /** The kind of any code point, seen or not. */
  kind(codePoint: number): number {
    const kind = codePoint < CODE_POINTS ? (this.kinds[codePoint] as number) : 0
    return kind & UNSEEN ? this.#look(codePoint) : kind
  }

  #look(codePoint: number): number {
    const character = String.fromCodePoint(codePoint)
    const kind =
      (isSpace(character) ? SPACE : 0) |
      (PUNCTUATION_MARKS.includes(character) ? PUNCTUATION : 0) |
      (CAPITALS.test(character) ? CAPITAL : 0) |
      (SMALLS.test(character) ? SMALL : 0)
    this.kinds[codePoint] = kind
    const small = character.toLowerCase()
    if (character.length === 1 && small.length === 1) this.small[codePoint] = small.charCodeAt(0)
    if (character.length === 1) this.folded[codePoint] = fold(this.small[codePoint] as number, kind)
    return kind
  }
}
