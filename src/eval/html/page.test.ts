import { expect, test } from 'vitest'
import { sixtyPosts, THRESHOLDS } from '../eval-testing.ts'
import { lengthGroup } from '../groups.ts'
import type { Report, ScorerReport } from '../report.ts'
import { scaleOf, truthOfRating } from '../scale.ts'
import { Scorecard } from '../scorecard.ts'
import { reportPage } from './page.ts'

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&amp;`

function scorerReport(scorer: string, text: string, turn = 1): ScorerReport {
  const card = new Scorecard(THRESHOLDS, 5)
  const scale = scaleOf({ low: 1, high: 10 })
  for (const [i, { rating, score }] of sixtyPosts().entries()) {
    const language = i % 2 === 0 ? 'en' : 'ko'
    const truth = truthOfRating(rating, scale)
    card.add(
      { line: i + 1, text, lang: language, truth, language, length: lengthGroup(text) },
      score && score * turn,
    )
  }
  const mistakes = card.mistakes.map(mistake => ({
    ...mistake,
    explanation: [{ text, weight: -1.5, why: `negated by ${text}` }],
  }))
  return { scorer, ...card.result(), postsPerSecond: 1234, failed: 1, firstFailure: text, mistakes }
}

function report(text = 'a post', ...scorers: ScorerReport[]): Report {
  return {
    data: {
      file: `/data/${text}.tsv`,
      columns: text,
      rows: 62,
      posts: 60,
      skipped: 1,
      unreadable: 1,
      damaged: 0,
      labels: [{ label: text, posts: 1, sentiment: 'negative' }],
      byLabel: { negative: 28, neutral: 12, positive: 20 },
    },
    thresholds: THRESHOLDS,
    baseline: 28 / 60,
    scorers: scorers.length > 0 ? scorers : [scorerReport('one', text), scorerReport('two', text, -1)],
  }
}

test('the page is one self-contained document', () => {
  const page = reportPage(report())
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/)
  expect(page).not.toMatch(/<script|<img|<iframe|<link|src="|url\(/i)
  expect(page.match(/https?:/g)).toBeNull()
})

test('it has the measures of each scorer, plots, and the worst mistakes', () => {
  const page = reportPage(report())
  for (const text of ['0.492', '0.567', '0.755', '0.708', '0.824', '0.210', '1,234', '73.3%'])
    expect(page).toContain(text)
  expect(page.match(/<svg class="plot/g)?.length).toBe(2 + 2 * 2 + 1)
  expect(page).toContain('The 5 worst mistakes')
  expect(page).toContain('negated by a post')
  expect(page).not.toMatch(/NaN|undefined|Infinity|null/)
})

test('every plot has a text alternative, and every table a caption and scoped headers', () => {
  const page = reportPage(report())
  for (const [svg] of page.matchAll(/<svg class="plot[^>]*>/g))
    expect(svg).toMatch(/role="img" aria-label="[^"]+"/)
  const tables = page.match(/<table[\s\S]*?<\/table>/g) ?? []
  expect(tables.length).toBeGreaterThan(8)
  for (const table of tables) {
    expect(table).toMatch(/^<table[^>]*>\s*<caption/)
    expect(table).not.toMatch(/<th(?! scope=)[^e]/)
  }
})

test('foreign text never becomes markup', () => {
  const page = reportPage(report(HOSTILE, scorerReport(HOSTILE, HOSTILE), scorerReport('b', HOSTILE)))
  expect(page).not.toMatch(/<script|<img/)
  expect(page.split('&lt;script&gt;alert(1)').length).toBeGreaterThan(10)
})

test('a scorer that scored nothing, and one alone, have a page too', () => {
  const none = new Scorecard(THRESHOLDS, 5)
  const truth = { label: 'positive', value: 1 } as const
  none.add({ line: 1, text: 'a', truth, language: 'en', length: '0–20' }, null)
  const empty = { scorer: 'none', ...none.result(), postsPerSecond: null, failed: 0, mistakes: [] }
  const page = reportPage(report('a post', empty))
  expect(page).not.toMatch(/NaN|undefined|Infinity/)
  expect(page).not.toContain('Quality and speed')
})
