import type { Score } from '../plugin/scorer.ts'
import { LABELS, type Label, SAID, type Said, sentimentOf, type Thresholds } from './sentiment.ts'

/** Posts by what they are labelled and what was said of them. */
export type Matrix = Readonly<Record<Label, Readonly<Record<Said, number>>>>

/** What became of posts with one scorer: counted as they come, in memory that does not grow. */
export class Outcomes {
  readonly matrix = Object.fromEntries(
    LABELS.map(label => [label, Object.fromEntries(SAID.map(said => [said, 0]))]),
  ) as Record<Label, Record<Said, number>>
  /** Of the posts labelled negative or positive, those whose score lies on that side of 0. */
  rightSide = 0

  add(label: Label, score: Score, thresholds: Thresholds): void {
    this.matrix[label][sentimentOf(score, thresholds)]++
    if (score === null) return
    if ((label === 'positive' && score > 0) || (label === 'negative' && score < 0)) this.rightSide++
  }
}
