import type { DetailedScore, Score, ScoreOutcome } from 'mood-exporter/plugin'

/** A member's result for a post. */
export type Answer = Score | ScoreOutcome

/** The weighted mean of the available scores, the disagreement between them, and all named emotions. */
export function combine(answers: readonly Answer[], weights: readonly number[]): Score | DetailedScore {
  let sum = 0
  let weight = 0
  let least = 1
  let most = -1
  let count = 0
  const emotions: string[] = []
  for (let i = 0; i < answers.length; i++) {
    const answer = answers[i] as Answer
    let score: Score
    if (typeof answer === 'object' && answer !== null) {
      score = answer.score
      for (const emotion of answer.details?.emotions ?? [])
        if (!emotions.includes(emotion)) emotions.push(emotion)
    } else score = answer
    if (score === null) continue
    count++
    sum += score * (weights[i] as number)
    weight += weights[i] as number
    if (score < least) least = score
    if (score > most) most = score
  }
  // A rounding error may move the mean of equal scores out of their range.
  const score = count === 0 ? null : Math.max(least, Math.min(most, sum / weight))
  if (count < 2 && emotions.length === 0) return score
  return {
    score,
    ...(count < 2 ? {} : { disagreement: (most - least) / 2 }),
    ...(emotions.length === 0 ? {} : { emotions }),
  }
}

/**
 * Throws if no post has a score and a member failed: the posts are unknown because of the failure, which must count
 * as an error.
 */
export function ensureAnswered(
  combined: readonly (Score | DetailedScore)[],
  answers: readonly (readonly Answer[])[],
): void {
  const hasScore = combined.some(result =>
    typeof result === 'object' && result !== null ? result.score !== null : result !== null,
  )
  const hasFailed = (answer: Answer) => typeof answer === 'object' && answer?.error !== undefined
  if (!hasScore && answers.some(each => each.some(hasFailed)))
    throw new Error('a scorer of the ensemble failed, and no other had a score')
}
