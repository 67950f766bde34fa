import { expect, test } from 'vitest'
import type { Report, ScorerReport } from '../eval/report.ts'
import { truthOfLabel } from '../eval/scale.ts'
import { Scorecard } from '../eval/scorecard.ts'
import { reportText } from './eval-text.ts'

const THRESHOLDS = { positive: 0.05, negative: -0.05 }

function scorerReport(scorer: string, scores: readonly (number | null)[]): ScorerReport {
  const card = new Scorecard(THRESHOLDS, 1)
  for (const [i, score] of scores.entries()) {
    const truth = truthOfLabel(i % 2 === 0 ? 'positive' : 'negative')
    card.add({ line: i + 1, text: `post ${i} \x1b[1m`, truth, language: 'en', length: '0–20' }, score)
  }
  return { scorer, ...card.result(), postsPerSecond: 12_345.6, failed: 0, mistakes: card.mistakes }
}

const reportOf = (...scorers: ScorerReport[]): Report => ({
  data: {
    file: 'data.tsv',
    columns: 'label in column 1, text in column 2',
    rows: 4,
    posts: 4,
    skipped: 0,
    unreadable: 0,
    damaged: 0,
    labels: [{ label: 'gut', posts: 4, sentiment: 'positive' }],
    byLabel: { negative: 2, neutral: 0, positive: 2 },
  },
  thresholds: THRESHOLDS,
  baseline: 0.5,
  scorers,
})

test('scorers are side by side, with their scores and worst mistakes', () => {
  const text = reportText(
    reportOf(scorerReport('right', [1, -1, 1, -1]), scorerReport('half', [1, 0.5, null, -1])),
  )
  expect(text).toMatch(/^data\.tsv: 4 posts, 50\.0% negative, 0\.0% neutral, 50\.0% positive\./)
  expect(text).toContain('Labels: positive is gut.')
  expect(text).toMatch(/\nright +100\.0% +1\.000 ±0\.000 +1\.000 ±0\.000 +1\.000 +1\.000 +0\.000 +12,346\n/)
  expect(text).toMatch(/\nhalf +75\.0% +0\.500 ±0\.\d{3} +0\.500 ±0\.\d{3} +0\.583 +0\.500 /)
  expect(text).toMatch(/\n {2}of those scored +0\.667 +0\.750 +0\.667\n/)
  expect(text).toMatch(
    /\nhalf: what it said[^\n]*\n {2}labelled [^\n]+\n {2}negative +1 +0 +1 +0 +0\.500 +1\.000 +0\.667\n/,
  )
  expect(text).toContain('+0.50  negative  line 2\n    post 1 \\u001b[1m')
  expect(text).not.toContain('\x1b')
  expect(text).not.toMatch(/NaN|undefined/)
})

test('a scorer that failed says so', () => {
  const text = reportText(reportOf({ ...scorerReport('bad', [null]), failed: 1, firstFailure: 'boom\n' }))
  expect(text).toContain('bad failed on 1 of 1 post, which counts as unknown: boom\\u000a')
})

test('one post and one line are singular', () => {
  const report = reportOf(scorerReport('right', [1]))
  const byLabel = { negative: 0, neutral: 0, positive: 1 }
  const data = { ...report.data, rows: 3, posts: 1, skipped: 1, unreadable: 1, byLabel }
  expect(reportText({ ...report, data }).replace(/\s+/g, ' ')).toMatch(
    /^data\.tsv: 1 post, .*; 1 was left out by its label; 1 line could not be read\./,
  )
})
