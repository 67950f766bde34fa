import { type CallError, invalidResult } from './call-error.ts'
import type { DetailedScore, Score } from './scorer.ts'
import { isThenable, shown } from './shown.ts'

/** What a scorer may return for a post besides its score. */
export type ScoreDetails = Omit<DetailedScore, 'score'>

/** The result of a scorer for one post. */
export interface ScoreOutcome {
  /** Null if the scorer has no score, or failed. */
  readonly score: Score
  /** Absent if it returned only a score. */
  readonly details?: ScoreDetails
  /** The problem, if any. A score is used nevertheless: details may be invalid while the score is valid. */
  readonly error?: CallError
}

export const isScore = (score: unknown): score is Score =>
  score === null || (typeof score === 'number' && score >= -1 && score <= 1)

/**
 * Validates what a scorer returned for one post. Each property is read once and copied, so that the value that was
 * checked is the one that is used, even if the scorer changes its object afterwards.
 *
 * @param declared the emotions that the scorer declares
 * @throws whatever a getter of the result throws
 */
export function readScoreResult(returned: unknown, declared: ReadonlySet<string>): Score | ScoreOutcome {
  if (isScore(returned)) return returned
  if (typeof returned !== 'object' || returned === null) return invalidScore(returned)
  const { score, disagreement, emotions } = returned as Partial<Record<keyof DetailedScore, unknown>>
  if (!isScore(score)) return invalidScore(score === undefined ? returned : score)
  const details: { emotions?: readonly string[]; disagreement?: number } = {}
  if (disagreement !== undefined) {
    if (typeof disagreement !== 'number' || !(disagreement >= 0 && disagreement <= 1))
      return invalid(score, `expected a disagreement from 0 to 1, got ${shown(disagreement)}`)
    details.disagreement = disagreement
  }
  if (emotions !== undefined) {
    if (!Array.isArray(emotions)) return invalid(score, `expected a list of emotions, got ${shown(emotions)}`)
    const named = new Set<string>()
    for (let i = 0; i < emotions.length; i++) {
      const emotion: unknown = emotions[i]
      if (typeof emotion !== 'string' || !declared.has(emotion))
        return invalid(score, `expected emotions that the scorer declares, got ${shown(emotion)}`)
      named.add(emotion)
    }
    details.emotions = [...named]
  }
  return details.disagreement === undefined && details.emotions === undefined ? score : { score, details }
}

const invalid = (score: Score, message: string): ScoreOutcome => ({ score, error: invalidResult(message) })

function invalidScore(value: unknown): ScoreOutcome {
  const waits = isThenable(value) ? ': `score` cannot be asynchronous; use `scoreBatch`' : ''
  return invalid(null, `expected a number from -1 to 1 or null, got ${shown(value)}${waits}`)
}
