/** Letters, marks, digits and the underscore: what words are made of. */
const WORD = /^[\p{L}\p{M}\p{N}_]/u

/** Scripts that attach particles to words or write no spaces at all: a word in them has no edge to look for. */
const UNSPACED =
  /^[\p{scx=Hangul}\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u

const ASCII = Uint8Array.from({ length: 128 }, (_, unit) => Number(WORD.test(String.fromCharCode(unit))))

function isSpacedWord(codePoint: number): boolean {
  if (codePoint < 128) return ASCII[codePoint] === 1
  const character = String.fromCodePoint(codePoint)
  return WORD.test(character) && !UNSPACED.test(character)
}

/** The code point that ends before `index`, which is at least 1. */
function codePointBefore(text: string, index: number): number {
  const unit = text.charCodeAt(index - 1)
  const isPair = unit >= 0xdc00 && unit <= 0xdfff && index >= 2
  const pair = isPair ? (text.codePointAt(index - 2) as number) : 0
  return pair > 0xffff ? pair : unit
}

/**
 * Whether something that starts or ends at `index` is not torn out of a word there: at least one of the two characters
 * that meet is no part of a word in a script that has spaces. True at both ends of the text.
 */
export function isWordBoundary(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return true
  return !isSpacedWord(codePointBefore(text, index)) || !isSpacedWord(text.codePointAt(index) as number)
}
