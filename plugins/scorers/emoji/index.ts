import { defineScorer, z } from 'mood-exporter/plugin'
import { EMOTICONS } from './emoticons.ts'
import { NEWER, RATED, readRanking } from './ranking.ts'

const PICTOGRAPH = String.raw`[\p{Extended_Pictographic}♡]`
const SKIN_OR_STYLE = String.raw`[\u{1f3fb}-\u{1f3ff}\ufe0e\ufe0f]`
const EMOJI = String.raw`${PICTOGRAPH}${SKIN_OR_STYLE}*(?:\u200d${PICTOGRAPH}${SKIN_OR_STYLE}*)*`
const SKINS_AND_STYLES = new RegExp(SKIN_OR_STYLE, 'gu')
const ONE_EMOJI = new RegExp(`^${EMOJI}$`, 'u')

/** Group 1 is an emoji; each later group is the emoticon at that index of the table, less 2. */
const MOOD = new RegExp(`(${EMOJI})|${EMOTICONS.map(({ pattern }) => `(${pattern})`).join('|')}`, 'gu')

const plain = (emoji: string) => emoji.replace(SKINS_AND_STYLES, '')
const isEmoticon = (name: string) => EMOTICONS.some(emoticon => emoticon.name === name)

const options = z.strictObject({
  weights: z
    .record(
      z.string().refine(key => ONE_EMOJI.test(key) || isEmoticon(key), {
        error: `expected one emoji or one of ${EMOTICONS.map(({ name }) => name).join('  ')}`,
      }),
      z.number().min(-1).max(1),
    )
    .default({})
    .describe('Weights from -1 to 1 of further emoji, or other weights for known emoji and emoticons.'),
})

export default defineScorer({
  name: 'emoji',
  description: 'Emoji and emoticons, in posts of any language.',
  options,
  create({ weights }) {
    const own = Object.entries(weights).map(([key, weight]): [string, number] => [plain(key), weight])
    const builtIn = [...Object.entries(NEWER), ...Object.entries(RATED)]
    const emoji = new Map([
      ...readRanking(),
      ...builtIn.map(([key, weight]): [string, number] => [plain(key), weight]),
      ...own,
    ])
    const ownWeights = new Map(own)
    const emoticons = EMOTICONS.map(({ name, weight }) => ownWeights.get(name) ?? weight)

    /** An unknown sequence counts as its first emoji: a heart on fire as a heart. */
    function weightOfEmoji(found: string): number | undefined {
      const known = emoji.get(plain(found))
      return known ?? emoji.get(String.fromCodePoint(found.codePointAt(0) as number))
    }

    function score(text: string): number | null {
      let sum = 0
      let known = 0
      MOOD.lastIndex = 0
      for (let match = MOOD.exec(text); match; match = MOOD.exec(text)) {
        const weight =
          match[1] === undefined
            ? emoticons[match.findIndex((group, index) => index > 1 && group !== undefined) - 2]
            : weightOfEmoji(match[1])
        if (weight === undefined) continue
        sum += weight
        known++
      }
      return known === 0 ? null : sum / known
    }
    return { score: post => score(post.text) }
  },
})
