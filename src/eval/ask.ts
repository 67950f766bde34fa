import type { Post } from '../plugin/post.ts'
import type { Score } from '../plugin/scorer.ts'
import type { ScorerCaller } from '../plugin/scorer-caller.ts'
import { scoreEach } from './time-limit.ts'

/** Posts that a scorer failed on count as `unknown`. */
export interface Failures {
  posts: number
  /** What the first of them was. */
  first?: string
}

/** What a scorer said of posts, in their order, and how long it took. */
export interface Asked {
  scores: Score[]
  seconds: number
}

/**
 * Asks a scorer as the exporter does, and counts what it failed on.
 *
 * @param timeout the longest that one call may take, in milliseconds
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
