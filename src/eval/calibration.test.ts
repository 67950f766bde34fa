import { expect, test } from 'vitest'
import { BINS, Reliability } from './calibration.ts'
import { sixtyPosts } from './eval-testing.ts'
import type { Label } from './sentiment.ts'

function calibrationOf(posts: readonly (readonly [score: number, label: Label])[]) {
  const reliability = new Reliability()
  for (const [score, label] of posts) reliability.add(score, label)
  return reliability.result()
}

test('calibrated scores have no error', () => {
  const posts = [
    ...Array.from({ length: 3 }, () => [0.5, 'positive'] as const),
    [0.5, 'negative'] as const,
    [0, 'neutral'] as const,
    [-1, 'negative'] as const,
  ]
  const { error, polarError, bins } = calibrationOf(posts)
  expect(error).toBeCloseTo(0, 12)
  expect(polarError).toBeCloseTo(0, 12)
  expect(bins.map(({ posts, balance, positiveShare }) => ({ posts, balance, positiveShare }))).toEqual([
    { posts: 1, balance: -1, positiveShare: 0 },
    { posts: 1, balance: 0, positiveShare: null },
    { posts: 4, balance: 0.5, positiveShare: 0.75 },
  ])
})

test('the error is the weighted distance of positivity from labels, by bins', () => {
  // Two posts at positivity 0.95 of which one is positive and one neutral (0.75), one at 0.05 that is negative (0).
  const { error, polarError } = calibrationOf([
    [0.9, 'positive'],
    [0.9, 'neutral'],
    [-0.9, 'negative'],
  ])
  expect(error).toBeCloseTo((2 * 0.2 + 0.05) / 3, 12)
  expect(polarError).toBeCloseTo((0.05 + 0.05) / 2, 12)
})

test('the error equals that of numpy over the bins of scikit-learn', () => {
  const scored = sixtyPosts().flatMap(({ score, label }) => (score === null ? [] : [[score, label] as const]))
  const { error, polarError, bins } = calibrationOf(scored)
  expect(error).toBeCloseTo(0.20967045454545455, 12)
  expect(polarError).toBeCloseTo(0.28227777777777785, 12)
  // The last point of sklearn.calibration.calibration_curve(y, p, n_bins=15).
  expect(bins.at(-1)).toMatchObject({ polarScore: 1, positiveShare: 1 })
})

test('the bins cover all scores, and 0 is in the middle of a bin', () => {
  for (const score of [-1, -0.07, 0, 0.05, 1]) {
    const [bin] = calibrationOf([[score, 'neutral']]).bins
    expect(bin?.from).toBeLessThanOrEqual(score)
    expect(bin?.to).toBeGreaterThanOrEqual(score)
    expect((bin?.to as number) - (bin?.from as number)).toBeCloseTo(2 / BINS, 12)
  }
  const [middle] = calibrationOf([[0, 'neutral']]).bins
  expect(middle?.from).toBeCloseTo(-(middle?.to as number), 12)
})

test('without scores there is no error', () => {
  expect(new Reliability().result()).toEqual({ bins: [], error: null, polarError: null })
})
