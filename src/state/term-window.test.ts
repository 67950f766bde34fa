import { expect, test } from 'vitest'
import { type FlatSummary, TermSummary } from './term-summary.ts'
import { TermWindow } from './term-window.ts'

const MINUTE = { label: '1m', size: 60_000, slide: 10_000 }

function summaryOf(...terms: string[]): FlatSummary {
  const summary = new TermSummary(100)
  for (const term of terms) summary.observe(term, 1)
  return TermSummary.read(summary.encode())
}

const shown = (terms: TermWindow, topic = 'all') => {
  terms.refresh(topic)
  return terms.topics.get(topic)?.terms.map(([term, { count }]) => [term, count])
}

test('the window reaches back from the watermark over its size', () => {
  const terms = new TermWindow(MINUTE, 2, 100)
  terms.advance(5000, 100)
  terms.merge(0, 'all', summaryOf('#a', '#b', '#b'))
  expect(shown(terms)).toEqual([
    ['#b', 2],
    ['#a', 1],
  ])
  terms.advance(35_000, 100)
  terms.merge(30_000, 'all', summaryOf('#c', '#c', '#c'))
  expect(shown(terms)).toEqual([
    ['#c', 3],
    ['#b', 2],
  ])
  terms.advance(60_000, 100)
  expect(shown(terms)).toEqual([['#c', 3]])
  terms.advance(90_000, 100)
  expect(shown(terms)).toBeUndefined()
})

test('slices of a delta may be finer than the window’s', () => {
  const terms = new TermWindow({ label: '1h', size: 3_600_000, slide: 600_000 }, 5, 100)
  terms.advance(1_000_000, 100)
  for (let start = 0; start < 1_000_000; start += 10_000) terms.merge(start, 'all', summaryOf('#a'))
  expect(shown(terms)).toEqual([['#a', 100]])
})

test('what lies before the window is left out', () => {
  const terms = new TermWindow(MINUTE, 5, 100)
  terms.advance(1_000_000, 100)
  terms.merge(930_000, 'all', summaryOf('#old'))
  terms.merge(950_000, 'all', summaryOf('#new'))
  expect(shown(terms)).toEqual([['#new', 1]])
})

test('topics are kept apart, and those that were removed are deleted', () => {
  const terms = new TermWindow(MINUTE, 5, 100)
  terms.advance(5000, 100)
  terms.merge(0, 'tea', summaryOf('#a'))
  terms.merge(0, 'coffee', summaryOf('#b'))
  expect([...terms.stale()].sort()).toEqual(['coffee', 'tea'])
  expect(shown(terms, 'tea')).toEqual([['#a', 1]])
  terms.retain(topic => topic === 'coffee')
  expect(shown(terms, 'tea')).toBeUndefined()
  expect(shown(terms, 'coffee')).toEqual([['#b', 1]])
})

test('too many open slices are evicted, the oldest first', () => {
  const terms = new TermWindow(MINUTE, 5, 100)
  for (let start = 0; start < 1_000_000; start += 10_000) terms.merge(start, 'all', summaryOf(`#${start}`))
  expect(terms.advance(Number.NEGATIVE_INFINITY, 10)).toBe(90)
})

test('a slice that was evicted is not opened again', () => {
  const terms = new TermWindow(MINUTE, 5, 100)
  for (let start = 0; start < 1_000_000; start += 10_000) terms.merge(start, 'all', summaryOf(`#${start}`))
  terms.advance(Number.NEGATIVE_INFINITY, 10)
  terms.merge(890_000, 'all', summaryOf('#late'))
  expect(terms.slices.size).toBe(10)
})

/** A window with a term of its own in each slice. */
function slices(...starts: number[]): TermWindow {
  const terms = new TermWindow(MINUTE, 100, 100)
  for (const start of starts) terms.merge(start, 'all', summaryOf(`#${start}`))
  return terms
}

const open = (terms: TermWindow) =>
  Array.from(terms.slices.entries(), ([start]) => start).sort((a, b) => a - b)

test('a period of a topic is summed from its first slice up to its last', () => {
  const terms = slices(0, 10_000, 20_000, 30_000)
  terms.merge(10_000, 'tea', summaryOf('#tea'))
  const sum = terms.sum('all', 10_000, 30_000)
  expect(sum.top(10).map(([term]) => term)).toEqual(['#10000', '#20000'])
  expect(terms.sum('tea', 0, 30_000).top(10)).toEqual([['#tea', expect.objectContaining({ count: 1 })]])
  expect(terms.sum('none', 0, 30_000).size).toBe(0)
})

test('a window with a limit of terms of its own is for reports', () => {
  expect(new TermWindow(MINUTE, 5, 100).isForReports).toBe(false)
  expect(new TermWindow({ ...MINUTE, terms: 50 }, 5, 100).isForReports).toBe(true)
})

test('it moves with the slices of the watermark', () => {
  const terms = new TermWindow(MINUTE, 5, 100)
  expect(terms.hasMoved).toBe(false)
  const moved = [5000, 9999, 10_000, 10_001, 30_000].map(watermark => {
    terms.advance(watermark, 100)
    return terms.hasMoved
  })
  expect(moved).toEqual([true, false, true, false, true])
})

test('slices at or before the horizon leave the window, and it does not move back', () => {
  const terms = slices(0, 10_000, 20_000)
  expect(terms.horizon).toBe(Number.NEGATIVE_INFINITY)
  terms.advance(70_000, 100)
  expect(terms.horizon).toBe(10_000)
  expect(open(terms)).toEqual([20_000])
  terms.retreat(5000)
  expect(terms.horizon).toBe(10_000)
  terms.merge(10_000, 'all', summaryOf('#late'))
  expect(open(terms)).toEqual([20_000])
})

test('the oldest slices are evicted, in whichever order they were opened', () => {
  const terms = slices(50_000, 10_000, 40_000, 20_000, 30_000)
  expect(terms.advance(55_000, 5)).toBe(0)
  expect(open(terms)).toHaveLength(5)
  expect(terms.advance(55_000, 3)).toBe(2)
  expect(open(terms)).toEqual([30_000, 40_000, 50_000])
  expect(terms.horizon).toBe(20_000)
})

test('slices that leave with the watermark are not counted as evicted', () => {
  const terms = slices(0, 10_000, 20_000, 70_000)
  expect(terms.advance(80_000, 2)).toBe(0)
  expect(open(terms)).toEqual([70_000])
})

test('slices after the watermark are not shown yet, and after it came back they are again ahead of it', () => {
  const terms = slices(0, 10_000, 20_000)
  terms.advance(15_000, 100)
  expect(shown(terms)?.map(([term]) => term)).toEqual(['#0', '#10000'])
  terms.advance(20_000, 100)
  expect(shown(terms)).toHaveLength(3)
  terms.comeBack(10_000)
  expect(shown(terms)?.map(([term]) => term)).toEqual(['#0', '#10000'])
})

test('after it came back, slices count again that had left', () => {
  const terms = slices(0)
  terms.advance(100_000, 100)
  terms.comeBack(65_000)
  expect(terms.horizon).toBe(5000)
  terms.merge(10_000, 'all', summaryOf('#again'))
  expect(shown(terms)).toEqual([['#again', 1]])
  // Back to a later watermark changes nothing.
  terms.comeBack(100_000)
  expect(terms.horizon).toBe(5000)
})
