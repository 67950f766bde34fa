const NOT_ASCII = /[^\0-\x7f]/
const ALL_BUT_COMPATIBILITY_JAMO = /[^\u3131-\u318e]+/g

/**
 * Invisible characters: zero-width spaces, variation selectors, soft hyphens, direction marks. Joiners are included
 * only next to scripts that do not use them: in Persian and Indic scripts they are significant.
 */
const INVISIBLE =
  /[\p{Default_Ignorable_Code_Point}--[\u200c\u200d]]|(?<![\p{M}\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}])[\u200c\u200d]/gv

/** Lower-casing İ gives an i with a combining dot, which does not occur in typed text. */
const DOTTED_I = /i\u0307/g

/**
 * A term in NFKC and lower case without invisible characters, so that ＡＢＣ and abc are one term. Compatibility jamo
 * such as ㅋㅋ are kept: NFKC would decompose them into conjoining jamo, which look different on a screen.
 */
export function normaliseTerm(term: string): string {
  if (!NOT_ASCII.test(term)) return term.toLowerCase()
  return term
    .replace(INVISIBLE, '')
    .replace(ALL_BUT_COMPATIBILITY_JAMO, run => run.normalize('NFKC'))
    .toLowerCase()
    .replace(DOTTED_I, 'i')
}
