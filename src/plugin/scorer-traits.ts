import type { BatchScorer, PostScorer, Scorer } from './scorer.ts'
import { shown } from './shown.ts'

/** The maximum number of emotions: they are values of a label. */
const MAX_EMOTIONS = 50

const EMOTION = /^[\p{L}\p{N}_ -]{1,40}$/u

const DEFAULT_BATCH_SIZE = 32
const MAX_BATCH_SIZE = 10_000
const MAX_CONCURRENCY = 1000

/** The traits of a scorer, read once when it is created. */
export interface ScorerTraits {
  /** True for a scorer that takes a post at a time, synchronously; false for one that takes batches. */
  readonly synchronous: boolean
  /** The maximum of posts in one call. */
  readonly batchSize: number
  /** The maximum of calls in flight. */
  readonly concurrency: number
  readonly emotions: ReadonlySet<string>
  /** Whether it can explain a score. */
  readonly explains: boolean
  /** A message for each declared limit that was lowered to its maximum. */
  readonly clamped: readonly string[]
}

/** @throws TypeError that says which part of the scorer is invalid */
export function traitsOf(scorer: Scorer): ScorerTraits {
  if (typeof scorer !== 'object' || scorer === null)
    throw new TypeError(`expected \`create\` to give a scorer, got ${shown(scorer)}`)
  const common = { emotions: emotionsOf(scorer), explains: typeof scorer.explain === 'function' }
  if (typeof (scorer as Partial<PostScorer>).score === 'function')
    return { synchronous: true, batchSize: 1, concurrency: 1, clamped: [], ...common }
  const { scoreBatch, batchSize, concurrency } = scorer as BatchScorer
  if (typeof scoreBatch !== 'function')
    throw new TypeError('expected a scorer to have a function `score` or `scoreBatch`')
  const clamped: string[] = []
  return {
    synchronous: false,
    batchSize: limit('batchSize', batchSize ?? DEFAULT_BATCH_SIZE, MAX_BATCH_SIZE, clamped),
    concurrency: limit('concurrency', concurrency ?? 1, MAX_CONCURRENCY, clamped),
    clamped,
    ...common,
  }
}

/** A declared limit, lowered to `most`. @throws TypeError if it is not a whole number of at least 1 */
function limit(name: string, value: unknown, most: number, clamped: string[]): number {
  if (typeof value === 'number' && value > most) {
    clamped.push(`\`${name}\` is ${value}: ${most} is used, the most that is possible`)
    return most
  }
  if (!Number.isInteger(value) || (value as number) < 1)
    throw new TypeError(`expected \`${name}\` to be a whole number from 1 to ${most}, got ${shown(value)}`)
  return value as number
}

/** Emotions become values of a label: few, of ordinary text. */
function emotionsOf({ emotions = [] }: Scorer): ReadonlySet<string> {
  if (!Array.isArray(emotions)) throw new TypeError(`expected a list of emotions, got ${shown(emotions)}`)
  if (emotions.length > MAX_EMOTIONS)
    throw new TypeError(`expected at most ${MAX_EMOTIONS} emotions, got ${emotions.length}`)
  const odd = emotions.find(emotion => typeof emotion !== 'string' || !EMOTION.test(emotion))
  if (odd !== undefined)
    throw new TypeError(
      `expected emotions of up to 40 letters, digits, spaces, "_" or "-", got ${JSON.stringify(odd)}`,
    )
  return new Set(emotions)
}
