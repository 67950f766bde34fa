import { z } from 'mood-exporter/plugin'
import { Characters } from './characters.ts'
import { readBoosters, readEmoji } from './lists.ts'
import { Tokenizer } from './tokenizer.ts'
import { UNKNOWN, WordTable } from './word-table.ts'

/** The largest absolute weight of a word: the reference's lexicon ranges from -4 to 4. */
const LARGEST_WEIGHT = 4

const emoji = readEmoji()
const characters = new Characters(emoji.keys())
const boosters = readBoosters()

/** Whether a text that consists of this word is read as this word. */
function isRead(word: string): boolean {
  const ids: number[] = []
  const handler = { word: (id: number) => ids.push(id) }
  new Tokenizer(new WordTable([word.toLowerCase()]), characters, emoji, handler).read(word)
  return ids.length === 1 && ids[0] !== UNKNOWN
}

const hasRule = (word: string) => word.toLowerCase() === 'but' || boosters.has(word.toLowerCase())

/** The option `words`: custom weights. */
export const wordsOption = z
  .record(
    z
      .string()
      .refine(isRead, {
        error:
          'expected one word or emoticon, without spaces or punctuation around it, and no emoji that VADER knows',
      })
      .refine(word => !hasRule(word), {
        error:
          'expected a word that changes no other: "but" and those such as "very" do, and can have no weight',
      }),
    z.number().min(-LARGEST_WEIGHT).max(LARGEST_WEIGHT),
  )
  .default({})
  .describe('Weights from -4 to 4 of further words, or other weights for known ones.')
