import { lettersOf } from 'mood-exporter/plugin'

/** How much of a text is looked at. */
const LOOKED_AT = 1000

/** From this share of its letters on, Hangul makes a text Korean: a syllable says as much as two or three letters. */
const HANGUL_SHARE = 0.2

/** `ko` or `en` by the script of a text's letters, mentions and links apart; '' where it has neither Hangul nor Latin. */
export function languageOf(text: string): 'ko' | 'en' | '' {
  const { hangul, latin } = lettersOf(text, LOOKED_AT, '@')
  if (hangul > 0 && hangul >= HANGUL_SHARE * (hangul + latin)) return 'ko'
  return latin > 1 ? 'en' : ''
}
