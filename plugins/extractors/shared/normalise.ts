const NOT_ASCII = /[^\0-\x7f]/
const ALL_BUT_COMPATIBILITY_JAMO = /[^\u3131-\u318e]+/g

/**
 * What is not seen: zero-width spaces, variation selectors, soft hyphens, direction marks. Joiners count only where no
 * script uses them: Persian and the scripts of India are read by them.
 */
const INVISIBLE =
  /[\p{Default_Ignorable_Code_Point}--[\u200c\u200d]]|(?<![\p{M}\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}])[\u200c\u200d]/gv

/** İ in lower case is an i with a second dot, which no one types. */
const DOTTED_I = /i\u0307/g

/**
 * NFKC and lower case without what is invisible, so that ＡＢＣ and abc are one term. The compatibility jamo of ㅋㅋ stay
 * as they are typed: NFKC would take them apart into conjoining jamo, which look different on a screen.
 */
export function normalise(term: string): string {
  if (!NOT_ASCII.test(term)) return term.toLowerCase()
  return term
    .replace(INVISIBLE, '')
    .replace(ALL_BUT_COMPATIBILITY_JAMO, run => run.normalize('NFKC'))
    .toLowerCase()
    .replace(DOTTED_I, 'i')
}

const APOSTROPHE = /[`´ʹʻʼʽ‘’‛′＇]/g

/** With the apostrophe of a typewriter for all that people type for it. */
export const withPlainApostrophes = (text: string): string => text.replace(APOSTROPHE, "'")
