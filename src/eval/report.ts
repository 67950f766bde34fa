import type { Piece } from '../plugin/scorer.ts'
import type { Scale } from './scale.ts'
import type { Card, Mistake } from './scorecard.ts'
import type { Label, Thresholds } from './sentiment.ts'
import type { Survey } from './survey.ts'

/** The output of `mood-exporter eval --json`. Rates are from 0 to 1, and null if there is nothing to divide by. */
export interface Report {
  data: {
    file: string
    /** Which columns were read, as text. */
    columns: string
    /** Lines with a post. */
    rows: number
    /** Scored posts: those with a known label, or the sample of them. */
    posts: number
    /** Posts left out because of `--map LABEL=skip`. */
    skipped: number
    /** Lines that could not be parsed. */
    unreadable: number
    /** Lines that are not valid UTF-8. */
    damaged: number
    /** The interpretation of each label; empty if there are more than a thousand. */
    labels: Survey['labels']
    /** If labels are ratings. */
    scale?: Scale
    /** Of the scored posts. */
    byLabel: Record<Label, number>
  }
  /** The thresholds of sentiments. */
  thresholds: Thresholds
  /** The accuracy of predicting the most frequent label for every post. */
  baseline: number
  scorers: ScorerReport[]
}

export interface ScorerReport extends Card {
  scorer: string
  /** By the scorer's own time on one core; null for scores from a file. */
  postsPerSecond: number | null
  /** Posts for which it threw or returned an invalid result: they count as `unknown` unless there is a score. */
  failed: number
  firstFailure?: string
  mistakes: (Mistake & {
    /** The pieces that contributed to the score, if the scorer can explain it. */
    explanation?: Piece[]
  })[]
}
