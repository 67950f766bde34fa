import { defineExtractor, normaliseTerm, withinUrl, z } from 'mood-exporter/plugin'

/**
 * Letters and marks; a tag needs at least one. Unlike Twitter, the enclosing mark of a keycap (1️⃣) does not count.
 */
const LETTER = String.raw`\p{L}\p{Mc}[\p{Mn}--[\ufe00-\ufe0f]]`

/** Other characters of tags: digits, the underscore, joiners, and marks that some scripts use within words. */
const OTHER = String.raw`\p{Nd}_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7`

/**
 * twitter-text's rule for a hashtag: it does not follow a tag character or "&", and is not a keycap (#️⃣). Groups:
 * the tag without its sign.
 */
const HASHTAG = new RegExp(
  String.raw`[#＃](?<![${LETTER}${OTHER}\x26][#＃])(?![\ufe0f\u20e3])([${OTHER}]*[${LETTER}][${LETTER}${OTHER}]*)`,
  'gv',
)

const NONE: readonly string[] = []

function extract(text: string): readonly string[] {
  if (!text.includes('#') && !text.includes('＃')) return NONE
  const tags: string[] = []
  let inUrl: ReturnType<typeof withinUrl> | undefined
  HASHTAG.lastIndex = 0
  for (let match = HASHTAG.exec(text); match; match = HASHTAG.exec(text)) {
    if (/[#＃]/.test(text.charAt(HASHTAG.lastIndex)) || text.startsWith('://', HASHTAG.lastIndex)) continue
    if (/\S/.test(text.charAt(match.index - 1))) {
      inUrl ??= withinUrl(text)
      if (inUrl(match.index)) continue
    }
    tags.push(`#${normaliseTerm(match[1] as string)}`)
  }
  return tags
}

export default defineExtractor({
  name: 'hashtags',
  description: 'Hashtags, by the rules of Twitter.',
  options: z.strictObject({}),
  create: () => ({ extract: post => extract(post.text) }),
})
