/** X takes these for what they are: words, and names behind `#`, `@` and `$`. */
const WORD = /^[\p{L}\p{N}\p{M}_]+$/u
const NAME = /^[#@$][\p{L}\p{N}\p{M}_]+$/u
const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f)+$/u

/** Within a rule these are operators. */
const OPERATOR = /^(?:AND|OR|NOT)$/i

/**
 * A keyword or phrase as operands of X's language, of which one is enough: the phrase, and the hashtag that its words
 * make when they run together, as topics match both.
 *
 * X cuts texts into words at punctuation, so a phrase in quotes is found whatever is between its words. Quotes and
 * backslashes within a keyword would end it, and count as space.
 */
export function operandsOf(keyword: string): string[] {
  const text = keyword
    .replace(/["“”„\\]/g, ' ')
    .trim()
    .replace(/\s+/g, ' ')
  if (NAME.test(text) || EMOJI.test(text) || (WORD.test(text) && !OPERATOR.test(text))) return [text]
  const joined = text.replace(/[\s_-]+/g, '')
  const isPhrase = /\s/.test(text) && WORD.test(joined) && /\p{L}/u.test(joined)
  return [`"${text}"`, ...(isPhrase ? [`#${joined}`] : [])]
}
