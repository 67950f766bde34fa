/** Operands without quotes: words, and names after `#`, `@` and `$`. */
const WORD = /^[\p{L}\p{N}\p{M}_]+$/u
const NAME = /^[#@$][\p{L}\p{N}\p{M}_]+$/u
const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f)+$/u

/** Operators within a rule. */
const OPERATOR = /^(?:AND|OR|NOT)$/i

/**
 * A keyword or phrase as alternative operands of X's language: the phrase, and the hashtag of its joined words, as
 * topics match both.
 *
 * X splits texts into words at punctuation, so a phrase in quotes matches whatever is between its words. Quotes and
 * backslashes within a keyword would end it, and are replaced by spaces.
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
