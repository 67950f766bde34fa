import type { Post } from '../plugin/post.ts'
import type { Score } from '../plugin/scorer.ts'
import type { ScorerCaller } from '../plugin/scorer-caller.ts'
import { scoreEach } from './time-limit.ts'

/** Failures of a scorer. Their posts count as `unknown`. */
export interface Failures {
  posts: number
  /** The message of the first failure. */
  first?: string
}

/** The results of a scorer for posts, in order, and the time it took. */
export interface Asked {
  scores: Score[]
  seconds: number
}

/**
 * Calls a scorer as the exporter does, and counts failures.
 *
 * @param timeout limit of one call, in milliseconds
 */
export async function ask(
  scorer: ScorerCaller,
  posts: readonly Post[],
  failures: Failures,
  timeout: number,
): Promise<Asked> {
  const startedAt = performance.now()
  const outcomes = scorer.traits.synchronous ? scoreEach(scorer, posts, timeout) : await scorer.score(posts)
  const seconds = (performance.now() - startedAt) / 1000
  const scores = outcomes.map(({ score, error }) => {
    if (error) {
      failures.posts++
      failures.first ??= error.message
    }
    return score
  })
  return { scores, seconds }
}
