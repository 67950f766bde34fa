import { Lexicon, Moods } from '../lexicon.ts'
import { Model } from '../model.ts'
import type { ModelParts } from '../model-file.ts'
import { BUCKET, isSlotCount } from '../weights.ts'
import { calibrate } from './calibrate.ts'
import { classSizes, type LabelledPosts } from './data.ts'
import { startOf } from './embeddings.ts'
import { exportModel } from './export.ts'
import { readKoreanLexicon } from './korean-lexicon.ts'
import { buildMatrix } from './matrix.ts'
import { englishMoods, koreanMoods } from './mood-words.ts'
import { addPooled, trainPooled } from './pooled.ts'
import { Reader } from './reader.ts'
import type { Recipe } from './recipes.ts'
import { logits, train } from './sgd.ts'
import type { Vectors } from './vectors.ts'
import { readVocabulary } from './vocabulary.ts'
import { readWordLists, type WordLists } from './word-lists.ts'

/** One post in this many is held back for calibration; the final training uses it too. */
const KEPT_BACK = 8

/** Trains on some rows of the posts, from features to the parts of a model file. Other rows have no influence. */
export function fitParts(
  recipe: Recipe,
  posts: LabelledPosts,
  rows: Int32Array,
  date: string,
  vectors?: Vectors,
): ModelParts {
  const { slots, between = BUCKET } = recipe.features
  if (!isSlotCount(slots) || !isSlotCount(between))
    throw new Error(`features.slots and features.between: expected a multiple of ${BUCKET}, up to 256 of it`)
  const used = recipe.vectors ? vectors : undefined
  const lists = readWordLists(recipe)
  const texts = Array.from(rows, row => posts.texts[row] as string)
  const labels = Uint8Array.from(rows, row => posts.labels[row] as number)
  const moods = moodsOf(recipe, posts, rows, lists, used)
  const matrix = buildMatrix(texts, recipe, lists, moods, used)
  const all = Int32Array.from(texts.keys())
  const counts = Float32Array.from(rows, row => posts.weights[row] as number)
  const targets = weighTargets(posts, labels, counts, rows, recipe)
  const kept = all.filter(row => row % KEPT_BACK === 0)
  // Generated sentences have arbitrary moods: how common a class is follows from the other posts.
  const calibrated = kept.filter(row => isReal(posts, rows[row] as number))
  const network = preparePooled(recipe, texts, lists, moods, used)
  const learn = (some: Int32Array, rounds: number) => {
    const weights = train(matrix, targets, some, { ...recipe.training, rounds })
    // The network uses written posts for single words: generated sentences would influence too much.
    const written = some.filter(row => isReal(posts, rows[row] as number))
    const table =
      network && trainPooled(network.vocabulary, network.embeddings, targets, written, network.settings)
    return { weights, pooled: table && { vocabulary: network.vocabulary, table } }
  }
  const fitted = learn(
    all.filter(row => row % KEPT_BACK !== 0),
    1,
  )
  const oddsOf = (row: number, into: Float64Array) => {
    logits(matrix, fitted.weights, row, into)
    if (fitted.pooled !== undefined) addPooled(fitted.pooled.vocabulary, fitted.pooled.table, row, into)
  }
  const calibration = calibrate(oddsOf, labels, calibrated, recipe.expected, counts)
  return exportModel({
    language: recipe.language,
    posts: all.length,
    date,
    features: recipe.features,
    matrix,
    ...learn(all, recipe.training.rounds),
    calibration,
    lists,
    moods,
    vectors: used,
  })
}

/** Whether a text was written by a person, not generated for training. */
const isReal = ({ madeFrom }: LabelledPosts, row: number) => row < madeFrom

function moodsOf(
  { language, heldOut }: Recipe,
  posts: LabelledPosts,
  rows: Int32Array,
  lists: WordLists,
  vectors: Vectors | undefined,
): Int32Array {
  if (language === 'en') return englishMoods(lists, vectors)
  return language === 'ko'
    ? koreanMoods(posts, rows, [...readKoreanLexicon(heldOut).keys()])
    : new Int32Array(0)
}

function preparePooled(
  { language, pooled, features }: Recipe,
  texts: readonly string[],
  lists: WordLists,
  moods: Int32Array,
  vectors: Vectors | undefined,
) {
  if (pooled === undefined) return undefined
  const reader = new Reader(language, features, new Lexicon(lists.hashes, lists.valences), new Moods(moods))
  const vocabulary = readVocabulary(texts, reader, vectors)
  return { settings: pooled, vocabulary, embeddings: startOf(vocabulary, pooled.axes, vectors) }
}

/**
 * The smoothed targets of some rows, weighted so that each class counts by its share, regardless of its number of
 * posts.
 */
function weighTargets(
  posts: LabelledPosts,
  labels: Uint8Array,
  weights: Float32Array,
  rows: Int32Array,
  { shares, smoothing }: Recipe,
): Float32Array {
  const written = Int32Array.from(rows.keys()).filter(index => isReal(posts, rows[index] as number))
  const sizes = classSizes(labels, written, weights)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const targets = new Float32Array(rows.length * 3)
  for (const [index, row] of rows.entries()) {
    const label = labels[index] as number
    const ofClass = isReal(posts, row) ? ((shares[label] as number) * total) / (sizes[label] as number) : 1
    const weight = (weights[index] as number) * ofClass
    for (let c = 0; c < 3; c++) {
      const target = posts.targets[3 * row + c] as number
      targets[3 * index + c] = weight * ((1 - smoothing) * target + smoothing / 3)
    }
  }
  return targets
}

/** The same, ready to score. */
export const fitModel = (...args: Parameters<typeof fitParts>): Model => new Model(fitParts(...args))
