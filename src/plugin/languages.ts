import { z } from 'zod'
import type { Post } from './post.ts'

/** Codes with which posts say that they do not know their language (ISO 639-2, and Twitter's own from qaa to qtz). */
const UNKNOWN_LANGUAGE = /^(?:und|mis|mul|zxx|q[a-t][a-z])?$/i

/** A word in Latin letters that is not a link, a mention, a hashtag or the RT of a retweet. */
const LATIN_WORD = /(?:^|[\s("'“‘*])(?!https?:|www\.|RT\s)\p{Script=Latin}{2,}/iu

/** The language of a BCP 47 tag without its script and region, in lower case: `en` of `en-GB`. */
export const primaryLanguage = (tag: string): string => tag.split(/[-_]/, 1)[0]?.toLowerCase() ?? ''

/** Whether a post's `lang` says that its language is not known: '', `und`, `zxx` and the like. */
export const isUnknownLanguage = (lang: string): boolean => UNKNOWN_LANGUAGE.test(lang)

/** Whether a text has a word in Latin letters, so that a scorer for English may find something in it. */
export const mayBeEnglish = (text: string): boolean => LATIN_WORD.test(text)

const list = () => z.array(z.string().min(1)).min(1)

/** The option `languages` of scorers that are for English by default. */
export const englishOption = () =>
  list().default(['en']).describe('Languages of posts that are scored; posts in any other are `unknown`.')

/** The option `languages` of scorers that cannot know which languages they are for; all by default. */
export const languagesOption = () =>
  list()
    .optional()
    .describe('Languages of posts that are scored; posts in any other are `unknown`. All by default.')

/**
 * Says whether a post is in one of the languages, whatever its region and script, or in one that is not known.
 *
 * @param languages what the option {@link languagesOption} holds; undefined for all
 */
export function languageFilter(languages: readonly string[] | undefined): (post: Post) => boolean {
  if (languages === undefined) return () => true
  const scored = new Set(languages.map(primaryLanguage))
  return ({ lang = '' }) => scored.has(lang) || isUnknownLanguage(lang) || scored.has(primaryLanguage(lang))
}
