import { join } from 'node:path'
import type { FeatureSettings } from '../features.ts'
import { BUCKET } from '../weights.ts'
import type { PooledSettings } from './pooled-net.ts'
import type { TrainingSettings } from './sgd.ts'

/** The parameters of a language's model. */
export interface Recipe {
  readonly language: string
  readonly data: string
  /** The folder of the other data. */
  readonly folder: string
  /** Sentences generated for training: the number for each word and template, and the weight of each. */
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
  /** The non-linear part, if there is one. */
  readonly pooled?: PooledSettings
  /** The weight of each class in training, regardless of its number of posts. */
  readonly shares: readonly [number, number, number]
  /** Label smoothing: the share of each target that is spread over all classes, because labels contain errors. */
  readonly smoothing: number
  /** The frequency of each class that probabilities are calibrated for. */
  readonly expected: readonly [number, number, number]
  /** Words excluded from the Korean list because tests use them. */
  readonly heldOut?: ReadonlySet<string>
  /** Whether listed words count, or only emoji and emoticons. */
  readonly words: boolean
  /** Whether to use word vectors. */
  readonly vectors: boolean
  /** Whether cross-validation leaves out whole eras. */
  readonly eras: boolean
}

/** The folder of the labelled posts, by default the current one. */
const DATA = process.env.MOOD_DATA ?? '.'
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

/** The recipe, and variants of it with one change each. */
export function ablations(recipe: Recipe): [string, Recipe][] {
  const { features, training } = recipe
  const without = (name: string, changed: Partial<Recipe>): [string, Recipe] => [
    name,
    { ...recipe, ...changed },
  ]
  const read = (name: string, changed: Partial<FeatureSettings>) =>
    without(name, { features: { ...features, ...changed } })
  const { words, pairs, characters } = features
  const list: [string, Recipe][] = [
    without('all', {}),
    read('no single words', { words: { ...words, scale: 0 } }),
    read('no pairs', { pairs: { ...pairs, scale: 0, reach: 0 } }),
    ...[3, 6].map(longest => read(`characters up to ${longest}`, { characters: { ...characters, longest } })),
    without('rare n-grams too', { minCount: 1 }),
    without('one round', { training: { ...training, rounds: 1 } }),
    without(recipe.words ? 'no word lists' : 'with English word lists', { words: !recipe.words }),
  ]
  list.push(read('nothing left of what is negated', { reversal: 0 }))
  if (recipe.made !== undefined) {
    const { made: _, ...labelled } = recipe
    list.push(['labelled posts only', labelled])
  }
  if (recipe.vectors) list.push(without('no vectors', { vectors: false }))
  if (recipe.smoothing > 0) list.push(without('no smoothing of labels', { smoothing: 0 }))
  const { pooled, ...linear } = recipe
  if (pooled !== undefined) list.push(['no network', linear])
  const { letters, ...others } = features
  if (letters !== undefined) list.push(without('no letters', { features: others }))
  return list
}
