/** The kind of a code point for the tokenizer, as bits. */
export const SPACE = 1
export const PUNCTUATION = 2
/** An upper-case letter, as in Python's `str.isupper`. */
export const CAPITAL = 4
/** A lower-case or title-case letter: a word with one is not in capitals. */
export const SMALL = 8
const HIGH_SURROGATE = 16
export const EMOJI = 32
/** Not yet classified. */
const UNSEEN = 64

/** Needs further examination. */
export const RARE = HIGH_SURROGATE | EMOJI | UNSEEN
/** Kinds that do not occur in words. */
export const NOT_PLAIN = SPACE | PUNCTUATION | RARE

export const EXCLAMATION_MARK = 33
export const APOSTROPHE = 39
export const QUESTION_MARK = 63

/** The bit that distinguishes lower from upper case in ASCII. */
const CASE = 32
export const isN = (unit: number): boolean => (unit | CASE) === 110
export const isT = (unit: number): boolean => (unit | CASE) === 116

/** White space as in Python's `str.split`: it includes U+001C to U+001F, but not U+FEFF. */
const SPACES = '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000'
const isSpace = (character: string) => SPACES.includes(character) || /[\u2000-\u200a]/.test(character)

const CAPITALS = /\p{Uppercase}/u
const SMALLS = /[\p{Lowercase}\p{Lt}]/u

/** The bits of the lower-case letter in {@link Characters.folded}, above the eight bits of kinds. */
export const ABOVE_KINDS = 8
const fold = (small: number, kind: number) => (small << ABOVE_KINDS) | kind

/** The planes with cased letters, white space or emoji: the first two. */
const CODE_POINTS = 0x20000

/**
 * Tables of the kinds of code points and of lower-case letters. A code point is classified when it first occurs,
 * because classifying all of them would take longer than starting a worker.
 */
export class Characters {
  /** By code point of the first two planes; one that has not occurred yet is not plain. */
  readonly kinds = new Uint8Array(CODE_POINTS).fill(UNSEEN)
  /**
   * By UTF-16 unit: the lower-case letter if it is one unit, otherwise the unit itself. Valid for classified code
   * points.
   */
  readonly small = Uint16Array.from({ length: 0x10000 }, (_, unit) => unit)

  /** By UTF-16 unit: the lower-case letter above the kind, so that one lookup suffices for most characters. */
  readonly folded: Uint32Array

  constructor(emoji: Iterable<number>) {
    this.kinds.fill(HIGH_SURROGATE, 0xd800, 0xdc00)
    for (const codePoint of emoji) this.kinds[codePoint] = EMOJI
    this.folded = Uint32Array.from(this.small, (small, unit) => fold(small, this.kinds[unit] as number))
  }

  /** The kind of any code point, classified or not. */
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

/** Python's `string.punctuation`, which is ASCII only. */
const PUNCTUATION_MARKS = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'

/** A text without the punctuation at its ends. */
export function withoutPunctuation(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && PUNCTUATION_MARKS.includes(text[start] as string)) start++
  while (end > start && PUNCTUATION_MARKS.includes(text[end - 1] as string)) end--
  return text.slice(start, end)
}
