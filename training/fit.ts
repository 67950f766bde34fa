import { Model } from '../plugins/scorers/tuned/model.ts'
import type { ModelParts } from '../plugins/scorers/tuned/model-file.ts'
import { isSlotCount, PORTION } from '../plugins/scorers/tuned/weights.ts'
import { calibrate } from './calibrate.ts'
import { classSizes, type LabelledPosts } from './data.ts'
import { startOf } from './embeddings.ts'
import { exportModel } from './export.ts'
import { buildMatrix } from './matrix.ts'
import { addPooled, trainPooled } from './pooled.ts'
import type { Recipe } from './recipes.ts'
import { logits, train } from './sgd.ts'
import type { Vectors } from './vectors.ts'
import { readVocabulary } from './vocabulary.ts'
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
  if (!isSlotCount(recipe.features.slots))
    throw new Error(`features.slots: expected a multiple of ${PORTION}, up to 256 of it`)
  const used = recipe.vectors ? vectors : undefined
  const lists = readWordLists(!recipe.words)
  const texts = Array.from(rows, row => posts.texts[row] as string)
  const labels = Uint8Array.from(rows, row => posts.labels[row] as number)
  const matrix = buildMatrix(texts, recipe, lists, used)
  const all = Int32Array.from(texts.keys())
  const targets = weighTargets(posts, labels, rows, recipe)
  const kept = all.filter(row => row % KEPT_BACK === 0)
  const network = preparePooled(recipe, texts, used)
  const learn = (some: Int32Array, rounds: number) => {
    const weights = train(matrix, targets, some, { ...recipe.training, rounds })
    const table =
      network && trainPooled(network.vocabulary, network.embeddings, targets, some, network.settings)
    return { weights, pooled: table && { vocabulary: network.vocabulary, table } }
  }
  const trial = learn(
    all.filter(row => row % KEPT_BACK !== 0),
    1,
  )
  const oddsOf = (row: number, into: Float64Array) => {
    logits(matrix, trial.weights, row, into)
    if (trial.pooled !== undefined) addPooled(trial.pooled.vocabulary, trial.pooled.table, row, into)
  }
  const calibration = calibrate(oddsOf, labels, kept, recipe.expected)
  return exportModel({
    language: recipe.language,
    posts: all.length,
    date,
    features: recipe.features,
    matrix,
    ...learn(all, recipe.training.rounds),
    calibration,
    lists,
    vectors: used,
  })
}

function preparePooled({ pooled, features }: Recipe, texts: readonly string[], vectors: Vectors | undefined) {
  if (pooled === undefined) return undefined
  const vocabulary = readVocabulary(texts, features.negation, vectors)
  return { settings: pooled, vocabulary, embeddings: startOf(vocabulary, pooled.axes, vectors) }
}

/** The targets of some rows, smoothed, each class weighed so that it counts by its share, whatever its number of posts. */
function weighTargets(
  posts: LabelledPosts,
  labels: Uint8Array,
  rows: Int32Array,
  { shares, smoothing }: Recipe,
): Float32Array {
  const sizes = classSizes(labels, Int32Array.from(rows.keys()))
  const targets = new Float32Array(rows.length * 3)
  for (const [index, row] of rows.entries()) {
    const label = labels[index] as number
    const weight = ((shares[label] as number) * rows.length) / (sizes[label] as number)
    for (let c = 0; c < 3; c++) {
      const target = posts.targets[3 * row + c] as number
      targets[3 * index + c] = weight * ((1 - smoothing) * target + smoothing / 3)
    }
  }
  return targets
}

/** The same, ready to score. */
export const fitModel = (...args: Parameters<typeof fitParts>): Model => new Model(fitParts(...args))
