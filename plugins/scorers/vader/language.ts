/** Codes with which posts say that they do not know their language (ISO 639-2, and Twitter's own from qaa to qtz). */
const UNKNOWN_LANGUAGE = /^(?:und|mis|mul|zxx|q[a-t][a-z])?$/i

/** A word in Latin letters that is not a link, a mention, a hashtag or the RT of a retweet. */
const LATIN_WORD = /(?:^|[\s("'“‘*])(?!https?:|www\.|RT\s)\p{Script=Latin}{2,}/iu

/** The language of a BCP 47 tag without its script and region. */
export const primaryLanguage = (tag: string): string => tag.split(/[-_]/, 1)[0]?.toLowerCase() ?? ''

export const isUnknownLanguage = (lang: string): boolean => UNKNOWN_LANGUAGE.test(lang)

export const mayBeEnglish = (text: string): boolean => LATIN_WORD.test(text)
