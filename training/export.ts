import { CUES } from '../plugins/scorers/tuned/cues.ts'
import type { FeatureSettings } from '../plugins/scorers/tuned/features.ts'
import type { ModelParts } from '../plugins/scorers/tuned/model-file.ts'
import type { Calibration } from './calibrate.ts'
import type { Matrix } from './matrix.ts'
import { againstNeutral, NEGATIVE, NEUTRAL, POSITIVE, pack } from './pack.ts'
import type { Weights } from './sgd.ts'
import type { Vectors } from './vectors.ts'
import type { WordLists } from './word-lists.ts'

export interface Trained {
  readonly language: string
  readonly posts: number
  /** The day, as 2026-01-31. */
  readonly date: string
  readonly features: FeatureSettings
  readonly matrix: Matrix
  readonly weights: Weights
  readonly calibration: Calibration
  readonly lists: WordLists
  readonly vectors?: Vectors | undefined
}

/** What training learnt, made small: two classes against neutral, vectors folded into words' weights, a byte a weight. */
export function exportModel(trained: Trained): ModelParts {
  const { matrix, weights, calibration, lists } = trained
  const { bytes, largest } = pack(matrix, weights, trained.features.bits, trained.vectors)
  const { shift, temperature } = calibration
  const bias = (c: number) =>
    againstNeutral(weights.bias, 0, c) + (shift[c] as number) - (shift[NEUTRAL] as number)
  const cues = Array.from({ length: CUES }, (_, cue) =>
    [NEGATIVE, POSITIVE].map(c => rounded(againstNeutral(weights.dense, cue, c))),
  )
  return {
    header: {
      language: trained.language,
      trained: trained.date,
      posts: trained.posts,
      features: trained.features,
      largest: rounded(largest),
      bias: [rounded(bias(NEGATIVE)), rounded(bias(POSITIVE))],
      cues: cues.flat(),
      temperature: rounded(temperature),
      words: lists.hashes.length,
    },
    weights: bytes,
    hashes: lists.hashes,
    valences: lists.valences,
  }
}

/** Numbers of the header have six digits, which is more than a byte's weights need. */
const rounded = (value: number) => Number(value.toPrecision(6))
