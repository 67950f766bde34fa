import { lettersOf } from 'mood-exporter/plugin'

/** How much of a text is read. */
const LOOKED_AT = 1000

/** With this share of Hangul among its letters, a text is Korean: a syllable corresponds to two or three letters. */
const HANGUL_SHARE = 0.2

/**
 * `ko` or `en` by the script of a text's letters, without mentions and links; '' if it has neither Hangul nor Latin
 * letters.
 */
export function languageOf(text: string): 'ko' | 'en' | '' {
  const { hangul, latin } = lettersOf(text, LOOKED_AT, '@')
  if (hangul > 0 && hangul >= HANGUL_SHARE * (hangul + latin)) return 'ko'
  return latin > 1 ? 'en' : ''
}
