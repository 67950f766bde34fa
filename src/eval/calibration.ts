import { type Label, valueOfLabel } from './sentiment.ts'

/**
 * The number in Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017). Odd, so that 0 is in the middle
 * of a bin.
 */
export const BINS = 15

/** Posts with similar scores. */
export interface ReliabilityBin {
  /** Scores from here (included) … */
  from: number
  /** … up to here, excluded except for 1. */
  to: number
  posts: number
  /** Mean of their scores. */
  score: number
  /** Their balance: positive minus negative posts, divided by all. Calibrated scores have this mean. */
  balance: number
  /** Those labelled negative or positive. */
  polarPosts: number
  /** Mean score of those; null if there are none. */
  polarScore: number | null
  /** The positive share of those; null if there are none. */
  positiveShare: number | null
}

/** The calibration of scores. */
export interface Calibration {
  /** Bins with posts, in order of scores. */
  bins: ReliabilityBin[]
  /**
   * Expected calibration error: the difference between positivity, (score + 1) / 2, and the labels (1 positive, 0.5
   * neutral, 0 negative) by bin, weighted by posts. From 0 to 1; null without scores.
   */
  error: number | null
  /** The same over posts labelled negative or positive: positivity against the positive share. */
  polarError: number | null
}

class Bin {
  posts = 0
  scores = 0
  values = 0
  polarPosts = 0
  polarScores = 0
  positive = 0

  add(score: number, label: Label): void {
    this.posts++
    this.scores += score
    this.values += valueOfLabel(label)
    if (label === 'neutral') return
    this.polarPosts++
    this.polarScores += score
    if (label === 'positive') this.positive++
  }
}

/** Counts scores by their value, with the labels of their posts. */
export class Reliability {
  readonly #bins = Array.from({ length: BINS }, () => new Bin())

  add(score: number, label: Label): void {
    const index = Math.min(BINS - 1, Math.floor(((score + 1) / 2) * BINS))
    this.#bins[index]?.add(score, label)
  }

  result(): Calibration {
    const bins = this.#bins.map(summary).filter(({ posts }) => posts > 0)
    const polar = bins.filter(({ polarPosts }) => polarPosts > 0)
    return {
      bins,
      // Halved, as scores and balances are from -1 to 1.
      error: weighedMean(bins.map(({ posts, score, balance }) => [Math.abs(score - balance) / 2, posts])),
      polarError: weighedMean(
        polar.map(({ polarPosts, polarScore, positiveShare }) => [
          Math.abs(((polarScore as number) + 1) / 2 - (positiveShare as number)),
          polarPosts,
        ]),
      ),
    }
  }
}

function summary(bin: Bin, index: number): ReliabilityBin {
  const { posts, polarPosts } = bin
  return {
    from: (2 * index) / BINS - 1,
    to: (2 * (index + 1)) / BINS - 1,
    posts,
    score: bin.scores / posts,
    balance: bin.values / posts,
    polarPosts,
    polarScore: polarPosts === 0 ? null : bin.polarScores / polarPosts,
    positiveShare: polarPosts === 0 ? null : bin.positive / polarPosts,
  }
}

function weighedMean(weighed: readonly (readonly [value: number, weight: number])[]): number | null {
  const weight = weighed.reduce((total, [, weight]) => total + weight, 0)
  return weight === 0 ? null : weighed.reduce((total, [value, weight]) => total + value * weight, 0) / weight
}
