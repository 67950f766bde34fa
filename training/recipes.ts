import { join } from 'node:path'
import type { FeatureSettings } from '../plugins/scorers/tuned/features.ts'
import { PORTION } from '../plugins/scorers/tuned/weights.ts'
import type { PooledSettings } from './pooled-net.ts'
import type { TrainingSettings } from './sgd.ts'

/** How a language's model is made. */
export interface Recipe {
  readonly language: string
  readonly data: string
  readonly features: FeatureSettings
  readonly minCount: number
  readonly training: TrainingSettings
  /** The part that is not linear, where there is one. */
  readonly pooled?: PooledSettings
  /** How much each class counts in training, whatever its number of posts. */
  readonly shares: readonly [number, number, number]
  /** The part of each post's target that goes to all classes alike: labels err, and so no post counts as certain. */
  readonly smoothing: number
  /** How common each class is in the world that probabilities are calibrated for. */
  readonly expected: readonly [number, number, number]
  /** Whether words of the lists count, or only emoji and emoticons. */
  readonly words: boolean
  /** Whether vectors of words are used. */
  readonly vectors: boolean
  /** Whether whole eras are left out in cross-validation. */
  readonly eras: boolean
}

/** The folder of the labelled posts. */
const DATA = process.env.MOOD_DATA ?? '../shared/data'
const third = 1 / 3

export const RECIPES: readonly Recipe[] = [
  {
    language: 'en',
    data: join(DATA, 'en-tweets.tsv.gz'),
    features: {
      slots: 48 * PORTION,
      negation: true,
      words: { scale: 1, longest: 2 },
      characters: { scale: 1, shortest: 3, longest: 5 },
    },
    minCount: 2,
    training: { epochs: 3, rate: 0.3, denseRate: 0.01, rareness: 0.45, rounds: 3 },
    pooled: {
      nets: 4,
      units: 8,
      axes: 32,
      epochs: 4,
      rate: 0.5,
      netRate: 0.03,
      dropout: 0.3,
      share: 0.5,
    },
    shares: [third, third, third],
    smoothing: 0.2,
    expected: [third, third, third],
    words: true,
    vectors: true,
    eras: true,
  },
  {
    language: 'ko',
    data: join(DATA, 'ko-reviews.tsv.gz'),
    features: {
      slots: 238 * PORTION,
      negation: false,
      words: { scale: 0.4, longest: 1 },
      pairs: { scale: 0.4, reach: 11 },
      characters: { scale: 0.5, shortest: 2, longest: 4 },
      letters: { scale: 0.8, shortest: 4, longest: 6 },
    },
    minCount: 3,
    training: { epochs: 8, rate: 0.3, denseRate: 0.01, rareness: 0.45, rounds: 2 },
    shares: [0.385, 0.23, 0.385],
    smoothing: 0,
    expected: [0.45, 0.1, 0.45],
    words: false,
    vectors: false,
    eras: false,
  },
]
