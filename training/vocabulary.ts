import { Dictionary } from '../plugins/scorers/tuned/dictionary.ts'
import { markedHash } from '../plugins/scorers/tuned/hash.ts'
import { markNegated } from '../plugins/scorers/tuned/negation.ts'
import { CAPACITY, composed, Tokens } from '../plugins/scorers/tuned/tokens.ts'
import type { Vectors } from './vectors.ts'

/** A word seen less often has no units by its posts, only by its vector. */
const MIN_COUNT = 2

/** The words that have units, and the words of each post. */
export interface Vocabulary {
  /** Words by their marked hash: a negated word is a word of its own. */
  readonly words: Dictionary
  /** The hash of each word's token, by its number. */
  readonly plain: Int32Array
  /** The words of post `i`, by number, from `starts[i]` to `starts[i + 1]`. */
  readonly starts: Uint32Array
  readonly tokens: Int32Array
}

/** The words of the posts but for the rarest, and those that have vectors: what is learnt of their like is true of them too. */
export function readVocabulary(texts: readonly string[], negation: boolean, vectors?: Vectors): Vocabulary {
  const reader = new Tokens()
  const negated = new Uint8Array(CAPACITY)
  const plainOf = new Map<number, number>()
  const hashes = texts.map(text => {
    reader.read(composed(text))
    if (negation) markNegated(reader, negated)
    return reader.hashes.slice(0, reader.count).map((token, index) => {
      const marked = markedHash(token, negated[index] as number)
      plainOf.set(marked, token)
      return marked
    })
  })
  const words = new Dictionary()
  for (const hash of commonest(hashes)) words.add(hash)
  for (const hash of vectors?.words() ?? []) words.add(hash)
  const starts = new Uint32Array(texts.length + 1)
  const tokens: number[] = []
  for (const [row, list] of hashes.entries()) {
    for (const hash of list) {
      const word = words.find(hash)
      if (word >= 0) tokens.push(word)
    }
    starts[row + 1] = tokens.length
  }
  const plain = words.hashes.slice(0, words.size).map(marked => plainOf.get(marked) ?? marked)
  return { words, plain, starts, tokens: Int32Array.from(tokens) }
}

function commonest(posts: readonly Int32Array[]): number[] {
  const counts = new Map<number, number>()
  for (const hashes of posts) for (const hash of hashes) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  return [...counts]
    .filter(([, count]) => count >= MIN_COUNT)
    .toSorted((a, b) => b[1] - a[1])
    .map(([hash]) => hash)
}
