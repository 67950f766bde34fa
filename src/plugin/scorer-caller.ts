import { LONGEST_TIMER } from './abort.ts'
import { type CallError, invalidResult, threw } from './call-error.ts'
import type { Post } from './post.ts'
import { readScoreResult, type ScoreOutcome } from './score-result.ts'
import type { BatchScorer, Piece, PostScorer, Score, Scorer } from './scorer.ts'
import { type ScorerTraits, traitsOf } from './scorer-traits.ts'
import { shown } from './shown.ts'

export interface ScorerCallerOptions {
  /** Time limit of each call of a scorer that takes batches, in milliseconds; unlimited if absent. */
  timeout?: number
}

/**
 * Observes the calls of a scorer that takes batches. Posts are given by their indexes in the argument of `score`,
 * from `from` up to, and not including, `to`. Calls overlap, in any order, up to the scorer's `concurrency`.
 */
export interface CallObserver {
  /** Before a call. */
  begin(from: number, to: number): void
  /** The call has returned a promise, which is awaited. */
  waiting(from: number, to: number): void
  /** After a call, once its results are read. */
  end(from: number, to: number, milliseconds: number): void
  /** A call failed, or its result for one post is invalid. Called once for each, with the affected posts. */
  failed(error: CallError, from: number, to: number): void
}

const UNOBSERVED: CallObserver = { begin() {}, waiting() {}, end() {}, failed() {} }

const TIMED_OUT = Symbol('timed out')

/**
 * Calls a scorer, for the exporter and for scorers that are made of others. It splits posts into batches, limits the
 * calls in flight and their time, and validates the results. Whatever the scorer does, there is a result for each
 * post: `scoreOne`, `score` and `explain` neither throw nor reject.
 *
 * Await one `score` before the next: each uses all calls that the scorer allows in flight. Call `close` last.
 */
export class ScorerCaller {
  readonly traits: ScorerTraits
  readonly #scorer: Scorer
  readonly #timeout: number | undefined

  /** @throws TypeError that says which part of the scorer is invalid */
  constructor(scorer: Scorer, { timeout }: ScorerCallerOptions = {}) {
    this.traits = traitsOf(scorer)
    this.#scorer = scorer
    this.#timeout = timeout
  }

  /** How many posts occupy the scorer: those of all calls that it allows in flight. */
  get capacity(): number {
    return this.traits.batchSize * this.traits.concurrency
  }

  /**
   * Scores one post synchronously. Only for a `synchronous` scorer. Returns just the score in the usual case: this
   * runs for every post.
   */
  scoreOne(post: Post): Score | ScoreOutcome {
    try {
      const returned: unknown = (this.#scorer as PostScorer).score(post)
      if (typeof returned === 'number' && returned >= -1 && returned <= 1) return returned
      return readScoreResult(returned, this.traits.emotions)
    } catch (error) {
      return { score: null, error: threw(error) }
    }
  }

  /**
   * Scores posts, and resolves to a result for each, in order.
   *
   * A call that fails, times out or returns the wrong number of results affects all of its posts, which then share
   * one error. A result after the timeout is ignored.
   *
   * @param observer observes the calls of a scorer that takes batches
   */
  async score(posts: readonly Post[], observer: CallObserver = UNOBSERVED): Promise<ScoreOutcome[]> {
    if (this.traits.synchronous) return posts.map(post => asOutcome(this.scoreOne(post)))
    const { batchSize, concurrency } = this.traits
    const outcomes = new Array<ScoreOutcome>(posts.length)
    let next = 0
    const work = async () => {
      while (next < posts.length) {
        const from = next
        next = Math.min(posts.length, from + batchSize)
        await this.#call(posts, from, next, outcomes, observer)
      }
    }
    const calls = Math.min(concurrency, Math.ceil(posts.length / batchSize))
    await Promise.all(Array.from({ length: calls }, work))
    return outcomes
  }

  /**
   * The pieces that moved the score of a post. Null if the scorer cannot say; after an error only the explanation is
   * missing.
   */
  explain(post: Post): { pieces: Piece[] } | { error: CallError } | null {
    try {
      if (!this.traits.explains) return null
      return readPieces(this.#scorer.explain?.(post))
    } catch (error) {
      return { error: threw(error) }
    }
  }

  /** Closes the scorer. Rejects with what it throws. */
  async close(): Promise<void> {
    await this.#scorer.close?.()
  }

  async #call(
    posts: readonly Post[],
    from: number,
    to: number,
    outcomes: ScoreOutcome[],
    observer: CallObserver,
  ): Promise<void> {
    observer.begin(from, to)
    const startedAt = performance.now()
    let error: CallError | undefined
    try {
      const results = await this.#results(posts.slice(from, to), () => observer.waiting(from, to))
      error = this.#read(results, from, to, outcomes, observer)
    } catch (thrown) {
      error = threw(thrown)
    }
    if (error) {
      observer.failed(error, from, to)
      outcomes.fill({ score: null, error }, from, to)
    }
    observer.end(from, to, performance.now() - startedAt)
  }

  async #results(posts: readonly Post[], waiting: () => void): Promise<unknown> {
    const promise = (this.#scorer as BatchScorer).scoreBatch(posts)
    waiting()
    if (this.#timeout === undefined) return await promise
    let timer: NodeJS.Timeout | undefined
    const expired = new Promise<typeof TIMED_OUT>(resolve => {
      timer = setTimeout(resolve, Math.min(this.#timeout as number, LONGEST_TIMER), TIMED_OUT)
    })
    try {
      return await Promise.race([promise, expired])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Stores the result of each post of a call. Returns the problem of the call as a whole, if any. */
  #read(
    results: unknown,
    from: number,
    to: number,
    outcomes: ScoreOutcome[],
    observer: CallObserver,
  ): CallError | undefined {
    if (results === TIMED_OUT) return { reason: 'timeout', message: `no result within ${this.#timeout} ms` }
    const expected = to - from
    if (!Array.isArray(results)) return invalidResult(`expected ${expected} scores, got ${shown(results)}`)
    const { length } = results
    if (length !== expected) return invalidResult(`expected ${expected} scores, got ${length} of them`)
    for (let i = 0; i < expected; i++) {
      const outcome = this.#outcome(results, i)
      outcomes[from + i] = outcome
      if (outcome.error) observer.failed(outcome.error, from + i, from + i + 1)
    }
    return undefined
  }

  #outcome(results: readonly unknown[], i: number): ScoreOutcome {
    try {
      return asOutcome(readScoreResult(results[i], this.traits.emotions))
    } catch (error) {
      return { score: null, error: threw(error) }
    }
  }
}

const asOutcome = (result: Score | ScoreOutcome): ScoreOutcome =>
  typeof result === 'object' && result !== null ? result : { score: result }

function readPieces(returned: unknown): { pieces: Piece[] } | { error: CallError } {
  if (!Array.isArray(returned))
    return { error: invalidResult(`expected the pieces of an explanation, got ${shown(returned)}`) }
  const pieces: Piece[] = []
  for (let i = 0; i < returned.length; i++) {
    const { text, weight, why } = (returned[i] ?? {}) as Partial<Record<keyof Piece, unknown>>
    if (typeof text !== 'string' || typeof weight !== 'number' || !Number.isFinite(weight))
      return {
        error: invalidResult(
          `expected a piece with a text and a weight, got ${shown(text)} and ${shown(weight)}`,
        ),
      }
    pieces.push({ text, weight, ...(why === undefined ? {} : { why: String(why) }) })
  }
  return { pieces }
}
