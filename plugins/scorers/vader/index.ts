import {
  defineScorer,
  englishOption,
  isUnknownLanguage,
  mayBeEnglish,
  type Post,
  primaryLanguage,
  z,
} from 'mood-exporter/plugin'
import { Vader } from './vader.ts'
import { wordsOption } from './words-option.ts'

const options = z.strictObject({
  words: wordsOption,
  languages: englishOption(),
})

export default defineScorer({
  name: 'vader',
  description: 'English by the rules and the lexicon of VADER, emoji included.',
  options,
  create({ words, languages }) {
    const vader = new Vader(
      new Map(Object.entries(words).map(([word, weight]) => [word.toLowerCase(), weight])),
    )
    const scored = new Set(languages.map(primaryLanguage))

    function score({ text, lang = '' }: Post): number | null {
      if (scored.has(lang)) return vader.compound(text)
      if (!isUnknownLanguage(lang)) return scored.has(primaryLanguage(lang)) ? vader.compound(text) : null
      const compound = vader.compound(text)
      return vader.foundAny || mayBeEnglish(text) ? compound : null
    }

    const explain = (post: Post) => (score(post) === null ? [] : vader.explain(post.text))

    return { score, explain }
  },
})
