import { onMainAxes } from './axes.ts'
import type { Vectors } from './vectors.ts'
import type { Vocabulary } from './vocabulary.ts'

/** What words start from before a network learns. */
export interface Embeddings {
  readonly axes: number
  /** Row after row, for each word of the vocabulary. */
  readonly values: Float32Array
  /** 1 for words that have a vector; the rows of others are 0. */
  readonly known: Uint8Array
}

/**
 * Words start from their vectors, on the main axes only: some fifty thousand posts do not tell more apart.
 *
 * @param most axes: vectors with fewer dimensions have fewer
 */
export function startOf({ words }: Vocabulary, most: number, vectors?: Vectors): Embeddings {
  const axes = Math.min(most, vectors?.dimensions ?? most)
  const values = new Float32Array(words.size * axes)
  const known = new Uint8Array(words.size)
  if (vectors === undefined) return { axes, values, known }
  const reduced = onMainAxes(vectors.values, vectors.dimensions, axes)
  for (let word = 0; word < words.size; word++) {
    const row = vectors.rowOf(words.hashes[word] as number)
    if (row === undefined) continue
    known[word] = 1
    values.set(reduced.subarray(row * axes, (row + 1) * axes), word * axes)
  }
  return { axes, values, known }
}
