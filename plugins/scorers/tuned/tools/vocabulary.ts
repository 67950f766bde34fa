import { Dictionary } from '../dictionary.ts'
import { REVERSED, SPENT } from '../flags.ts'
import type { Reader } from './reader.ts'
import type { Vectors } from './vectors.ts'

/** A rarer word has no units from its posts, only from its vector. */
const MIN_COUNT = 2

/** The words with units, and the words of each post. */
export interface Vocabulary {
  readonly words: Dictionary
  /** The words of post `i`, by number, from `starts[i]` to `starts[i + 1]`; a reversed word is ~number. */
  readonly starts: Uint32Array
  readonly tokens: Int32Array
}

/**
 * The words of the posts without the rarest, and those with vectors: what is learned of similar words applies to them
 * too.
 */
export function readVocabulary(texts: readonly string[], reader: Reader, vectors?: Vectors): Vocabulary {
  const posts = texts.map(text => {
    reader.cut(text)
    const { count, states } = reader.units
    return { hashes: reader.hashes.slice(0, count), states: states.slice(0, count) }
  })
  const words = new Dictionary()
  for (const hash of commonest(posts.map(({ hashes }) => hashes))) words.add(hash)
  for (const hash of vectors?.words() ?? []) words.add(hash)
  const starts = new Uint32Array(texts.length + 1)
  const tokens: number[] = []
  for (const [row, { hashes, states }] of posts.entries()) {
    for (const [index, hash] of hashes.entries()) {
      const word = words.find(hash)
      if (word < 0 || states[index] === SPENT) continue
      tokens.push(states[index] === REVERSED ? ~word : word)
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
