import { type Label, valueOfLabel } from './sentiment.ts'

/** As many as Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017). Odd, so that 0 is amid one. */
export const BINS = 15

/** Posts with scores about as high. */
export interface ReliabilityBin {
  /** Scores from here (included) … */
  from: number
  /** … to here, excluded but for 1. */
  to: number
  posts: number
  /** Mean of their scores. */
  score: number
  /** Their balance: positive less negative posts, as a part of all. What the mean score ought to be. */
  balance: number
  /** Posts of them that are labelled negative or positive. */
  polarPosts: number
  /** Mean score of those; null where there are none. */
  polarScore: number | null
  /** The part of those that is positive; null where there are none. */
  positiveShare: number | null
}

/** Whether scores mean what they say. */
export interface Calibration {
  /** Bins that hold posts, from the lowest scores up. */
  bins: ReliabilityBin[]
  /**
   * Expected calibration error: how far positivity, (score + 1) / 2, is from what the labels say (1 positive, 0.5
   * neutral, 0 negative), bin by bin, weighed by posts. From 0 to 1; null without scores.
   */
  error: number | null
  /** The same over posts labelled negative or positive: positivity against the part that is positive. */
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

/** Counts scores by how high they are, with what the labels of their posts were. */
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
