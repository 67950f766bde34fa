import type { Score } from '../plugin/scorer.ts'
import { LABELS, type Label, SAID, type Said, sentimentOf, type Thresholds } from './sentiment.ts'

/** Posts by label and prediction. */
export type Matrix = Readonly<Record<Label, Readonly<Record<Said, number>>>>

/** Counts the predictions of one scorer, in constant memory. */
export class Outcomes {
  readonly matrix = Object.fromEntries(
    LABELS.map(label => [label, Object.fromEntries(SAID.map(said => [said, 0]))]),
  ) as Record<Label, Record<Said, number>>
  /** Posts labelled negative or positive whose score has that sign. */
  rightSide = 0

  add(label: Label, score: Score, thresholds: Thresholds): void {
    this.matrix[label][sentimentOf(score, thresholds)]++
    if (score === null) return
    if ((label === 'positive' && score > 0) || (label === 'negative' && score < 0)) this.rightSide++
  }
}
