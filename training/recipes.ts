import { join } from 'node:path'
import type { FeatureSettings } from '../plugins/scorers/tuned/features.ts'
import type { TrainingSettings } from './sgd.ts'

/** How a language's model is made. */
export interface Recipe {
  readonly language: string
  readonly data: string
  readonly features: FeatureSettings
  readonly minCount: number
  /** Features have 2 to the power of this many slots while training; then the most telling are kept. */
  readonly trainingBits: number
  readonly training: TrainingSettings
  /** How much each class counts in training, whatever its number of posts. */
  readonly shares: readonly [number, number, number]
  /** How common each class is in the world that probabilities are calibrated for. */
  readonly expected: readonly [number, number, number]
  /** Whether words of the lists count, or only emoji and emoticons. */
  readonly words: boolean
  /** Whether vectors of words are used, where the file is there. */
  readonly vectors: boolean
  /** Whether whole eras are left out in cross-validation. */
  readonly eras: boolean
}

const data = process.env.MOOD_DATA ?? '../shared/data'
const third = 1 / 3

export const RECIPES: readonly Recipe[] = [
  {
    language: 'en',
    data: join(data, 'en-tweets.tsv.gz'),
    features: { bits: 18, words: 2, characters: [3, 5], jamo: [0, 0], negation: true },
    minCount: 2,
    trainingBits: 21,
    training: { epochs: 4, rate: 0.3, denseRate: 0.01, rareness: 0.25, rounds: 3 },
    shares: [third, third, third],
    expected: [third, third, third],
    words: true,
    vectors: true,
    eras: true,
  },
  {
    language: 'ko',
    data: join(data, 'ko-reviews.tsv.gz'),
    features: { bits: 20, words: 2, characters: [1, 5], jamo: [3, 7], negation: false },
    minCount: 2,
    trainingBits: 22,
    training: { epochs: 8, rate: 0.3, denseRate: 0.01, rareness: 0.3, rounds: 2 },
    shares: [0.385, 0.23, 0.385],
    expected: [0.45, 0.1, 0.45],
    words: false,
    vectors: false,
    eras: false,
  },
]
