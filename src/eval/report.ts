import type { Piece } from '../plugin/scorer.ts'
import type { Scale } from './scale.ts'
import type { Card, Mistake } from './scorecard.ts'
import type { Label, Thresholds } from './sentiment.ts'
import type { Survey } from './survey.ts'

/** What `mood-exporter eval --json` prints. Rates are from 0 to 1, and null where there is nothing to divide by. */
export interface Report {
  data: {
    file: string
    /** In words: which columns were read as what. */
    columns: string
    /** Lines with a post in them. */
    rows: number
    /** Posts that were scored: those with a label that is known, or the sample of them. */
    posts: number
    /** Posts left out because of their label, as `--map LABEL=skip` asks. */
    skipped: number
    /** Lines that could not be made out. */
    unreadable: number
    /** Lines that are not valid UTF-8. */
    damaged: number
    /** What was made of each label; empty where there are more than a thousand. */
    labels: Survey['labels']
    /** Where labels are ratings. */
    scale?: Scale
    /** Of the posts that were scored. */
    byLabel: Record<Label, number>
  }
  /** Where scores were cut into sentiments. */
  thresholds: Thresholds
  /** The accuracy of saying of every post what most of them are. */
  baseline: number
  scorers: ScorerReport[]
}

export interface ScorerReport extends Card {
  scorer: string
  /** By the time that the scorer itself took, on one core; null for scores from a file. */
  postsPerSecond: number | null
  /** Posts that it threw for, or returned an invalid result: they count as `unknown` unless there is a score. */
  failed: number
  firstFailure?: string
  mistakes: (Mistake & {
    /** What moved the score, where the scorer can say. */
    explanation?: Piece[]
  })[]
}
