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
