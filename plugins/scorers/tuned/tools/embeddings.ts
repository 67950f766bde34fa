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

/**
 * Vectors on their principal axes (principal component analysis), scaled to a mean magnitude of 1 for each number.
 * Fewer numbers contain almost the same information.
 *
 * @param values rows of `dimensions` numbers, each column with mean 0
 * @param axes the number of axes to keep, in descending order of variance
 */
export function onMainAxes(values: Float32Array, dimensions: number, axes: number): Float32Array {
  const rows = values.length / dimensions
  const { vectors, sizes } = eigen(covariance(values, dimensions), dimensions)
  const largest = sizes.map((size, axis) => ({ size, axis })).toSorted((a, b) => b.size - a.size)
  const kept = largest.slice(0, axes)
  const scale = 1 / Math.sqrt(kept.reduce((sum, { size }) => sum + size, 0) / kept.length)
  const reduced = new Float32Array(rows * kept.length)
  for (let row = 0; row < rows; row++)
    for (const [into, { axis }] of kept.entries()) {
      let sum = 0
      for (let from = 0; from < dimensions; from++)
        sum += (vectors[from * dimensions + axis] as number) * (values[row * dimensions + from] as number)
      reduced[row * kept.length + into] = sum * scale
    }
  return reduced
}

function covariance(values: Float32Array, n: number): Float64Array {
  const sums = new Float64Array(n * n)
  const rows = values.length / n
  for (let row = 0; row < rows; row++)
    for (let a = 0; a < n; a++) {
      const x = values[row * n + a] as number
      for (let b = 0; b < n; b++)
        sums[a * n + b] = (sums[a * n + b] as number) + (x * (values[row * n + b] as number)) / rows
    }
  return sums
}

const SWEEPS = 12
const NEXT_TO_NOTHING = 1e-14

/** Eigenvectors, as columns, and eigenvalues of a symmetric matrix, by Jacobi rotations. */
function eigen(matrix: Float64Array, n: number): { vectors: Float64Array; sizes: number[] } {
  const at = (row: number, column: number) => matrix[row * n + column] as number
  const vectors = Float64Array.from({ length: n * n }, (_, index) => (index % (n + 1) === 0 ? 1 : 0))
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        const off = at(p, q)
        if (Math.abs(off) < NEXT_TO_NOTHING) continue
        const ratio = (at(q, q) - at(p, p)) / (2 * off)
        const tangent = Math.sign(ratio || 1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1))
        const cosine = 1 / Math.sqrt(tangent * tangent + 1)
        const sine = tangent * cosine
        rotate(matrix, n, p, q, n, 1, cosine, sine)
        rotate(matrix, n, p, q, 1, n, cosine, sine)
        rotate(vectors, n, p, q, n, 1, cosine, sine)
      }
  return { vectors, sizes: Array.from({ length: n }, (_, axis) => at(axis, axis)) }
}

/** Rotates lines p and q: columns with `along` n and `across` 1, rows the other way round. */
function rotate(
  values: Float64Array,
  n: number,
  p: number,
  q: number,
  along: number,
  across: number,
  cosine: number,
  sine: number,
): void {
  for (let k = 0; k < n; k++) {
    const x = values[k * along + p * across] as number
    const y = values[k * along + q * across] as number
    values[k * along + p * across] = cosine * x - sine * y
    values[k * along + q * across] = sine * x + cosine * y
  }
}
