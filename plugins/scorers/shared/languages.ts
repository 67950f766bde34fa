import { type Post, z } from 'mood-exporter/plugin'

/** Codes with which posts say that they do not know their language (ISO 639-2, and Twitter's own from qaa to qtz). */
const UNKNOWN_LANGUAGE = /^(?:und|mis|mul|zxx|q[a-t][a-z])?$/i

/** A word in Latin letters that is not a link, a mention, a hashtag or the RT of a retweet. */
const LATIN_WORD = /(?:^|[\s("'“‘*])(?!https?:|www\.|RT\s)\p{Script=Latin}{2,}/iu

/** The language of a BCP 47 tag without its script and region. */
export const primaryLanguage = (tag: string): string => tag.split(/[-_]/, 1)[0]?.toLowerCase() ?? ''

export const isUnknownLanguage = (lang: string): boolean => UNKNOWN_LANGUAGE.test(lang)

export const mayBeEnglish = (text: string): boolean => LATIN_WORD.test(text)

const list = () => z.array(z.string().min(1)).min(1)

/** The option `languages` of scorers that are for English unless told otherwise. */
export const englishOption = () =>
  list().default(['en']).describe('Languages of posts that are scored; posts in any other are `unknown`.')

/** The option `languages` of scorers that do not know themselves which languages they are for. */
export const languagesOption = () =>
  list()
    .optional()
    .describe('Languages of posts that are scored; posts in any other are `unknown`. All, unless told.')

/** Whether a post is in one of the languages, or in one that nobody knows. */
export function languageFilter(languages: readonly string[] | undefined): (post: Post) => boolean {
  if (languages === undefined) return () => true
  const scored = new Set(languages.map(primaryLanguage))
  return ({ lang = '' }) => scored.has(lang) || isUnknownLanguage(lang) || scored.has(primaryLanguage(lang))
}
