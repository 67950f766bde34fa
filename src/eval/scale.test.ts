import { expect, test } from 'vitest'
import { labelOnScale, parseRange, scaleOf, valueOnScale } from './scale.ts'

test.each([
  ['1..5', [1, 2], [3], [4, 5]],
  ['1..10', [1, 4], [5, 6], [7, 10]],
  ['0..1', [0], [0.5], [1]],
  ['0..2', [0], [1], [2]],
  ['-1..1', [-1, -0.34], [-0.3, 0, 0.3], [0.34, 1]],
  ['0..4', [0, 1], [2], [3, 4]],
  ['1..7', [1, 3], [4], [5, 7]],
])('of the scale %s the middle third is neutral', (text, negative, neutral, positive) => {
  const scale = scaleOf(parseRange(text) as { low: number; high: number })
  for (const rating of negative) expect(labelOnScale(rating, scale), String(rating)).toBe('negative')
  for (const rating of neutral) expect(labelOnScale(rating, scale), String(rating)).toBe('neutral')
  for (const rating of positive) expect(labelOnScale(rating, scale), String(rating)).toBe('positive')
})

test('ratings configured as neutral are neutral, both ends included', () => {
  const scale = scaleOf({ low: 1, high: 10 }, { low: 5, high: 8 })
  expect([4, 5, 8, 9].map(rating => labelOnScale(rating, scale))).toEqual([
    'negative',
    'neutral',
    'neutral',
    'positive',
  ])
})

test('a rating keeps its relative place on the scale of scores', () => {
  const scale = scaleOf({ low: 1, high: 5 })
  expect([1, 2, 3, 5].map(rating => valueOnScale(rating, scale))).toEqual([-1, -0.5, 0, 1])
})

test.each([
  ['1..5', { low: 1, high: 5 }],
  ['-1 .. 1', { low: -1, high: 1 }],
  ['0.5..1.5', { low: 0.5, high: 1.5 }],
  ['5..1', undefined],
  ['3..3', undefined],
  ['1-5', undefined],
  ['..5', undefined],
  ['', undefined],
] as const)('%j is the range %j', (text, range) => {
  expect(parseRange(text)).toEqual(range)
})

test('a single rating may be neutral', () => {
  expect(parseRange('3..3', true)).toEqual({ low: 3, high: 3 })
})
