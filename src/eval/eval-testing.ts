import type { Score } from '../plugin/scorer.ts'
import type { Label, Thresholds } from './sentiment.ts'

export const THRESHOLDS: Thresholds = { positive: 0.05, negative: -0.05 }

/** A post of {@link sixtyPosts}. */
export interface TestPost {
  rating: number
  label: Label
  score: Score
}

/**
 * Sixty posts rated from 1 to 10, with scores that roughly follow the ratings, one in seven without a score. They are
 * always the same, from the "minimal standard" generator of Park and Miller, so that another program can reproduce
 * them.
 */
export function sixtyPosts(): TestPost[] {
  let state = 7
  const random = () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  return Array.from({ length: 60 }, () => {
    const rating = 1 + Math.floor(random() * 10)
    const noise = random() * 2 - 1
    const loose = Math.floor((((rating - 5.5) / 4.5) * 0.6 + noise * 0.5) * 1000 + 0.5) / 1000
    const isUnknown = random() < 0.15
    return {
      rating,
      label: rating <= 4 ? 'negative' : rating <= 6 ? 'neutral' : 'positive',
      score: isUnknown ? null : Math.max(-1, Math.min(1, loose)),
    }
  })
}
