const NOT_ASCII = /[^\0-\x7f]/

/**
 * What folding might change beside ASCII: all but Hangul, Han, kana and the quotes and dashes that phones type, which
 * have neither case nor another form in NFKC.
 */
const UNFOLDED =
  /[^\0-\x7f\u2013\u2014\u2018-\u201f\u3041-\u3096\u30a1-\u30fa\u3131-\u318e\u4e00-\u9fff\uac00-\ud7a3]/

const COMPATIBILITY_JAMO = /[\u3131-\u318e]/
const ALL_BUT_COMPATIBILITY_JAMO = /[^\u3131-\u318e]+/g

/**
 * NFKC, so that full-width and other compatibility forms equal the plain ones. Compatibility jamo stay as they are:
 * NFKC would take the ㅋㅋ and ㅠㅠ of Korean posts apart into conjoining jamo, which look different on a screen.
 */
export function normalise(text: string): string {
  if (!COMPATIBILITY_JAMO.test(text)) return text.normalize('NFKC')
  return text.replace(ALL_BUT_COMPATIBILITY_JAMO, run => run.normalize('NFKC'))
}

/** The text for comparing whatever its width, case and white space: each run of white space becomes one space. */
export function fold(text: string): string {
  return normalise(text).toLowerCase().replaceAll('ς', 'σ').replace(/\s+/g, ' ')
}

/**
 * {@link fold}, but where nothing beyond ASCII needs it the text stays as it is, case and white space included. Most
 * posts then cost one look and no copy.
 */
export function foldBeyondAscii(text: string): string {
  return NOT_ASCII.test(text) && UNFOLDED.test(text) ? fold(text) : text
}
