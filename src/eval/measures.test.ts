import { expect, test } from 'vitest'
import { sixtyPosts, THRESHOLDS } from './eval-testing.ts'
import { Correlation, measuresOf, Outcomes, Pairs } from './measures.ts'
import type { Label } from './sentiment.ts'

function outcomesOf(posts: readonly { label: Label; score: number | null }[]): Outcomes {
  const outcomes = new Outcomes()
  for (const { label, score } of posts) outcomes.add(label, score, THRESHOLDS)
  return outcomes
}

test('posts are counted by label and result, with scores exactly at the threshold', () => {
  const { matrix } = outcomesOf([
    { label: 'positive', score: 0.05 },
    { label: 'positive', score: 0.0499 },
    { label: 'negative', score: -0.05 },
    { label: 'negative', score: -0.0499 },
    { label: 'neutral', score: null },
  ])
  expect(matrix).toEqual({
    negative: { negative: 1, neutral: 1, positive: 0, unknown: 0 },
    neutral: { negative: 0, neutral: 0, positive: 0, unknown: 1 },
    positive: { negative: 0, neutral: 1, positive: 1, unknown: 0 },
  })
})

test('the rates equal those computed by hand', () => {
  // Recalls 2/4, 1/2 and 3/4; precisions 2/3, 1/4 and 3/3; one post of ten without a score.
  const measures = measuresOf(
    outcomesOf([
      { label: 'negative', score: -0.5 },
      { label: 'negative', score: -0.2 },
      { label: 'negative', score: 0 },
      { label: 'negative', score: 0 },
      { label: 'neutral', score: 0 },
      { label: 'neutral', score: -0.3 },
      { label: 'positive', score: 0.4 },
      { label: 'positive', score: 0.6 },
      { label: 'positive', score: 0.01 },
      { label: 'positive', score: null },
    ]),
  )
  expect(measures).toMatchObject({ posts: 10, unknown: 1, accuracy: 5 / 10 })
  expect(measures.macroRecall).toBeCloseTo((2 / 4 + 1 / 2 + 2 / 4) / 3, 12)
  // 2 · 2 / (4 labelled + 3 said) and 2 · 2 / (4 + 2).
  expect(measures.f1pn).toBeCloseTo((4 / 7 + 4 / 6) / 2, 12)
  // Two of four negative ones lie below 0, three of four positive ones above it.
  expect(measures.polarAccuracy).toBeCloseTo(5 / 8, 12)
  expect(measures.ofScored.accuracy).toBeCloseTo(5 / 9, 12)
  expect(measures.ofScored.macroRecall).toBeCloseTo((2 / 4 + 1 / 2 + 2 / 3) / 3, 12)
  expect(measures.byLabel.neutral).toEqual({ posts: 2, precision: 1 / 4, recall: 1 / 2, f1: 2 / 6 })
})

test('the rates equal those of scikit-learn 1.9.1 (accuracy_score, recall_score, f1_score, precision_score)', () => {
  const measures = measuresOf(outcomesOf(sixtyPosts()))
  expect(measures.accuracy).toBeCloseTo(0.5666666666666667, 12)
  expect(measures.macroRecall).toBeCloseTo(0.4920634920634921, 12)
  expect(measures.f1pn).toBeCloseTo(0.7547368421052632, 12)
  expect(measures.byLabel.negative.precision).toBeCloseTo(0.8181818181818182, 12)
  expect(measures.byLabel.neutral.f1).toBeCloseTo(0.125, 12)
  expect(measures.byLabel.positive.recall).toBeCloseTo(0.75, 12)
  expect(measures.ofScored.accuracy).toBeCloseTo(0.7727272727272727, 12)
  expect(measures.ofScored.macroRecall).toBeCloseTo(0.6607142857142857, 12)
  expect(measures.ofScored.f1pn).toBeCloseTo(0.8731501057082452, 12)
  expect(measures.polarAccuracy).toBeCloseTo(0.7083333333333334, 12)
  // z of scipy's norm.ppf(0.975) times the standard error of binomial shares.
  expect(measures.accuracyMargin).toBeCloseTo(0.12538550918795302, 7)
  expect(measures.macroRecallMargin).toBeCloseTo(0.10108645899736295, 7)
})

test('a label that does not occur is not part of the mean recall', () => {
  const measures = measuresOf(
    outcomesOf([
      { label: 'negative', score: -1 },
      { label: 'positive', score: 1 },
      { label: 'positive', score: 0 },
    ]),
  )
  expect(measures.macroRecall).toBe(0.75)
  expect(measures.byLabel.neutral).toEqual({ posts: 0, precision: 0, recall: null, f1: null })
})

test('measures without data are null', () => {
  const neutral = measuresOf(outcomesOf([{ label: 'neutral', score: 0 }]))
  expect(neutral).toMatchObject({ accuracy: 1, macroRecall: 1, f1pn: null, polarAccuracy: null })
  const unscored = measuresOf(outcomesOf([{ label: 'positive', score: null }]))
  expect(unscored).toMatchObject({ accuracy: 0, macroRecall: 0, polarAccuracy: 0, unknown: 1 })
  expect(unscored.ofScored).toEqual({ accuracy: null, macroRecall: null, f1pn: null })
  expect(measuresOf(new Outcomes())).toMatchObject({ posts: 0, accuracy: null, accuracyMargin: null })
})

test('a pair is right if all of its posts are', () => {
  const pairs = new Pairs()
  pairs.add('1', 'praise', true)
  pairs.add('1', 'praise', true)
  pairs.add('2', 'praise', true)
  pairs.add('2', 'praise', false)
  pairs.add('3', 'blame', false)
  pairs.add('3', 'blame', true)
  expect(pairs.result()).toEqual({
    all: { pairs: 3, right: 1 },
    byKind: { praise: { pairs: 2, right: 1 }, blame: { pairs: 1, right: 0 } },
  })
})

test('a single post is not a pair', () => {
  const pairs = new Pairs()
  pairs.add('1', undefined, true)
  pairs.add(undefined, undefined, true)
  pairs.add(undefined, undefined, true)
  pairs.add('1', undefined, true)
  expect(pairs.result()).toEqual({ all: { pairs: 0, right: 0 }, byKind: {} })
})

function correlationOf(pairs: readonly (readonly [number, number])[]): Correlation {
  const correlation = new Correlation()
  for (const [x, y] of pairs) correlation.add(x, y)
  return correlation
}

test('r is that of scipy.stats.pearsonr 1.17.1', () => {
  const pairs = sixtyPosts().flatMap(({ rating, score }) =>
    score === null ? [] : [[rating, score] as const],
  )
  const correlation = correlationOf(pairs)
  expect(correlation.r).toBeCloseTo(0.8243487838665147, 12)
  expect(correlation.pairs).toBe(44)
})

test('values on a line have an r of 1 or -1, even if they are large', () => {
  const large = 1e9
  expect(correlationOf([1, 2, 3].map(x => [large + x, large + 2 * x] as const)).r).toBeCloseTo(1, 12)
  expect(correlationOf([1, 2, 3].map(x => [x, -x] as const)).r).toBeCloseTo(-1, 12)
})

test('there is no r if one variable is constant', () => {
  expect(correlationOf([]).r).toBeNull()
  expect(correlationOf([[1, 2]]).r).toBeNull()
  expect(correlationOf([1, 2, 3].map(x => [x, 5] as const)).r).toBeNull()
})
