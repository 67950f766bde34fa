import { expect, test } from 'vitest'
import { sixtyPosts, THRESHOLDS } from './eval-testing.ts'
import { measuresOf, Outcomes } from './measures.ts'
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
