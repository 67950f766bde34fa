import { onMainAxes } from './axes.ts'
import type { Vectors } from './vectors.ts'
import type { Vocabulary } from './vocabulary.ts'

/** The initial embeddings of words for a network. */
export interface Embeddings {
  readonly axes: number
  /** A row for each word of the vocabulary. */
  readonly values: Float32Array
  /** 1 for words with a vector; the rows of others are 0. */
  readonly known: Uint8Array
}

/**
 * Initial embeddings from the vectors, reduced to their main axes: fifty thousand posts cannot distinguish more.
 *
 * @param most the maximum number of axes; vectors with fewer dimensions have fewer
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
