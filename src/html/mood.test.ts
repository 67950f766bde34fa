import { expect, test } from 'vitest'
import { moodOf, sentimentBar } from './mood.ts'

test.each([
  [1, 'very-positive'],
  [0.3, 'very-positive'],
  [0.05, 'positive'],
  [0, 'neutral'],
  [-0.05, 'negative'],
  [-0.3, 'very-negative'],
  [null, 'unknown'],
] as const)('a score of %s is %s', (score, mood) => {
  expect(moodOf(score, { positive: 0.05, negative: -0.05 })).toBe(mood)
})

test('moods use the configured thresholds', () => {
  const cuts = { positive: 0.4, negative: -0.1 }
  expect([0.39, 0.4, 0.65, -0.1, -0.34, -0.36].map(score => moodOf(score, cuts))).toEqual([
    'neutral',
    'positive',
    'very-positive',
    'negative',
    'negative',
    'very-negative',
  ])
})

test('a bar without scores is empty', () => {
  expect(sentimentBar({ positive: 0, neutral: 0, negative: 0, unknown: 1 }).markup).not.toContain('rect')
})
