import { Model } from '../plugins/scorers/tuned/model.ts'
import type { ModelParts } from '../plugins/scorers/tuned/model-file.ts'
import { calibrate } from './calibrate.ts'
import { classSizes, type LabelledPosts } from './data.ts'
import { exportModel } from './export.ts'
import { buildMatrix } from './matrix.ts'
import type { Recipe } from './recipes.ts'
import { train } from './sgd.ts'
import type { Vectors } from './vectors.ts'
import { readWordLists } from './word-lists.ts'

/** One post in this many is kept back to calibrate on, then used after all. */
const KEPT_BACK = 8

/** Trains on some rows of the posts, from features to the parts of a file. What the other rows hold plays no part. */
export function fitParts(
  recipe: Recipe,
  posts: LabelledPosts,
  rows: Int32Array,
  date: string,
  vectors?: Vectors,
): ModelParts {
  const used = recipe.vectors ? vectors : undefined
  const lists = readWordLists(!recipe.words)
  const texts = Array.from(rows, row => posts.texts[row] as string)
  const labels = Uint8Array.from(rows, row => posts.labels[row] as number)
  const matrix = buildMatrix(
    texts,
    { features: { ...recipe.features, bits: recipe.trainingBits }, minCount: recipe.minCount },
    lists,
    used,
  )
  const all = Int32Array.from(texts.keys())
  const targets = weighTargets(posts, labels, rows, recipe.shares)
  const kept = all.filter(row => row % KEPT_BACK === 0)
  const trial = train(
    matrix,
    targets,
    all.filter(row => row % KEPT_BACK !== 0),
    { ...recipe.training, rounds: 1 },
  )
  const calibration = calibrate(matrix, labels, kept, trial, recipe.expected)
  const weights = train(matrix, targets, all, recipe.training)
  return exportModel({
    language: recipe.language,
    posts: all.length,
    date,
    features: recipe.features,
    matrix,
    weights,
    calibration,
    lists,
    vectors: used,
  })
}

/** The targets of some rows, each class weighed so that it counts by its share, whatever its number of posts. */
function weighTargets(
  posts: LabelledPosts,
  labels: Uint8Array,
  rows: Int32Array,
  shares: readonly number[],
): Float32Array {
  const sizes = classSizes(labels, Int32Array.from(rows.keys()))
  const targets = new Float32Array(rows.length * 3)
  for (const [index, row] of rows.entries()) {
    const label = labels[index] as number
    const weight = ((shares[label] as number) * rows.length) / (sizes[label] as number)
    for (let c = 0; c < 3; c++) targets[3 * index + c] = weight * (posts.targets[3 * row + c] as number)
  }
  return targets
}

/** The same, ready to score. */
export const fitModel = (...args: Parameters<typeof fitParts>): Model => new Model(fitParts(...args))
