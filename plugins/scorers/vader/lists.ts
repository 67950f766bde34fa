import { BOOSTERS, EMOJI, IDIOMS, NEGATORS, WEIGHTS } from './lexicon-data.ts'

const lines = (list: string) => list.trim().split('\n')

/** Words with their weights, from -4 to 4. */
export function readWeights(): Map<string, number> {
  const weights = new Map<string, number>()
  for (const line of lines(WEIGHTS)) {
    const [weight, ...words] = line.split(' ')
    for (const word of words) weights.set(word, Number(weight))
  }
  return weights
}

function readPhrases(list: string): Map<string, number> {
  return new Map(
    lines(list).map(line => [line.slice(line.indexOf(' ') + 1), Number(line.slice(0, line.indexOf(' ')))]),
  )
}

/**
 * Words and phrases with the amount that they add to a positive weight after them, and subtract from a negative one.
 */
export const readBoosters = () => readPhrases(BOOSTERS)

/** Phrases with the weight that they give to a word in them or next to them. */
export const readIdioms = () => readPhrases(IDIOMS)

export const readNegators = () => lines(NEGATORS)

/** The words that replace an emoji, by its code point. */
export function readEmoji(): Map<number, string> {
  return new Map(
    lines(EMOJI).map(line => {
      const space = line.indexOf(' ')
      return [line.codePointAt(0) as number, line.slice(space + 1)]
    }),
  )
}
