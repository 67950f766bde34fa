import { expect, test } from 'vitest'
import { TermSummary } from './term-summary.ts'

/** A stream in which the n-th term comes up about 1/n as often as the first, the same each time. */
function zipfStream(posts: number, terms: number): string[] {
  let state = 42
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return Array.from({ length: posts }, () => `term${Math.floor(terms ** random())}`)
}

function exactCounts(stream: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const term of stream) counts.set(term, (counts.get(term) ?? 0) + 1)
  return counts
}

function summaryOf(stream: readonly string[], capacity: number): TermSummary {
  const summary = new TermSummary(capacity)
  for (const term of stream) summary.observe(term, null)
  return summary
}

test('counts are exact while there are no more terms than twice the capacity', () => {
  const stream = zipfStream(10_000, 150)
  const summary = summaryOf(stream, 100)
  expect(summary.error).toBe(0)
  const exact = exactCounts(stream)
  expect(summary.size).toBe(exact.size)
  for (const [term, { count }] of summary.top(200)) expect(count).toBe(exact.get(term))
})

test('past that a count misses no more than the error, which is at most a post in capacity + 1', () => {
  const stream = zipfStream(100_000, 50_000)
  const capacity = 100
  const summary = summaryOf(stream, capacity)
  expect(summary.error).toBeGreaterThan(0)
  expect(summary.error).toBeLessThanOrEqual(stream.length / (capacity + 1))
  expect(summary.size).toBeLessThanOrEqual(2 * capacity)
  const counted = new Map(summary.top(1000).map(([term, { count }]) => [term, count]))
  for (const [term, exact] of exactCounts(stream)) {
    const count = counted.get(term) ?? 0
    expect(count).toBeLessThanOrEqual(exact)
    expect(count + summary.error).toBeGreaterThanOrEqual(exact)
  }
})

test('a merged summary keeps the same promise for all that both have seen', () => {
  const stream = zipfStream(100_000, 50_000)
  const capacity = 100
  const merged = new TermSummary(capacity)
  for (let start = 0; start < stream.length; start += 7000)
    merged.merge(summaryOf(stream.slice(start, start + 7000), capacity))
  expect(merged.error).toBeLessThanOrEqual(stream.length / (capacity + 1))
  const counted = new Map(merged.top(1000).map(([term, { count }]) => [term, count]))
  for (const [term, exact] of exactCounts(stream)) {
    const count = counted.get(term) ?? 0
    expect(count).toBeLessThanOrEqual(exact)
    expect(count + merged.error).toBeGreaterThanOrEqual(exact)
  }
})

test('millions of different terms stay within the capacity, and are counted as evicted', () => {
  const summary = new TermSummary(100)
  for (let i = 0; i < 300_000; i++) summary.observe(`once${i}`, 0.5)
  expect(summary.size).toBeLessThanOrEqual(200)
  expect(summary.evicted).toBeGreaterThan(299_000)
})

test('the top terms come most used first, equals in a stable order', () => {
  const summary = summaryOf(['b', 'a', 'c', 'c', 'd', 'd', 'd'], 10)
  expect(summary.top(3).map(([term, { count }]) => [term, count])).toEqual([
    ['d', 3],
    ['c', 2],
    ['a', 1],
  ])
  expect(summary.top(10)).toHaveLength(4)
})

test('scores are summed over the posts that have one', () => {
  const summary = new TermSummary(10)
  summary.observe('tag', 0.5)
  summary.observe('tag', null)
  summary.observe('tag', -0.25)
  expect(summary.top(1)).toEqual([['tag', { count: 3, score: 0.25, scored: 2 }]])
})

test('terms that are names of object properties are terms like any other', () => {
  const summary = summaryOf(['__proto__', 'constructor', '__proto__'], 10)
  const decoded = TermSummary.decode(10, summary.encode())
  expect(decoded.top(2).map(([term, { count }]) => [term, count])).toEqual([
    ['__proto__', 2],
    ['constructor', 1],
  ])
})

test('an encoded summary decodes to the same one', () => {
  const summary = new TermSummary(20)
  zipfStream(5000, 5000).forEach((term, i) => {
    summary.observe(term, (i % 7) / 10 - 0.3)
  })
  const decoded = TermSummary.decode(20, summary.encode())
  expect(decoded.error).toBe(summary.error)
  expect(decoded.evicted).toBe(summary.evicted)
  const rounded = (summary: TermSummary) =>
    summary.top(50).map(([term, cell]) => [term, { ...cell, score: cell.score.toFixed(4) }])
  expect(rounded(decoded)).toEqual(rounded(summary))
})
