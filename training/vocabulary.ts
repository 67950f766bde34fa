import { composed, Tokens } from '../plugins/scorers/tuned/tokens.ts'
import { Dictionary } from './dictionary.ts'
import type { Vectors } from './vectors.ts'

/** A word seen less often has no units by its posts, only by its vector. */
const MIN_COUNT = 2

/** The words that have units, and the words of each post. */
export interface Vocabulary {
  /** Tokens' hashes by number. */
  readonly words: Dictionary
  /** The words of post `i`, by number, from `starts[i]` to `starts[i + 1]`. */
  readonly starts: Uint32Array
  readonly tokens: Int32Array
}

/** The words of the posts but for the rarest, and those that have vectors: what is learnt of their like is true of them too. */
export function readVocabulary(texts: readonly string[], vectors?: Vectors): Vocabulary {
  const reader = new Tokens()
  const hashes = texts.map(text => {
    reader.read(composed(text))
    return reader.hashes.slice(0, reader.count)
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
  return { words, starts, tokens: Int32Array.from(tokens) }
}

function commonest(posts: readonly Int32Array[]): number[] {
  const counts = new Map<number, number>()
  for (const hashes of posts) for (const hash of hashes) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  return [...counts]
    .filter(([, count]) => count >= MIN_COUNT)
    .toSorted((a, b) => b[1] - a[1])
    .map(([hash]) => hash)
}
