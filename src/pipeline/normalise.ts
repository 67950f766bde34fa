const NOT_ASCII = /[^\0-\x7f]/

/**
 * Characters that folding may change: all but ASCII, Hangul, Han, kana and the quotes and dashes that phones type,
 * which have no case and no other form in NFKC. (U+3164, among the jamo, is invisible.)
 */
const UNFOLDED =
  /[^\0-\x7f\u2010\u2012-\u2015\u2018\u2019\u201b-\u201f\u3041-\u3096\u30a1-\u30fa\u3131-\u3163\u3165-\u318e\u4e00-\u9fff\uac00-\ud7a3]/

const COMPATIBILITY_JAMO = /[\u3131-\u3163\u3165-\u318e]/
const ALL_BUT_COMPATIBILITY_JAMO = /[^\u3131-\u3163\u3165-\u318e]+/g

/** Invisible characters: zero-width spaces and joiners, variation selectors, soft hyphens, direction marks. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu

/** Apostrophes that are letters in Unicode, or that NFKC would decompose. */
const LETTERLIKE_APOSTROPHE = /[\u00b4\u02b9\u02bb-\u02bd\u02c8\u0374\u1ffd\ua78b\ua78c]/g

/**
 * The part of case folding that lower-casing leaves out: the dot of a lower-cased İ, ß, ς, Cyrillic variants, and the
 * iota that capitals have beside and lower-case Greek vowels below them. NFKC makes U+02BC of ŉ.
 */
const UNFOLDED_CASE =
  /i\u0307|\u0345|[ßςʼ\u1c80-\u1c88\u1f80-\u1f87\u1f90-\u1f97\u1fa0-\u1fa7\u1fb2-\u1fb4\u1fb7\u1fc2-\u1fc4\u1fc7\u1ff2-\u1ff4\u1ff7]/g
const FOLDED_CASE: Readonly<Record<string, string>> = { 'i\u0307': 'i', ς: 'σ', ʼ: "'" }

const foldedCase = (unfolded: string): string => FOLDED_CASE[unfolded] ?? unfolded.toUpperCase().toLowerCase()

/**
 * NFKC, so that full-width and other compatibility forms equal the plain ones. Compatibility jamo are kept: NFKC
 * would decompose the ㅋㅋ and ㅠㅠ of Korean posts into conjoining jamo, which look different on a screen.
 */
export function normalise(text: string): string {
  if (!COMPATIBILITY_JAMO.test(text)) return text.normalize('NFKC')
  return text.replace(ALL_BUT_COMPATIBILITY_JAMO, run => run.normalize('NFKC'))
}

/**
 * Folds a text for comparison: width, case and invisible characters do not matter, and each run of white space is one
 * space. The characters of {@link SAME_UNITS} and dashes are kept.
 */
export function fold(text: string): string {
  return normalise(text.replace(INVISIBLE, '').replace(LETTERLIKE_APOSTROPHE, "'"))
    .toLowerCase()
    .replace(UNFOLDED_CASE, foldedCase)
    .normalize('NFC')
    .replace(/\s+/g, ' ')
}

/**
 * Like {@link fold}, but returns the text unchanged, case and white space included, if it is all ASCII: most posts
 * then cost one test and no copy.
 */
export function foldBeyondAscii(text: string): string {
  return NOT_ASCII.test(text) && UNFOLDED.test(text) ? fold(text) : text
}

/** Characters that are equal in a keyword search. The first of each group is the one that keywords use. */
export const SAME_UNITS: readonly string[] = ["'`‘’‛′", '"“”„‟']

const SAME = new Map(SAME_UNITS.flatMap(([first, ...others]) => others.map(other => [other, first])))
const ANY_OF_SAME = new RegExp(`[${SAME_UNITS.join('')}]`, 'g')

/** Dashes of every width, the minus sign included. */
const DASH = /[\u2010-\u2015\u2212]/g

/** A keyword as it is searched for: folded, with ASCII apostrophes, quotes and hyphens. */
export function foldKeyword(keyword: string): string {
  return fold(keyword)
    .replace(ANY_OF_SAME, unit => SAME.get(unit) ?? unit)
    .replace(DASH, '-')
    .trim()
}
