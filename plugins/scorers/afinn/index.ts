import {
  apostrophesOption,
  asWritten,
  defineScorer,
  englishOption,
  isUnknownLanguage,
  mayBeEnglish,
  type Piece,
  type Post,
  primaryLanguage,
  withPlainApostrophes,
  z,
} from 'mood-exporter/plugin'
import emoji from 'sentiment/build/emoji.json' with { type: 'json' }
import labels from 'sentiment/languages/en/labels.json' with { type: 'json' }
import negators from 'sentiment/languages/en/negators.json' with { type: 'json' }
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

const SEPARATOR = String.raw` \n.,/#!?$%^&*;:{}=_${'`'}"~()`
/** White space that, alone between two characters, does not end a word. */
const OTHER_SPACE = String.raw`\t\v\f\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`
const IN_WORD = `[^${SEPARATOR}${OTHER_SPACE}]+`

/** A word, as {@link Lexicon.sum} has them. */
const WORD = new RegExp(`${IN_WORD}(?:[${OTHER_SPACE}]${IN_WORD})*`, 'g')

/** The words of a text with a weight, in order, with their negators. */
function pieces(lexicon: Lexicon, text: string): Piece[] {
  const found: Piece[] = []
  let before = ''
  for (const [word] of text.matchAll(WORD)) {
    // What the word adds to the sum after the one before it.
    const weight = lexicon.sum(`${before} ${word}`) - lexicon.sum(before)
    const isNegated = weight !== lexicon.sum(word)
    if (weight !== 0)
      found.push({ text: word, weight, ...(isNegated ? { why: `negated by "${before}"` } : {}) })
    before = word
  }
  return found
}
