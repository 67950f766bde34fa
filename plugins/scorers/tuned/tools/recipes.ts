import { join } from 'node:path'
import type { FeatureSettings } from '../features.ts'
import { BUCKET } from '../weights.ts'
import type { PooledSettings } from './pooled-net.ts'
import type { TrainingSettings } from './sgd.ts'

/** How a language's model is made. */
export interface Recipe {
  readonly language: string
  readonly data: string
  /** Where the other data are. */
  readonly folder: string
  /** Sentences made for training: the number for each word and template, and the weight of one. */
  readonly made?: {
    readonly pairs: number
    readonly pairWeight: number
    readonly plain: number
    readonly plainWeight: number
    readonly ratedWeight: number
  }
  readonly features: FeatureSettings
  readonly minCount: number
  readonly training: TrainingSettings
  /** The part that is not linear, if there is one. */
  readonly pooled?: PooledSettings
  /** How much each class counts in training, whatever its number of posts. */
  readonly shares: readonly [number, number, number]
  /** The part of each post's target that goes to all classes alike: labels err, and so no post counts as certain. */
  readonly smoothing: number
  /** How common each class is in the world that probabilities are calibrated for. */
  readonly expected: readonly [number, number, number]
  /** Words that are kept out of the Korean list, since they are tested on. */
  readonly heldOut?: ReadonlySet<string>
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
    folder: DATA,
    made: { pairs: 40, pairWeight: 4, plain: 0, plainWeight: 0, ratedWeight: 0.3 },
    features: {
      slots: 40 * BUCKET,
      between: 16 * BUCKET,
      words: { scale: 1.4 },
      pairs: { scale: 1.4, reach: 1, beginning: 0 },
      characters: { scale: 0.6, shortest: 3, longest: 5 },
      reversal: 0.7,
    },
    minCount: 2,
    training: { epochs: 3, rate: 0.3, denseRate: 0.01, rareness: 0.45, rounds: 3 },
    pooled: {
      nets: 2,
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
    folder: DATA,
    made: { pairs: 60, pairWeight: 8, plain: 30, plainWeight: 1, ratedWeight: 0 },
    features: {
      slots: 160 * BUCKET,
      words: { scale: 1 },
      pairs: { scale: 0.42, reach: 3, beginning: 2 },
      characters: { scale: 0.4, shortest: 2, longest: 3 },
      letters: { scale: 0.42, shortest: 4, longest: 6 },
      reversal: 0.6,
    },
    minCount: 3,
    training: { epochs: 6, rate: 0.3, denseRate: 0.03, rareness: 0.45, rounds: 2 },
    shares: [third, third, third],
    smoothing: 0,
    expected: [0.37, 0.26, 0.37],
    words: false,
    vectors: false,
    eras: false,
  },
]
