import { defineExtractor, z } from 'mood-exporter/plugin'

const options = z.strictObject({
  skin_tones: z
    .enum(['merge', 'keep'])
    .default('merge')
    .describe('Whether 👍🏽 and 👍🏿 count as 👍 (`merge`) or each as its own (`keep`).'),
})

export default defineExtractor({
  name: 'emoji',
  description: 'Emoji, each as people see it: flags, families and skin tones are one.',
  options,
  create: ({ skin_tones }) => ({ extract: post => emojiOf(post.text, skin_tones === 'keep') }),
})

/**
 * UTF-16 units of which emoji consist (surrogates, symbols, the keycap, U+FE0F), and some more: it need not be exact.
 * This quick test avoids the search below for most posts.
 */
const MAYBE = /[\ufe0f\u20e3\u2194-\u2bff\u3030-\u3299\ud83c-\ud83e]/

const ELEMENT = String.raw`\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?`

/** Sequences of UTS #51: flags, keycaps, flags of regions (with tags), and joined pictographs. */
const SEQUENCE = new RegExp(
  String.raw`(\p{Regional_Indicator}{2})|([0-9#*])\ufe0f?\u20e3|\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f}|${ELEMENT}(?:\u200d${ELEMENT})*`,
  'gu',
)

const FLAG = /^\p{RGI_Emoji_Flag_Sequence}$/v
const TAGGED_FLAG = /^\p{RGI_Emoji_Tag_Sequence}$/v
const JOINED = /^\p{RGI_Emoji_ZWJ_Sequence}$/v

/** No joined sequence is longer; hostile text may join thousands. */
const MAX_JOINED_UNITS = 40

const JOINER = '\u200d'
const STYLE = /\ufe0f/g
const SKIN_TONES = /\p{Emoji_Modifier}/gu
const WITH_SKIN_TONE = /\p{Emoji_Modifier}$/u
const SHOWN_AS_EMOJI = /^\p{Emoji_Presentation}/u

/** Text symbols below this code point (© ™ ↔) are emoji only with U+FE0F. */
const FIRST_SYMBOL = 0x231a

const NONE: readonly string[] = []

/**
 * The emoji in a text, in order. Forms that look the same are equal: with or without U+FE0F and, without
 * `keepSkinTones`, with any skin tone.
 */
function emojiOf(text: string, keepSkinTones: boolean): readonly string[] {
  if (!MAYBE.test(text)) return NONE
  const found: string[] = []
  const add = (emoji: string) => found.push(keepSkinTones ? emoji : qualified(emoji.replace(SKIN_TONES, '')))
  SEQUENCE.lastIndex = 0
  for (let match = SEQUENCE.exec(text); match; match = SEQUENCE.exec(text)) {
    const [sequence, flag, key] = match
    if (key !== undefined) found.push(`${key}\ufe0f\u20e3`)
    else if (flag !== undefined) found.push(...(FLAG.test(flag) ? [flag] : NONE))
    else if (sequence.endsWith('\u{e007f}')) found.push(TAGGED_FLAG.test(sequence) ? sequence : '🏴')
    else for (const emoji of separated(sequence)) add(emoji)
  }
  return found
}

/** The joined emoji, or its elements if there is no such emoji: fonts then show them side by side. */
function separated(sequence: string): string[] {
  if (!sequence.includes(JOINER)) return isShown(sequence) ? [qualified(sequence)] : []
  const elements = sequence.split(JOINER)
  const joined = elements.map(qualified).join(JOINER)
  if (joined.length <= MAX_JOINED_UNITS && JOINED.test(joined)) return [joined]
  return elements.filter(isShown).map(qualified)
}

const isShown = (element: string) =>
  (element.codePointAt(0) as number) >= FIRST_SYMBOL || element.includes('\ufe0f')

/** With U+FE0F exactly where UTS #51 requires it: after characters with text presentation and no skin tone. */
function qualified(emoji: string): string {
  if (emoji.includes(JOINER)) return emoji.split(JOINER).map(qualified).join(JOINER)
  const bare = emoji.replace(STYLE, '')
  return SHOWN_AS_EMOJI.test(bare) || WITH_SKIN_TONE.test(bare) ? bare : `${bare}\ufe0f`
}
