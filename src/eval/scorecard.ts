import type { Score } from '../plugin/scorer.ts'
import { type Calibration, Reliability } from './calibration.ts'
import { Largest } from './largest.ts'
import {
  Correlation,
  type Matrix,
  type Measures,
  measuresOf,
  Outcomes,
  type PairCounts,
  Pairs,
} from './measures.ts'
import type { Truth } from './scale.ts'
import { LABELS, type Label, sentimentOf, type Thresholds } from './sentiment.ts'

/** A post with its label. */
export interface LabelledPost {
  /** The line in the file, from 1. */
  line: number
  text: string
  lang?: string
  truth: Truth
  /** The language group of the post. */
  language: string
  /** The length group of the post. */
  length: string
  /** Its kind in the data, and the pair that it belongs to. */
  kind?: string
  pair?: string
}

/** A post with a wrong prediction. */
export interface Mistake {
  line: number
  /** Truncated if it is long. */
  text: string
  lang?: string
  label: Label
  rating?: number
  score: number
  /** Difference of score and label, which is -1, 0, 1 or the rating between them: 0 to 2. */
  distance: number
}

/** All measures of one scorer. */
export interface Card extends Measures {
  matrix: Matrix
  /** Pearson's correlation of ratings and scores; null if labels are not ratings, or one of them is constant. */
  pearson: number | null
  calibration: Calibration
  /** Posts by score (-1, -0.95, … 1) for each label. */
  distribution: Record<Label, number[]>
  byLanguage: Record<string, Measures>
  byLength: Record<string, Measures>
  /** Empty if the data have no kinds. */
  byKind: Record<string, KindMeasures>
  /** The number of pairs, and of those in which both posts were predicted as labelled. */
  pairs: PairCounts
}

/** The measures of one kind of posts. */
export interface KindMeasures extends Measures {
  /** The shares of posts predicted as neutral and as negative, whatever their label. */
  saidNeutral: number
  saidNegative: number
  pairs: PairCounts
}

/** Longer than a tweet; further text would not help to explain a wrong score. */
const LONGEST_TEXT = 300

/** Accumulates the measures of one scorer, in constant memory. */
export class Scorecard {
  readonly #thresholds: Thresholds
  readonly #all = new Outcomes()
  readonly #byLanguage = new Map<string, Outcomes>()
  readonly #byLength = new Map<string, Outcomes>()
  readonly #byKind = new Map<string, Outcomes>()
  readonly #pairs = new Pairs()
  readonly #correlation = new Correlation()
  readonly #reliability = new Reliability()
  readonly #distribution = new Distribution()
  readonly #mistakes: Largest<Mistake>

  constructor(thresholds: Thresholds, mistakes: number) {
    this.#thresholds = thresholds
    this.#mistakes = new Largest(mistakes)
  }

  add(post: LabelledPost, score: Score): void {
    const { label, value, rating } = post.truth
    for (const outcomes of [
      this.#all,
      groupOf(this.#byLanguage, post.language),
      groupOf(this.#byLength, post.length),
      ...(post.kind === undefined ? [] : [groupOf(this.#byKind, post.kind)]),
    ])
      outcomes.add(label, score, this.#thresholds)
    this.#pairs.add(post.pair, post.kind, sentimentOf(score, this.#thresholds) === label)
    if (score === null) return
    if (rating !== undefined) this.#correlation.add(rating, score)
    this.#reliability.add(score, label)
    this.#distribution.add(score, label)
    if (sentimentOf(score, this.#thresholds) === label) return
    const distance = Math.abs(score - value)
    this.#mistakes.offer(distance, () => mistakeOf(post, score, distance))
  }

  /** Those with the largest differences, worst first. */
  get mistakes(): Mistake[] {
    return this.#mistakes.items()
  }

  result(): Card {
    return {
      ...measuresOf(this.#all),
      matrix: this.#all.matrix,
      pearson: this.#correlation.r,
      calibration: this.#reliability.result(),
      distribution: this.#distribution.counts,
      byLanguage: measuresByGroup(this.#byLanguage),
      byLength: measuresByGroup(this.#byLength),
      byKind: this.#measuresByKind(),
      pairs: this.#pairs.result().all,
    }
  }

  #measuresByKind(): Record<string, KindMeasures> {
    const { byKind } = this.#pairs.result()
    return Object.fromEntries(
      [...this.#byKind].map(([kind, outcomes]) => {
        const measures = measuresOf(outcomes)
        const said = (sentiment: Label) =>
          LABELS.reduce((sum, label) => sum + outcomes.matrix[label][sentiment], 0) / measures.posts
        const pairs = byKind[kind] ?? { pairs: 0, right: 0 }
        return [kind, { ...measures, saidNeutral: said('neutral'), saidNegative: said('negative'), pairs }]
      }),
    )
  }
}

function groupOf(groups: Map<string, Outcomes>, name: string): Outcomes {
  const known = groups.get(name)
  if (known) return known
  const group = new Outcomes()
  groups.set(name, group)
  return group
}

const measuresByGroup = (groups: ReadonlyMap<string, Outcomes>): Record<string, Measures> =>
  Object.fromEntries([...groups].map(([name, outcomes]) => [name, measuresOf(outcomes)]))

function mistakeOf({ line, text, lang, truth }: LabelledPost, score: number, distance: number): Mistake {
  const { label, rating } = truth
  return {
    line,
    text: text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT).toWellFormed()}…` : text,
    ...(lang === undefined ? {} : { lang }),
    label,
    ...(rating === undefined ? {} : { rating }),
    score,
    distance,
  }
}

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
