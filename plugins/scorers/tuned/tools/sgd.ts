import { DENSE_FEATURES } from '../dense-features.ts'
import { CLASSES } from './data.ts'
import type { Matrix } from './matrix.ts'
import { seeded, shuffle } from './random.ts'

const C = CLASSES.length

export interface TrainingSettings {
  /** The number of passes over the posts. A low number (early stopping) keeps weights small. */
  readonly epochs: number
  /** The initial step size, for n-grams and for dense features and vectors; it decreases linearly to 0. */
  readonly rate: number
  readonly denseRate: number
  /** Common features have smaller steps: their number of occurrences to the power of minus this. */
  readonly rareness: number
  /** The number of models to average, trained with different orders of the posts. */
  readonly rounds: number
}

/** Weights of three classes: that of feature f and class c is at 3 f + c; likewise for dense values. */
export interface Weights {
  readonly features: Float32Array
  readonly dense: Float64Array
  readonly bias: Float64Array
}

/**
 * Multinomial logistic regression by stochastic gradient descent over some rows of the matrix.
 *
 * @param targets three for each row: the share of each class. They add up to the weight of the post.
 */
export function train(
  matrix: Matrix,
  targets: Float32Array,
  rows: Int32Array,
  settings: TrainingSettings,
): Weights {
  const total: Weights = {
    features: new Float32Array(matrix.dictionary.size * C),
    dense: new Float64Array(matrix.width * C),
    bias: new Float64Array(C),
  }
  for (let round = 0; round < settings.rounds; round++) {
    const weights = trainOnce(matrix, targets, rows, settings, round + 1)
    for (const part of ['features', 'dense', 'bias'] as const)
      for (let index = 0; index < total[part].length; index++)
        total[part][index] =
          (total[part][index] as number) + (weights[part][index] as number) / settings.rounds
  }
  return total
}

function trainOnce(
  matrix: Matrix,
  targets: Float32Array,
  rows: Int32Array,
  { epochs, rate, denseRate, rareness }: TrainingSettings,
  seed: number,
): Weights {
  const weights: Weights = {
    features: new Float32Array(matrix.dictionary.size * C),
    dense: new Float64Array(matrix.width * C),
    bias: new Float64Array(C),
  }
  const order = rows.slice()
  const stepOf = stepSizes(matrix, rareness)
  const random = seeded(seed)
  const gradient = new Float64Array(C)
  const steps = epochs * order.length
  let done = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random)
    for (const row of order) {
      const left = 1 - done++ / steps
      softmax(logits(matrix, weights, row, gradient))
      let weight = 0
      for (let c = 0; c < C; c++) weight += targets[row * C + c] as number
      for (let c = 0; c < C; c++)
        gradient[c] = weight * (gradient[c] as number) - (targets[row * C + c] as number)
      descend(matrix, weights, row, gradient, stepOf, rate * left, denseRate * left)
    }
  }
  return weights
}

/** The relative step size of each feature; 1 for one with a hundred occurrences. */
function stepSizes({ counts }: Matrix, rareness: number): Float32Array {
  return Float32Array.from(counts, count => (Math.max(1, count) / 100) ** -rareness)
}

/** Writes the three log odds of a post, up to a common constant, into `into`. */
export function logits(
  matrix: Matrix,
  { features: w, dense, bias }: Weights,
  row: number,
  into: Float64Array,
): Float64Array {
  let z0 = bias[0] as number
  let z1 = bias[1] as number
  let z2 = bias[2] as number
  const last = matrix.posts[row + 1] as number
  for (let group = matrix.posts[row] as number; group < last; group++) {
    const scale = matrix.scales[group] as number
    const end = matrix.starts[group + 1] as number
    let a = 0
    let b = 0
    let c = 0
    for (let index = matrix.starts[group] as number; index < end; index++) {
      const at = (matrix.features[index] as number) * C
      a += w[at] as number
      b += w[at + 1] as number
      c += w[at + 2] as number
    }
    // For a reversed feature, the weights of positive and negative are swapped.
    const size = Math.abs(scale)
    z0 += (scale < 0 ? c : a) * size
    z1 += b * size
    z2 += (scale < 0 ? a : c) * size
  }
  const first = row * matrix.width
  for (let figure = 0; figure < matrix.width; figure++) {
    const value = matrix.dense[first + figure] as number
    if (value === 0) continue
    const reversed = figure >= matrix.reversedFrom
    const at = (reversed ? figure - matrix.reversedFrom + DENSE_FEATURES : figure) * C
    z0 += (dense[reversed ? at + 2 : at] as number) * value
    z1 += (dense[at + 1] as number) * value
    z2 += (dense[reversed ? at : at + 2] as number) * value
  }
  into[0] = z0
  into[1] = z1
  into[2] = z2
  return into
}

/** Turns log odds into probabilities, in place. */
export function softmax(z: Float64Array): void {
  const most = Math.max(z[0] as number, z[1] as number, z[2] as number)
  let sum = 0
  for (let c = 0; c < C; c++) {
    z[c] = Math.exp((z[c] as number) - most)
    sum += z[c] as number
  }
  for (let c = 0; c < C; c++) z[c] = (z[c] as number) / sum
}

function descend(
  matrix: Matrix,
  { features: w, dense, bias }: Weights,
  row: number,
  gradient: Float64Array,
  steps: Float32Array,
  rate: number,
  denseRate: number,
): void {
  const [g0, g1, g2] = gradient as unknown as [number, number, number]
  const last = matrix.posts[row + 1] as number
  for (let group = matrix.posts[row] as number; group < last; group++) {
    const size = matrix.scales[group] as number
    const scale = rate * Math.abs(size)
    const first = size < 0 ? g2 : g0
    const third = size < 0 ? g0 : g2
    const end = matrix.starts[group + 1] as number
    for (let index = matrix.starts[group] as number; index < end; index++) {
      const feature = matrix.features[index] as number
      const at = feature * C
      const by = scale * (steps[feature] as number)
      w[at] = (w[at] as number) - first * by
      w[at + 1] = (w[at + 1] as number) - g1 * by
      w[at + 2] = (w[at + 2] as number) - third * by
    }
  }
  const start = row * matrix.width
  for (let figure = 0; figure < matrix.width; figure++) {
    const value = denseRate * (matrix.dense[start + figure] as number)
    if (value === 0) continue
    const reversed = figure >= matrix.reversedFrom
    const at = (reversed ? figure - matrix.reversedFrom + DENSE_FEATURES : figure) * C
    dense[at] = (dense[at] as number) - (reversed ? g2 : g0) * value
    dense[at + 1] = (dense[at + 1] as number) - g1 * value
    dense[at + 2] = (dense[at + 2] as number) - (reversed ? g0 : g2) * value
  }
  for (let c = 0; c < C; c++) bias[c] = (bias[c] as number) - (gradient[c] as number) * denseRate
}
