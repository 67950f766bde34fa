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

test('beyond that, a count is too low by at most the error, which is at most one post in capacity + 1', () => {
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

const later = () => {
  const summary = new TermSummary(2)
  summary.mergeLater(summaryOf([...'aaabbcdef'], 2).encode())
  return summary
}

test.each<[string, (summary: TermSummary) => unknown]>([
  ['its error', summary => summary.error],
  ['what it evicted', summary => summary.evicted],
  ['its size', summary => summary.size],
  ['its top terms', summary => summary.top(5)],
  ['its encoding', summary => summary.encode()],
  [
    'what is counted after it',
    summary => {
      summary.observe('a', 1)
      return summary.encode()
    },
  ],
  [
    'what is merged into it',
    summary => {
      summary.merge(summaryOf(['a', 'x'], 2))
      return summary.encode()
    },
  ],
  [
    'what is merged flat into it',
    summary => {
      summary.mergeFlat(TermSummary.read(summaryOf(['a', 'x'], 2).encode()))
      return summary.encode()
    },
  ],
  [
    'a summary that it is merged into',
    summary => {
      const into = summaryOf(['x'], 2)
      into.merge(summary)
      return into.encode()
    },
  ],
])('a summary that is merged later is there for %s', (_, read) => {
  const now = new TermSummary(2)
  now.mergeFlat(TermSummary.read(summaryOf([...'aaabbcdef'], 2).encode()))
  expect(read(later())).toEqual(read(now))
})

test('bytes decode like text, of a part of a buffer too', () => {
  const encoded = summaryOf(['a', 'a', 'b'], 5).encode()
  const buffer = Buffer.from(`--${encoded}--`)
  expect(TermSummary.decode(5, buffer.subarray(2, -2)).encode()).toBe(encoded)
})

test('evicted terms and errors of merged summaries add up', () => {
  const one = summaryOf([...'aaabbcdef'], 2)
  const two = summaryOf([...'xxxyyzuvw'], 2)
  const errors = one.error + two.error
  const evicted = one.evicted + two.evicted
  expect([one.error, one.evicted]).toEqual([1, 3])
  const both = new TermSummary(100)
  both.merge(one)
  both.merge(two)
  expect([both.error, both.evicted]).toEqual([errors, evicted])
})

test('an eviction takes the mass of the first term beyond the capacity from all, and removes those with none left', () => {
  // Masses 5, 4, 3, 2, 1: the third of them is taken when the fifth term comes.
  const summary = summaryOf([...'aaaaabbbbcccdde'], 2)
  expect(summary.top(5).map(([term, { count }]) => [term, count])).toEqual([
    ['a', 5],
    ['b', 4],
  ])
  expect([summary.error, summary.evicted, summary.size]).toEqual([3, 3, 2])
  // What is left of the masses are 2 and 1: two more terms of 1 each fit, and a third evicts what has 1.
  for (const term of 'xyz') summary.observe(term, null)
  expect(summary.top(5).map(([term]) => term)).toEqual(['a'])
})

test('equal counts come in the order of code units, whatever the order in which they were counted', () => {
  for (const stream of ['bca', 'abc', 'cba'])
    expect(
      summaryOf([...stream], 5)
        .top(2)
        .map(([term]) => term),
    ).toEqual(['a', 'b'])
  expect(
    summaryOf([...'ccab'], 5)
      .top(2)
      .map(([term]) => term),
  ).toEqual(['c', 'a'])
  expect(summaryOf([...'abcc'], 5).top(0)).toEqual([])
})

test('a slot that is used again begins at 0', () => {
  const summary = new TermSummary(1)
  for (const term of 'aab') summary.observe(term, 0.5)
  summary.observe('c', 0.25)
  summary.observe('d', 0.125)
  expect(summary.top(5)).toEqual([
    ['a', { count: 2, score: 1, scored: 2 }],
    ['d', { count: 1, score: 0.125, scored: 1 }],
  ])
})
