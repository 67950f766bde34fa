import { expect, test } from 'vitest'
import { CUT, probabilitiesOf, scoreOf } from './score.ts'

const odds = Array.from({ length: 41 }, (_, index) => (index - 20) / 3)

test('probabilities add up to 1 and follow the odds', () => {
  expect(probabilitiesOf(0, 0)).toEqual({ negative: 1 / 3, neutral: 1 / 3, positive: 1 / 3 })
  expect(probabilitiesOf(-1000, 1000).positive).toBe(1)
})

test('a score passes the threshold exactly where neutral stops being the most likely class', () => {
  for (const negative of odds.filter(value => value < 0)) {
    expect(scoreOf(negative, -1e-9)).toBeLessThan(CUT)
    expect(scoreOf(negative, 1e-9)).toBeGreaterThan(CUT)
    expect(scoreOf(negative, 1e-9)).toBeCloseTo(scoreOf(negative, -1e-9), 6)
    expect(scoreOf(1e-9, negative)).toBeLessThan(-CUT)
  }
})

test('beyond the threshold, the score is the scaled difference of probabilities', () => {
  const difference = (negative: number, positive: number) => {
    const p = probabilitiesOf(negative, positive)
    return p.positive - p.negative
  }
  for (const negative of odds.filter(value => value < 0))
    for (const positive of odds.filter(value => value > 0)) {
      const level = difference(negative, 0)
      const stretched = CUT + ((1 - CUT) * (difference(negative, positive) - level)) / (1 - level)
      expect(scoreOf(negative, positive)).toBeCloseTo(stretched, 9)
    }
})

test('a post of mixed feelings is neutral', () => {
  expect(scoreOf(5, 5)).toBe(0)
  expect(Math.abs(scoreOf(5, 5.01))).toBeLessThan(CUT)
})

test('a score has the sign of the difference, and is within [-1, 1]', () => {
  for (const negative of [...odds, -800, 800])
    for (const positive of [...odds, -800, 800]) {
      const score = scoreOf(negative, positive)
      expect(Math.abs(score)).toBeLessThanOrEqual(1)
      expect(Math.sign(score)).toBe(Math.sign(positive - negative))
    }
})

test('more odds of positive never make a lower score', () => {
  for (const negative of odds) {
    const scores = odds.map(positive => scoreOf(negative, positive))
    expect(
      scores.every((score, index) => index === 0 || score >= (scores[index - 1] as number) - 1e-12),
    ).toBe(true)
  }
})
