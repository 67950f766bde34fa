import { DENSE_FEATURES } from '../dense-features.ts'
import type { FeatureSettings } from '../features.ts'
import type { ModelParts } from '../model-file.ts'
import type { Calibration } from './calibrate.ts'
import type { Matrix } from './matrix.ts'
import { againstNeutral, NEGATIVE, NEUTRAL, POSITIVE, pack, rounded } from './pack.ts'
import { exportPooled, type PooledTable } from './pooled.ts'
import type { Weights } from './sgd.ts'
import type { Vectors } from './vectors.ts'
import type { Vocabulary } from './vocabulary.ts'
import type { WordLists } from './word-lists.ts'

export interface Trained {
  readonly language: string
  readonly posts: number
  /** The date, such as 2026-01-31. */
  readonly date: string
  readonly features: FeatureSettings
  readonly matrix: Matrix
  readonly weights: Weights
  readonly calibration: Calibration
  readonly lists: WordLists
  readonly moods: Int32Array
  readonly vectors: Vectors | undefined
  readonly pooled?: { readonly vocabulary: Vocabulary; readonly table: PooledTable } | undefined
}

/**
 * Compresses the result of training: two classes relative to neutral, vectors folded into the weights of words, one
 * byte for both.
 */
export function exportModel(trained: Trained): ModelParts {
  const { matrix, weights, calibration, lists } = trained
  const { slots, between, codes } = pack(matrix, weights, trained.features, trained.vectors)
  const { shift, temperature } = calibration
  const bias = (c: number) =>
    againstNeutral(weights.bias, 0, c) +
    (trained.pooled === undefined ? 0 : againstNeutral(trained.pooled.table.bias, 0, c)) +
    (shift[c] as number) -
    (shift[NEUTRAL] as number)
  const dense = Array.from({ length: DENSE_FEATURES }, (_, feature) =>
    [NEGATIVE, POSITIVE].map(c => rounded(againstNeutral(weights.dense, feature, c))),
  )
  const pooled = trained.pooled && exportPooled(trained.pooled.vocabulary, trained.pooled.table)
  return {
    header: {
      language: trained.language,
      trained: trained.date,
      posts: trained.posts,
      features: trained.features,
      codes: Array.from(codes, rounded),
      bias: [rounded(bias(NEGATIVE)), rounded(bias(POSITIVE))],
      dense: dense.flat(),
      temperature: rounded(temperature),
      words: lists.hashes.length,
      moods: trained.moods.length,
      ...(pooled === undefined
        ? {}
        : { pooled: { words: pooled.hashes.length, units: pooled.units, weights: [...pooled.weights] } }),
    },
    slots,
    between,
    hashes: lists.hashes,
    valences: lists.valences,
    moods: trained.moods,
    pooled,
  }
}
