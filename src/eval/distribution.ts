import { LABELS, type Label } from './sentiment.ts'

/** Steps from 0 to 1, and as many to -1: one bar for each, and one centred on 0. */
const STEPS = 20

/** Posts of each label by score: -1, -0.95, … 1. */
export class Distribution {
  readonly counts = Object.fromEntries(
    LABELS.map(label => [label, new Array<number>(2 * STEPS + 1).fill(0)]),
  ) as Record<Label, number[]>

  add(score: number, label: Label): void {
    const counts = this.counts[label]
    const index = Math.round(score * STEPS) + STEPS
    counts[index] = (counts[index] ?? 0) + 1
  }
}
