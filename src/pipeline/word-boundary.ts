/**
 * Characters of words: letters, marks, digits and the underscore. The enclosing mark of a keycap (1️⃣) is not one.
 */
const WORD = /^[\p{L}\p{Mn}\p{Mc}\p{N}_]/u

/** Scripts that attach particles to words or use no spaces: the end of a word cannot be detected. */
const UNSPACED =
  /^[\p{scx=Hangul}\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u

const ASCII = Uint8Array.from({ length: 128 }, (_, unit) => Number(WORD.test(String.fromCharCode(unit))))

/** Whether a character is part of a word in a script without spaces, or with optional ones. */
export const hasNoSpaces = (character: string): boolean => WORD.test(character) && UNSPACED.test(character)

function isSpacedWord(codePoint: number): boolean {
  if (codePoint < 128) return ASCII[codePoint] === 1
  const character = String.fromCodePoint(codePoint)
  return WORD.test(character) && !UNSPACED.test(character)
}

const isHangulSyllable = (unit: number) => unit >= 0xac00 && unit <= 0xd7a3

/** The code point that ends before `index`, which is at least 1. */
function codePointBefore(text: string, index: number): number {
  const unit = text.charCodeAt(index - 1)
  const isPair = unit >= 0xdc00 && unit <= 0xdfff && index >= 2
  const pair = isPair ? (text.codePointAt(index - 2) as number) : 0
  return pair > 0xffff ? pair : unit
}

/**
 * Whether a match that ends at `index` ends there at the end of a word: at least one of the two adjacent characters
 * is not part of a word in a script with spaces. True at both ends of the text.
 */
export function isWordEnd(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return true
  return !isSpacedWord(codePointBefore(text, index)) || !isSpacedWord(text.codePointAt(index) as number)
}

/** The same for the start of a match. A Korean word must begin there, as particles only follow it. */
export function isWordStart(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return true
  if (isHangulSyllable(text.charCodeAt(index)) && isHangulSyllable(text.charCodeAt(index - 1))) return false
  return isWordEnd(text, index)
}
