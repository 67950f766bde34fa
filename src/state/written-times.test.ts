import { describe, expect, test } from 'vitest'
import { METRICS } from '../catalogue/metrics.ts'
import { HistogramTable } from './histograms.ts'
import { WrittenTable } from './written-times.ts'

const NOW = 1_790_000_000_000
const { buckets } = METRICS.mood_post_delay_seconds

/** The delays of posts that were counted `later` milliseconds before their commit, by their ages then. */
function delays(ages: readonly number[], later = 0) {
  const table = new WrittenTable()
  const times = table.of('src')
  for (const age of ages) times.observe(NOW - later - age, NOW - later)
  const encoded = JSON.parse(JSON.stringify(table.encode()))
  const decoded = new WrittenTable()
  decoded.decode(encoded)
  const histograms = new HistogramTable(buckets)
  decoded.settle(histograms, NOW)
  return { table, encoded, cell: histograms.cell('src') }
}

describe('delays', () => {
  test('end at the commit and not where a post is counted', () => {
    const { cell } = delays([100, 100, 100], 700)
    expect(cell.sum).toBeCloseTo(2.4, 9)
    // 0.8 s lies in the bucket up to 1 s.
    expect(cell.counts[buckets.indexOf(1)]).toBe(3)
  })

  test('fall in the buckets of their exact values, unless these lie within a step of a bound', () => {
    for (const later of [0, 900])
      for (const bound of buckets) {
        const delay = bound * 1000
        const step = Math.max(16, delay / 16)
        for (const [exact, bucket] of [
          [delay - step, bound],
          [delay + step, buckets[buckets.indexOf(bound) + 1]],
        ] as const) {
          if (exact < later) continue
          const place = bucket === undefined ? buckets.length : buckets.indexOf(bucket)
          expect([bound, exact, delays([exact - later], later).cell.counts[place]]).toEqual([bound, exact, 1])
        }
      }
  })

  test('have an exact sum over years', () => {
    const ages = Array.from({ length: 10_000 }, (_, i) => i * 31_557_601)
    const { cell } = delays(ages)
    expect(cell.count).toBe(10_000)
    expect(cell.sum).toBeCloseTo(ages.reduce((sum, age) => sum + age, 0) / 1000, 3)
  })

  test('of posts over forty years take few entries, and of a second of posts less than a hundred', () => {
    const [, [, , years]] = delays(Array.from({ length: 400_000 }, (_, i) => i * 3_155_760)).encoded[0]
    expect(years.length / 2).toBeLessThan(700)
    const [, [, , second]] = delays(Array.from({ length: 20_000 }, (_, i) => i / 20)).encoded[0]
    expect(second.length / 2).toBeLessThan(100)
  })

  test('are never below zero, whatever the clock does before the commit', () => {
    const { cell } = delays([0, 1000], -5000)
    expect([cell.counts[0], cell.sum]).toEqual([2, 0])
  })
})

test('times are emptied for the next delta, and their sources are not written', () => {
  const { table } = delays([1000])
  table.reset()
  expect(table.encode()).toEqual([])
  table.of('src').observe(NOW - 50, NOW)
  expect(table.encode()).toEqual([['src', [NOW - 50, 0, [expect.any(Number), 1]]]])
})
