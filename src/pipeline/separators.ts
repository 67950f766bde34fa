const SPACE = 0x20
const HYPHEN = 0x2d
const UNDERSCORE = 0x5f

/**
 * The characters that separate the words of a phrase: ASCII white space, hyphen and underscore, then dashes and the
 * minus sign.
 */
export const SEPARATORS: readonly number[] = [
  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x2d, 0x5f, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212,
]

export function isSeparator(unit: number): boolean {
  return unit < 0x80 ? unit === HYPHEN || unit === UNDERSCORE || isSpace(unit) : isDash(unit)
}

const isDash = (unit: number) => (unit >= 0x2010 && unit <= 0x2015) || unit === 0x2212

const isSpace = (unit: number) => unit === SPACE || (unit >= 0x09 && unit <= 0x0d)

const isHyphen = (unit: number) => unit === HYPHEN || unit === 0x2010 || unit === 0x2011

/** The keyword as the automaton searches for it: any run of separators matches any other. */
export function withRunsAsSpaces(keyword: string): string {
  let pattern = ''
  for (let i = 0; i < keyword.length; i++) {
    if (!isSeparator(keyword.charCodeAt(i))) pattern += keyword[i]
    else if (i === 0 || !isSeparator(keyword.charCodeAt(i - 1))) pattern += ' '
  }
  return pattern
}

/**
 * The start of an occurrence of a keyword that ends at an index, by the pattern of {@link withRunsAsSpaces}; -1 if
 * the separators of the text do not match the keyword's. A space in the keyword matches any white space, or one hyphen
 * or underscore: `galaxy s26` is in `Galaxy-S26`. Other separators match only themselves, except that all dashes are
 * equal.
 *
 * @param keyword folded, with white space as single spaces
 */
export function startOf(keyword: string, text: string, end: number): number {
  let at = end
  let i = keyword.length
  while (i > 0) {
    if (!isSeparator(keyword.charCodeAt(i - 1))) {
      i--
      at--
      continue
    }
    const runEnd = i
    while (i > 0 && isSeparator(keyword.charCodeAt(i - 1))) i--
    const start = startOfRun(keyword, i, runEnd, text, at)
    if (start < 0) return -1
    at = start
  }
  return at
}

/** The start of the separators in a text that match a keyword's from `from` to `to` and end at `end`; -1 if none do. */
function startOfRun(keyword: string, from: number, to: number, text: string, end: number): number {
  const isOneSpace = to - from === 1 && keyword.charCodeAt(from) === SPACE
  let at = end
  for (let i = to; i > from; i--) {
    const unit = text.charCodeAt(at - 1)
    if (!isSame(keyword.charCodeAt(i - 1), unit) && !(isOneSpace && joinsWords(unit))) return -1
    at--
    if (isSpace(unit)) while (isSpace(text.charCodeAt(at - 1))) at--
  }
  // More separators may precede the first word of a keyword, but not come between words.
  return from === 0 || !isSeparator(text.charCodeAt(at - 1)) ? at : -1
}

const joinsWords = (unit: number) => isHyphen(unit) || unit === UNDERSCORE

function isSame(keyword: number, unit: number): boolean {
  if (keyword === SPACE) return isSpace(unit)
  return keyword === unit || (keyword === HYPHEN && isDash(unit))
}
