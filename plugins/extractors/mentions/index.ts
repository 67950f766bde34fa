import { defineExtractor, withinUrl, z } from 'mood-exporter/plugin'

/**
 * twitter-text's rule for a mention: after the start of the text, RT, or any character except ASCII letters, digits
 * and some signs (so not in an e-mail address). Groups: the name; the rest of a list (@name/list), which is not a
 * mention.
 */
const MENTION =
  /[@＠](?<=(?:^|[^\w!#$%&*@＠]|(?:^|[^\w+~.-])[rR][tT])[@＠])([a-zA-Z0-9_]{1,20})(\/[a-zA-Z][\w-]{0,24})?/g

/** What must not follow: another sign, an accented letter, or the rest of a URL. */
const NO_END = /(?:[\u0300-\u036f@＠À-ÖØ-öø-ɏɓɔɖɗəɛɣɨɯɲʉʻḀ-ỿ]|:\/\/)/y

const NONE: readonly string[] = []

function extract(text: string): readonly string[] {
  if (!text.includes('@') && !text.includes('＠')) return NONE
  const mentions: string[] = []
  let inUrl: ReturnType<typeof withinUrl> | undefined
  MENTION.lastIndex = 0
  for (let match = MENTION.exec(text); match; match = MENTION.exec(text)) {
    NO_END.lastIndex = MENTION.lastIndex
    if (match[2] !== undefined || NO_END.test(text)) continue
    if (/\S/.test(text.charAt(match.index - 1))) {
      inUrl ??= withinUrl(text)
      if (inUrl(match.index)) continue
    }
    mentions.push(`@${(match[1] as string).toLowerCase()}`)
  }
  return mentions
}

export default defineExtractor({
  name: 'mentions',
  description: 'Names that posts mention, by the rules of Twitter.',
  options: z.strictObject({}),
  create: () => ({ extract: post => extract(post.text) }),
})
