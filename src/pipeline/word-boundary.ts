/** Letters, marks, digits and the underscore: what words are made of. The frame around a keycap (1️⃣) is no part of one. */
const WORD = /^[\p{L}\p{Mn}\p{Mc}\p{N}_]/u

/** Scripts that attach particles to words or write no spaces at all: a word in them has no end to look for. */
const UNSPACED =
  /^[\p{scx=Hangul}\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u

const ASCII = Uint8Array.from({ length: 128 }, (_, unit) => Number(WORD.test(String.fromCharCode(unit))))

/** Whether a character is part of a word in a script that has no spaces, or that may leave them out. */
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
 * Whether what ends at `index` is not torn out of a word there: at least one of the two characters that meet is no part
 * of a word in a script that has spaces. True at both ends of the text.
 */
export function isWordEnd(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return true
  return !isSpacedWord(codePointBefore(text, index)) || !isSpacedWord(text.codePointAt(index) as number)
}

/** The same for what starts at `index`. A Korean word has an edge there, as its particles follow it. */
export function isWordStart(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return true
  if (isHangulSyllable(text.charCodeAt(index)) && isHangulSyllable(text.charCodeAt(index - 1))) return false
  return isWordEnd(text, index)
}
