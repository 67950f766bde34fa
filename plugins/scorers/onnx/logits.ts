import type { DetailedScore, Score } from 'mood-exporter/plugin'
import type { Meaning } from './labels.ts'

/** The probability of each label, from the logits. */
export function probabilities(logits: readonly number[], multiLabel: boolean): number[] {
  if (multiLabel) return logits.map(logit => 1 / (1 + Math.exp(-logit)))
  const most = Math.max(...logits)
  const weights = logits.map(logit => Math.exp(logit - most))
  const sum = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map(weight => weight / sum)
}

/** Makes the function that converts a model's logits to a result. */
export function logitsScorer(meanings: readonly Meaning[], multiLabel: boolean, threshold: number) {
  const emotions = [...new Set(meanings.flatMap(({ emotion }) => emotion ?? []))]
  // "Neutral" among emotions is not an emotion, and gives no score.
  const hasScore = emotions.length === 0 || meanings.some(({ value = 0 }) => value !== 0)

  function scoreOf(shares: readonly number[]): Score {
    if (!hasScore) return null
    let sum = 0
    let all = 0
    for (const [i, share] of shares.entries()) {
      sum += share * (meanings[i]?.value ?? 0)
      all += share
    }
    // Independent labels may add up to more than 1; softmax probabilities do so only by rounding.
    return sum / Math.max(1, all)
  }

  return {
    emotions,
    scoreLogits(logits: readonly number[]): Score | DetailedScore {
      const shares = probabilities(logits, multiLabel)
      const score = scoreOf(shares)
      if (emotions.length === 0) return score
      const shown = meanings.flatMap(({ emotion }, i) =>
        emotion !== undefined && (shares[i] as number) >= threshold ? [emotion] : [],
      )
      return { score, emotions: [...new Set(shown)] }
    },
  }
}
