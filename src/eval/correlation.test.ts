import { expect, test } from 'vitest'
import { Correlation } from './correlation.ts'
import { sixtyPosts } from './eval-testing.ts'

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
