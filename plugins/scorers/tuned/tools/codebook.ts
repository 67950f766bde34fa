import { CODES } from '../weights.ts'
import { seeded } from './random.ts'

/** Pairs of numbers, each with its weight. */
export interface Pairs {
  readonly x: Float32Array
  readonly y: Float32Array
  readonly weight: Float32Array
}

/** The number of sampled pairs that determine the codes; using all two million would take minutes. */
const SAMPLE = 60_000
const ROUNDS = 15

/** The code of the pair of zeros, used for empty slots. */
const NOTHING = 0

/**
 * The pairs of numbers with the least squared error when every pair is replaced by its nearest one, two numbers for
 * each code: k-means, initialised by k-means++ (Arthur & Vassilvitskii, SODA 2007). One byte then represents two
 * weights better than two bytes of separately rounded weights, because most pairs are small and opposite.
 */
export function findCodes(pairs: Pairs): Float64Array {
  const sample = sampleOf(pairs)
  const codes = firstCodes(sample)
  const { x, y, weight } = sample
  for (let round = 0; round < ROUNDS; round++) {
    const sums = new Float64Array(CODES * 2)
    const totals = new Float64Array(CODES)
    for (let index = 0; index < x.length; index++) {
      const code = nearest(codes, x[index] as number, y[index] as number)
      const counts = weight[index] as number
      totals[code] = (totals[code] as number) + counts
      sums[2 * code] = (sums[2 * code] as number) + counts * (x[index] as number)
      sums[2 * code + 1] = (sums[2 * code + 1] as number) + counts * (y[index] as number)
    }
    for (const [code, total] of totals.entries()) {
      if (code === NOTHING || total === 0) continue
      codes[2 * code] = (sums[2 * code] as number) / total
      codes[2 * code + 1] = (sums[2 * code + 1] as number) / total
    }
  }
  return codes
}

/** The code of the nearest pair. */
export function nearest(codes: Float64Array, x: number, y: number): number {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let code = 0; code < CODES; code++) {
    const dx = (codes[2 * code] as number) - x
    const dy = (codes[2 * code + 1] as number) - y
    const distance = dx * dx + dy * dy
    if (distance >= least) continue
    least = distance
    best = code
  }
  return best
}

/** Every nth pair. */
function sampleOf({ x, y, weight }: Pairs): Pairs {
  const step = Math.max(1, Math.floor(x.length / SAMPLE))
  const every = (values: Float32Array) => values.filter((_, index) => index % step === 0)
  return { x: every(x), y: every(y), weight: every(weight) }
}

function firstCodes({ x, y, weight }: Pairs): Float64Array {
  const random = seeded(1)
  const codes = new Float64Array(CODES * 2)
  const worth = Float64Array.from(x, (value, index) =>
    weightedSquare(value, y[index] as number, weight[index]),
  )
  for (let code = 1; code < CODES; code++) {
    const drawn = draw(worth, random())
    codes[2 * code] = x[drawn] ?? 0
    codes[2 * code + 1] = y[drawn] ?? 0
    for (let index = 0; index < worth.length; index++) {
      const dx = (x[index] as number) - (codes[2 * code] as number)
      const dy = (y[index] as number) - (codes[2 * code + 1] as number)
      worth[index] = Math.min(worth[index] as number, weightedSquare(dx, dy, weight[index]))
    }
  }
  return codes
}

const weightedSquare = (x: number, y: number, weight = 0) => weight * (x * x + y * y)

/** A random index with probabilities proportional to the weights; `at` is from 0 to 1. */
function draw(worth: Float64Array, at: number): number {
  let left = at * worth.reduce((sum, value) => sum + value, 0)
  for (let index = 0; index < worth.length; index++) {
    left -= worth[index] as number
    if (left <= 0) return index
  }
  return worth.length - 1
}
