import {
  apostrophesOption,
  asWritten,
  defineScorer,
  englishOption,
  isUnknownLanguage,
  mayBeEnglish,
  type Post,
  primaryLanguage,
  withPlainApostrophes,
  z,
} from 'mood-exporter/plugin'
import { Characters } from './characters.ts'
import { readBoosters, readEmoji } from './lists.ts'
import { Tokenizer } from './tokenizer.ts'
import { Vader } from './vader.ts'
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
const wordsOption = z
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

const options = z.strictObject({
  words: wordsOption,
  languages: englishOption(),
  apostrophes: apostrophesOption(),
})

export default defineScorer({
  name: 'vader',
  description: 'English by the rules and the lexicon of VADER, emoji included.',
  options,
  create({ words, languages, apostrophes }) {
    const plain = apostrophes === 'fold' ? withPlainApostrophes : (text: string) => text
    const vader = new Vader(
      new Map(Object.entries(words).map(([word, weight]) => [plain(word.toLowerCase()), weight])),
    )
    const scored = new Set(languages.map(primaryLanguage))

    function score({ text: written, lang = '' }: Post): number | null {
      const text = plain(written)
      if (scored.has(lang)) return vader.compound(text)
      if (!isUnknownLanguage(lang)) return scored.has(primaryLanguage(lang)) ? vader.compound(text) : null
      const compound = vader.compound(text)
      return vader.foundAny || mayBeEnglish(text) ? compound : null
    }

    function explain(post: Post) {
      if (score(post) === null) return []
      const text = plain(post.text)
      return asWritten(vader.explain(text), text, post.text)
    }

    return { score, explain }
  },
})
