import type { Score } from '../plugin/scorer.ts'
import { LABELS, type Label, SAID, type Said, sentimentOf, type Thresholds } from './sentiment.ts'

/** The z of a 95 % interval. */
const Z95 = 1.959964

/** Measures of one label; null if there is nothing to divide by. */
export interface ByLabel {
  /** Posts with this label. */
  posts: number
  /** The share of posts with this prediction that have the label. */
  precision: number | null
  /** The share of posts with this label that have the prediction. */
  recall: number | null
  /** Harmonic mean of the two. */
  f1: number | null
}

/** Shares of posts, from 0 to 1; null if there is nothing to divide by. */
export interface Rates {
  /** Predicted as labelled. */
  accuracy: number | null
  /**
   * Mean of the recalls of the labels that occur: the measure of SemEval 2017 task 4 A. Guessing gives 1/3 with three
   * labels.
   */
  macroRecall: number | null
  /** Mean of the F1 of positive and of negative posts: the measure of SemEval 2013 to 2016. */
  f1pn: number | null
}

export interface Measures extends Rates {
  posts: number
  /** Posts without a score. In the rates they count as wrong. */
  unknown: number
  /** Half the width of the 95 % interval of the accuracy. */
  accuracyMargin: number | null
  /** Half the width of the 95 % interval of the macro-averaged recall. */
  macroRecallMargin: number | null
  /** The share of posts labelled negative or positive whose score has that sign. */
  polarAccuracy: number | null
  /** The same rates without posts that have no score. */
  ofScored: Rates
  byLabel: Record<Label, ByLabel>
}

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

export function measuresOf({ matrix, rightSide }: Outcomes): Measures {
  const posts = sum(LABELS.map(label => sizeOf(matrix, label)))
  const unknown = sum(LABELS.map(label => matrix[label].unknown))
  const rates = ratesOf(matrix)
  const recalls = LABELS.map(label => ({ posts: sizeOf(matrix, label), recall: recallOf(matrix, label) }))
  // Each recall is over other posts, so the variances of the binomials add up.
  const variance = sum(recalls.map(({ posts, recall }) => (recall === null ? 0 : variancePer(recall, posts))))
  const present = recalls.filter(({ recall }) => recall !== null).length
  return {
    posts,
    unknown,
    ...rates,
    accuracyMargin: rates.accuracy === null ? null : Z95 * Math.sqrt(variancePer(rates.accuracy, posts)),
    macroRecallMargin: present === 0 ? null : (Z95 * Math.sqrt(variance)) / present,
    polarAccuracy: share(rightSide, sizeOf(matrix, 'negative') + sizeOf(matrix, 'positive')),
    ofScored: ratesOf(withoutUnknown(matrix)),
    byLabel: Object.fromEntries(LABELS.map(label => [label, byLabel(matrix, label)])) as Measures['byLabel'],
  }
}

export function ratesOf(matrix: Matrix): Rates {
  const posts = sum(LABELS.map(label => sizeOf(matrix, label)))
  const f1s = [f1Of(matrix, 'negative'), f1Of(matrix, 'positive')]
  return {
    accuracy: share(sum(LABELS.map(label => matrix[label][label])), posts),
    macroRecall: mean(LABELS.map(label => recallOf(matrix, label)).filter(isNumber)),
    f1pn: f1s.every(isNumber) ? mean(f1s) : null,
  }
}

const byLabel = (matrix: Matrix, label: Label): ByLabel => ({
  posts: sizeOf(matrix, label),
  precision: share(matrix[label][label], saidOf(matrix, label)),
  recall: recallOf(matrix, label),
  f1: f1Of(matrix, label),
})

/** Posts with a label. */
const sizeOf = (matrix: Matrix, label: Label) => sum(SAID.map(said => matrix[label][said]))

/** Posts with a prediction. */
const saidOf = (matrix: Matrix, said: Label) => sum(LABELS.map(label => matrix[label][said]))

const recallOf = (matrix: Matrix, label: Label) => share(matrix[label][label], sizeOf(matrix, label))

/** Null if no post has the label. */
function f1Of(matrix: Matrix, label: Label): number | null {
  const posts = sizeOf(matrix, label)
  return posts === 0 ? null : share(2 * matrix[label][label], posts + saidOf(matrix, label))
}

const withoutUnknown = (matrix: Matrix): Matrix =>
  Object.fromEntries(LABELS.map(label => [label, { ...matrix[label], unknown: 0 }])) as unknown as Matrix

const variancePer = (rate: number, posts: number) => (rate * (1 - rate)) / posts
const isNumber = (value: number | null) => value !== null
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]) => share(sum(values), values.length)
const share = (part: number, whole: number) => (whole === 0 ? null : part / whole)

/** Pairs of posts, and those of which both were predicted as labelled. */
export interface PairCounts {
  pairs: number
  right: number
}

/**
 * Counts pairs of posts that differ only slightly, for example by a negation: a pair is correct if all of its posts
 * are. The posts of a pair are adjacent, so only the latest pair is kept. A post without the other of its pair is not
 * counted.
 */
export class Pairs {
  #all: PairCounts = { pairs: 0, right: 0 }
  readonly #byKind = new Map<string, PairCounts>()
  #latest: { pair: string; posts: number; isRight: boolean; kind: string | undefined } | undefined

  add(pair: string | undefined, kind: string | undefined, isRight: boolean): void {
    if (this.#latest !== undefined && this.#latest.pair === pair) {
      this.#latest.posts++
      this.#latest.isRight &&= isRight
      return
    }
    this.#close()
    if (pair !== undefined) this.#latest = { pair, posts: 1, isRight, kind }
  }

  /** Over all posts added so far. */
  result(): { all: PairCounts; byKind: Record<string, PairCounts> } {
    this.#close()
    return { all: { ...this.#all }, byKind: Object.fromEntries(this.#byKind) }
  }

  #close(): void {
    const latest = this.#latest
    this.#latest = undefined
    if (latest === undefined || latest.posts < 2) return
    const counts = [this.#all]
    if (latest.kind !== undefined) {
      const ofKind = this.#byKind.get(latest.kind) ?? { pairs: 0, right: 0 }
      this.#byKind.set(latest.kind, ofKind)
      counts.push(ofKind)
    }
    for (const count of counts) {
      count.pairs++
      if (latest.isRight) count.right++
    }
  }
}

/**
 * Pearson's correlation of a stream of pairs, in constant memory (Welford's updates, which do not lose precision for
 * large means).
 */
export class Correlation {
  #pairs = 0
  #meanX = 0
  #meanY = 0
  #xx = 0
  #yy = 0
  #xy = 0

  add(x: number, y: number): void {
    this.#pairs++
    const dx = x - this.#meanX
    this.#meanX += dx / this.#pairs
    const dy = y - this.#meanY
    this.#meanY += dy / this.#pairs
    this.#xx += dx * (x - this.#meanX)
    this.#yy += dy * (y - this.#meanY)
    this.#xy += dx * (y - this.#meanY)
  }

  get pairs(): number {
    return this.#pairs
  }

  /** From -1 to 1; null if one of the two is constant. */
  get r(): number | null {
    const scale = Math.sqrt(this.#xx * this.#yy)
    return scale > 0 ? Math.max(-1, Math.min(1, this.#xy / scale)) : null
  }
}
