import { z } from 'zod'
import type { Post } from './post.ts'

/** Codes for an unknown language (ISO 639-2, and Twitter's own from qaa to qtz). */
const UNKNOWN_LANGUAGE = /^(?:und|mis|mul|zxx|q[a-t][a-z])?$/i

/** A word in Latin letters that is not a link, a mention, a hashtag or the RT of a retweet. */
const LATIN_WORD = /(?:^|[\s("'“‘*])(?!https?:|www\.|RT\s)\p{Script=Latin}{2,}/iu

/** The language of a BCP 47 tag without script and region, in lower case: `en` for `en-GB`. */
export const primaryLanguage = (tag: string): string => tag.split(/[-_]/, 1)[0]?.toLowerCase() ?? ''

/** Whether the `lang` of a post says that its language is unknown: '', `und`, `zxx` and similar. */
export const isUnknownLanguage = (lang: string): boolean => UNKNOWN_LANGUAGE.test(lang)

/** Whether a text has a word in Latin letters, so that a scorer for English may apply. */
export const mayBeEnglish = (text: string): boolean => LATIN_WORD.test(text)

const list = () => z.array(z.string().min(1)).min(1)

/** The option `languages` of scorers that are for English by default. */
export const englishOption = () =>
  list().default(['en']).describe('Languages of posts that are scored; posts in any other are `unknown`.')

/** The option `languages` of scorers that do not know their languages; all by default. */
export const languagesOption = () =>
  list()
    .optional()
    .describe('Languages of posts that are scored; posts in any other are `unknown`. All by default.')

/**
 * Returns a test whether a post is in one of the languages, whatever its region and script, or in an unknown one.
 *
 * @param languages the value of the option {@link languagesOption}; undefined for all
 */
export function languageFilter(languages: readonly string[] | undefined): (post: Post) => boolean {
  if (languages === undefined) return () => true
  const scored = new Set(languages.map(primaryLanguage))
  return ({ lang = '' }) => scored.has(lang) || isUnknownLanguage(lang) || scored.has(primaryLanguage(lang))
}
