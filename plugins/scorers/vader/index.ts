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
import { Vader } from './vader.ts'
import { wordsOption } from './words-option.ts'

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
