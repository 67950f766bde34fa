const NOT_ASCII = /[^\0-\x7f]/
const ALL_BUT_COMPATIBILITY_JAMO = /[^\u3131-\u318e]+/g

/**
 * NFKC and lower case, so that ＡＢＣ and abc are one term. The compatibility jamo of ㅋㅋ stay as they are typed: NFKC
 * would take them apart into conjoining jamo, which look different on a screen.
 */
export function normalise(term: string): string {
  if (!NOT_ASCII.test(term)) return term.toLowerCase()
  return term.replace(ALL_BUT_COMPATIBILITY_JAMO, run => run.normalize('NFKC')).toLowerCase()
}
