import { expect, test } from 'vitest'
import { balance, moodOf, sentimentBar } from './mood.ts'

test.each([
  [1, 'very-positive'],
  [0.3, 'very-positive'],
  [0.05, 'positive'],
  [0, 'neutral'],
  [-0.05, 'negative'],
  [-0.3, 'very-negative'],
  [null, 'unknown'],
] as const)('a score of %s is %s', (score, mood) => {
  expect(moodOf(score)).toBe(mood)
})

test('the balance leaves posts without a score out', () => {
  expect(balance({ positive: 3, neutral: 4, negative: 1, unknown: 100 })).toBe(0.25)
  expect(balance({ positive: 0, neutral: 0, negative: 0, unknown: 100 })).toBeNull()
})

test('a bar without scores is empty', () => {
  expect(sentimentBar({ positive: 0, neutral: 0, negative: 0, unknown: 1 }).markup).not.toContain('rect')
})
