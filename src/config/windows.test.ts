import { expect, test } from 'vitest'
import { slideOf, termSlideOf, windowLabel } from './windows.ts'

test.for([
  [1000, '1s'],
  [60_000, '1m'],
  [90_000, '90s'],
  [3_600_000, '1h'],
  [5_400_000, '90m'],
  [86_400_000, '1d'],
  [604_800_000, '7d'],
  [1500, '1500ms'],
  [250, '250ms'],
] as const)('%i ms are labelled "%s"', ([ms, label]) => {
  expect(windowLabel(ms)).toBe(label)
})

test('by default, windows of posts tumble and windows of terms slide by a sixth', () => {
  expect(slideOf({ size: 60_000 })).toBe(60_000)
  expect(termSlideOf({ size: 60_000 })).toBe(10_000)
  expect([slideOf, termSlideOf].map(slide => slide({ size: 60_000, slide: 5000 }))).toEqual([5000, 5000])
})
