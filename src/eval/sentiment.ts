import type { Score } from '../plugin/scorer.ts'

/** What a post can be labelled, in the order that everything here counts by. */
export const LABELS = ['negative', 'neutral', 'positive'] as const

/** What a scorer can say of a post: `unknown` where its score is null. */
export const SAID = [...LABELS, 'unknown'] as const

export type Label = (typeof LABELS)[number]
export type Said = (typeof SAID)[number]

/** Scores from `positive` up, and from `negative` down, as `sentiment` of the configuration has it. */
export interface Thresholds {
  positive: number
  negative: number
}

/** Cuts a score into a sentiment as the exporter does. */
export function sentimentOf(score: Score, { positive, negative }: Thresholds): Said {
  if (score === null) return 'unknown'
  if (score >= positive) return 'positive'
  return score <= negative ? 'negative' : 'neutral'
}

const VALUES: Record<Label, number> = { negative: -1, neutral: 0, positive: 1 }

/** A label on the scale of scores: -1, 0 or 1. */
export const valueOfLabel = (label: Label): number => VALUES[label]
