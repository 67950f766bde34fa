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
import emoji from 'sentiment/build/emoji.json' with { type: 'json' }
import labels from 'sentiment/languages/en/labels.json' with { type: 'json' }
import negators from 'sentiment/languages/en/negators.json' with { type: 'json' }
import { pieces } from './explanation.ts'
import { isToken, Lexicon } from './lexicon.ts'

/** Maps the sum of weights to [-1, 1] as VADER does: Hutto and Gilbert, ICWSM 2014, with the same constant. */
const normalise = (sum: number) => sum / Math.sqrt(sum * sum + 15)

const options = z.strictObject({
  words: z
    .record(
      z.string().refine(isToken, { error: 'expected one word, without spaces or punctuation' }),
      z.number().min(-5).max(5),
    )
    .default({})
    .describe('Weights from -5 to 5 of further words, or other weights for known ones.'),
  languages: englishOption(),
  apostrophes: apostrophesOption(),
})

export default defineScorer({
  name: 'afinn',
  description: 'English by the AFINN word list, as the npm package sentiment scores it.',
  options,
  create({ words, languages, apostrophes }) {
    const plain = apostrophes === 'fold' ? withPlainApostrophes : (text: string) => text
    const extra = Object.entries(words).map(([word, weight]): [string, number] => [
      plain(word.toLowerCase()),
      weight,
    ])
    const weights = new Map([...Object.entries(labels), ...Object.entries(emoji), ...extra])
    const lexicon = new Lexicon(weights, new Set(Object.keys(negators)))
    const scored = new Set(languages.map(primaryLanguage))

    function isScored({ lang = '', text }: Post): boolean {
      if (scored.has(lang)) return true
      return isUnknownLanguage(lang) ? mayBeEnglish(text) : scored.has(primaryLanguage(lang))
    }
    return {
      score: post => (isScored(post) ? normalise(lexicon.sum(plain(post.text))) : null),
      explain(post) {
        const text = plain(post.text)
        return isScored(post) ? asWritten(pieces(lexicon, text), text, post.text) : []
      },
    }
  },
})
