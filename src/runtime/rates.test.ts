import { expect, test } from 'vitest'
import { Rates } from './rates.ts'

const NOW = Date.UTC(2026, 0, 1)

/** The rates of a counter that was sampled so: at seconds, with counts. */
function ratesOf(...samples: [second: number, n: number][]): Rates {
  const rates = new Rates(10_000)
  for (const [second, n] of samples) rates.look(NOW + second * 1000, [['feed', n]])
  return rates
}

test('a rate is 0 before there are two samples', () => {
  expect(ratesOf().perSecond('feed')).toBe(0)
  expect(ratesOf([0, 100]).perSecond('feed')).toBe(0)
})

test('a rate is the increase per second since the first sample', () => {
  expect(ratesOf([0, 100], [1, 110], [4, 180]).perSecond('feed')).toBe(20)
})

test('a rate is of the last seconds: samples that begin before them are dropped', () => {
  // Of the samples 10 s ago or earlier, the latest one remains.
  expect(ratesOf([0, 0], [5, 1000], [14, 1000]).perSecond('feed')).toBeCloseTo(1000 / 14)
  expect(ratesOf([0, 0], [5, 1000], [15, 1000]).perSecond('feed')).toBe(0)
  expect(ratesOf([0, 0], [1, 1000], [2, 2000], [20, 2180]).perSecond('feed')).toBe(10)
})

test('two samples are kept however old they are', () => {
  expect(ratesOf([0, 0], [60, 120]).perSecond('feed')).toBe(2)
})

test('a counter that began between samples increased from 0, and an unknown one does not', () => {
  const rates = ratesOf([0, 7])
  rates.look(NOW + 2000, [
    ['feed', 7],
    ['other', 10],
  ])
  expect(rates.perSecond('other')).toBe(5)
  expect(rates.perSecond('feed')).toBe(0)
  expect(rates.perSecond('third')).toBe(0)
})

test('a clock that went back gives no rate', () => {
  expect(ratesOf([10, 0], [9, 100]).perSecond('feed')).toBe(0)
  expect(ratesOf([10, 0], [10, 100]).perSecond('feed')).toBe(0)
})
