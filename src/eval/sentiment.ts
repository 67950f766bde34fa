import type { Score } from '../plugin/scorer.ts'

/** The labels of posts, in the order of all counts. */
export const LABELS = ['negative', 'neutral', 'positive'] as const

/** The predictions of a scorer: `unknown` if its score is null. */
export const SAID = [...LABELS, 'unknown'] as const

export type Label = (typeof LABELS)[number]
export type Said = (typeof SAID)[number]

/** The thresholds of scores: `positive` and above, `negative` and below, as `sentiment` in the configuration. */
export interface Thresholds {
  positive: number
  negative: number
}

/** The sentiment of a score, by the exporter's rule. */
export function sentimentOf(score: Score, { positive, negative }: Thresholds): Said {
  if (score === null) return 'unknown'
  if (score >= positive) return 'positive'
  return score <= negative ? 'negative' : 'neutral'
}

const VALUES: Record<Label, number> = { negative: -1, neutral: 0, positive: 1 }

/** A label as a score: -1, 0 or 1. */
export const valueOfLabel = (label: Label): number => VALUES[label]
