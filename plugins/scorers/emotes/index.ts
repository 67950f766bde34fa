import { defineScorer, z } from 'mood-exporter/plugin'
import { WEIGHTS } from './table.ts'

const options = z.strictObject({
  weights: z
    .record(
      z.string().regex(/^\S{1,100}$/, { error: 'expected a name without spaces' }),
      z.number().min(-1).max(1),
    )
    .default({})
    .describe('Weights from -1 to 1 of further emotes, or other weights for known ones.'),
})

export default defineScorer({
  name: 'emotes',
  description: 'Well-known emotes of chats such as Twitch, in posts of any language.',
  options,
  create({ weights }) {
    const known = new Map([...Object.entries(WEIGHTS), ...Object.entries(weights)])

    function* found(text: string): Generator<[name: string, weight: number]> {
      for (const word of text.split(/\s+/)) {
        const weight = known.get(word)
        if (weight !== undefined) yield [word, weight]
      }
    }

    return {
      score({ text }) {
        let sum = 0
        let count = 0
        for (const [, weight] of found(text)) {
          sum += weight
          count++
        }
        return count === 0 ? null : sum / count
      },
      explain: ({ text }) => Array.from(found(text), ([text, weight]) => ({ text, weight })),
    }
  },
})
