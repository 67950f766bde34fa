import { Script } from 'node:vm'
import { type CallError, threw } from '../plugin/call-error.ts'
import type { Post } from '../plugin/post.ts'
import type { ScoreOutcome } from '../plugin/score-result.ts'
import type { BatchScorer, PostScorer, Scorer } from '../plugin/scorer.ts'
import type { ScorerCaller } from '../plugin/scorer-caller.ts'

/** A call exceeded its time limit. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError'
}

const CALL = Symbol.for('mood-exporter.call')

/** V8 can interrupt running code, even an endless loop, only if it was started as a script. */
const script = new Script(`globalThis[Symbol.for('mood-exporter.call')]()`)

/**
 * Calls a function and interrupts it after `ms` milliseconds. What it does after it returned, such as after an
 * `await`, is not limited. A call costs about 0.15 ms.
 *
 * @throws TimeLimitError after the limit, and what the function throws
 */
export function within<T>(ms: number, call: () => T): T {
  Object.defineProperty(globalThis, CALL, { value: call, configurable: true })
  try {
    return script.runInThisContext({ timeout: Math.max(1, Math.ceil(ms)) }) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new TimeLimitError(`no result within ${ms} ms`)
    throw error
  }
}

/**
 * The results of a scorer that takes one post at a time, each call within `ms` milliseconds. The limit is set for
 * many calls together, as setting it costs more than most calls take. If it is exceeded, the post of the current call
 * is scored once more, alone.
 */
export function scoreEach(scorer: ScorerCaller, posts: readonly Post[], ms: number): ScoreOutcome[] {
  const outcomes: ScoreOutcome[] = []
  const scoreNext = () => {
    const outcome = scorer.scoreOne(posts[outcomes.length] as Post)
    outcomes.push(typeof outcome === 'object' && outcome !== null ? outcome : { score: outcome })
  }
  const scoreRest = () => {
    while (outcomes.length < posts.length) scoreNext()
  }
  while (outcomes.length < posts.length) {
    if (!attempt(ms, scoreRest)) continue
    const error = attempt(ms, scoreNext)
    if (error) outcomes.push({ score: null, error })
  }
  return outcomes
}

function attempt(ms: number, call: () => void): CallError | undefined {
  try {
    within(ms, call)
    return undefined
  } catch (error) {
    if (!(error instanceof TimeLimitError)) throw error
    return { ...threw(error), reason: 'timeout' }
  }
}

/**
 * The same scorer with a limit for the synchronous part of `scoreBatch` and `explain`. {@link scoreEach} limits
 * `score`.
 */
export function limited(scorer: Scorer, ms: number): Scorer {
  const { emotions, explain } = scorer
  const extras = {
    ...(emotions === undefined ? {} : { emotions }),
    ...(typeof explain === 'function'
      ? { explain: (post: Post) => within(ms, () => explain.call(scorer, post)) }
      : {}),
    close: () => scorer.close?.(),
  }
  if (typeof (scorer as Partial<PostScorer>).score === 'function')
    return { ...extras, score: post => (scorer as PostScorer).score(post) }
  const { batchSize, concurrency } = scorer as BatchScorer
  return {
    ...extras,
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(concurrency === undefined ? {} : { concurrency }),
    scoreBatch: posts => within(ms, () => (scorer as BatchScorer).scoreBatch(posts)),
  }
}

/**
 * Creates a plugin. @throws TimeLimitError if that takes longer than `ms` milliseconds, in synchronous code or in a
 * promise
 */
export async function createWithin<T>(ms: number, create: () => T | Promise<T>): Promise<T> {
  const { promise: expired, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new TimeLimitError(`it was not created within ${ms} ms`)), ms)
  try {
    return await Promise.race([within(ms, create), expired])
  } finally {
    clearTimeout(timer)
  }
}
