import type { Piece } from 'mood-exporter/plugin'
import type { Lexicon } from './lexicon.ts'

const SEPARATOR = String.raw` \n.,/#!?$%^&*;:{}=_${'`'}"~()`
/** White space that, alone between two characters, does not end a word. */
const OTHER_SPACE = String.raw`\t\v\f\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`
const IN_WORD = `[^${SEPARATOR}${OTHER_SPACE}]+`

/** A word, as {@link Lexicon.sum} has them. */
const WORD = new RegExp(`${IN_WORD}(?:[${OTHER_SPACE}]${IN_WORD})*`, 'g')

/** The words of a text with a weight, in order, with their negators. */
export function pieces(lexicon: Lexicon, text: string): Piece[] {
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
