import type { Model } from '../model.ts'
import { CUT } from '../score.ts'
import type { LabelledPosts } from './data.ts'

/** The quality of a model on posts that it was not trained on. Shares from 0 to 1. */
export interface Result {
  readonly posts: number
  /**
   * Recall averaged over the classes (SemEval 2017 Task 4 A), of the most probable class and of the score cut at
   * ±0.05.
   */
  readonly recall: number
  readonly recallOfCut: number
  /** Recall of negative, neutral and positive for the score cut at ±0.05. */
  readonly recalls: readonly number[]
  /** For negative and positive posts: the share with a score of the right sign, and beyond the cut. */
  readonly signs: number
  readonly signsOfCut: number
  /** The expected calibration error over ten bins, with the classes weighted equally. */
  readonly calibrationError: number
}

export function evaluate(model: Model, { texts, labels }: LabelledPosts, rows: Int32Array): Result {
  const sizes = [0, 0, 0]
  const likeliest = [0, 0, 0]
  const cut = [0, 0, 0]
  let signs = 0
  const bins = Array.from({ length: 10 }, () => ({ count: 0, said: 0, right: 0 }))
  const classSize = [0, 0, 0]
  for (const row of rows) bump(classSize, labels[row] as number)
  for (const row of rows) {
    const label = labels[row] as number
    const text = texts[row] as string
    const { negative, neutral, positive } = model.probabilities(text) ?? {
      negative: 0,
      neutral: 1,
      positive: 0,
    }
    const score = model.score(text) ?? 0
    bump(sizes, label)
    const all = [negative, neutral, positive]
    const top = Math.max(...all)
    if (all.indexOf(top) === label) bump(likeliest, label)
    if ((score >= CUT ? 2 : score <= -CUT ? 0 : 1) === label) bump(cut, label)
    if (label !== 1 && score > 0 === (label === 2)) signs++
    const bin = bins[Math.min(9, Math.floor(top * 10))] as { count: number; said: number; right: number }
    const weight = 1 / (classSize[label] as number)
    bin.count += weight
    bin.said += weight * top
    if (all.indexOf(top) === label) bin.right += weight
  }
  const share = (hits: number[]) => hits.map((hit, c) => hit / Math.max(1, sizes[c] as number))
  const total = bins.reduce((sum, { count }) => sum + count, 0)
  return {
    posts: rows.length,
    recall: mean(share(likeliest)),
    recallOfCut: mean(share(cut)),
    recalls: share(cut),
    signs: signs / ((sizes[0] as number) + (sizes[2] as number)),
    signsOfCut: ((cut[0] as number) + (cut[2] as number)) / ((sizes[0] as number) + (sizes[2] as number)),
    calibrationError: bins.reduce((sum, { said, right }) => sum + Math.abs(said - right), 0) / total,
  }
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

function bump(counts: number[], index: number): void {
  counts[index] = (counts[index] as number) + 1
}
