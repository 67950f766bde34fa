import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Scorer } from '../plugin/scorer.ts'
import { THRESHOLDS } from './eval-testing.ts'
import { type EvaluationOptions, evaluate } from './evaluate.ts'
import { openTable } from './open-table.ts'
import { survey } from './survey.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mood-eval-evaluate-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Says what its post says, but for "?". */
const literal: Scorer = {
  score: ({ text }) => (text.startsWith('?') ? null : Number.parseFloat(text)),
  explain: ({ text }) => [{ text, weight: Number.parseFloat(text) }],
}

async function evaluated(content: string, more: Partial<EvaluationOptions> = {}) {
  const file = join(folder, 'data.tsv')
  await writeFile(file, content)
  const hasHeader = content.startsWith('label')
  const table = await openTable(file, hasHeader ? {} : { columns: { names: ['label', 'text'] } })
  return evaluate({
    table,
    survey: await survey(table, {}),
    candidates: [{ name: 'literal', scorer: literal }],
    thresholds: THRESHOLDS,
    languages: { detector: null },
    mistakes: 3,
    timeout: 1000,
    ...more,
  })
}

test('a report has the labels and the results of each scorer', async () => {
  const { data, baseline, scorers } = await evaluated(
    'label\ttext\tlang\npos\t0.8\ten\npos\t-0.9\ten-GB\nneg\t-0.2\tko\nneutral\t?\t\nneg\t0.5 lol\tko\n',
  )
  expect(data).toMatchObject({ rows: 5, posts: 5, byLabel: { negative: 2, neutral: 1, positive: 2 } })
  expect(baseline).toBe(0.4)
  const [report] = scorers
  expect(report).toMatchObject({ scorer: 'literal', posts: 5, unknown: 1, accuracy: 0.4, failed: 0 })
  expect(report?.postsPerSecond).toBeGreaterThan(0)
  expect(report?.byLanguage.en).toMatchObject({ posts: 2, accuracy: 0.5 })
  expect(Object.keys(report?.byLanguage ?? {})).toEqual(['en', 'ko', 'not known'])
  expect(report?.byLength['0–20']?.posts).toBe(5)
  expect(report?.distribution.positive[20 + 16]).toBe(1)
  expect(report?.distribution.negative[20 - 4]).toBe(1)
  expect(report?.pearson).toBeNull()
})

test('the worst mistakes are the wrong ones furthest from their labels, explained', async () => {
  const { scorers } = await evaluated('pos\t-0.9\npos\t0.1\nneg\t0.5\nneutral\t0.2\nneutral\t0.3\n')
  expect(
    scorers[0]?.mistakes.map(({ line, score, distance, explanation }) => ({
      line,
      score,
      distance,
      explanation,
    })),
  ).toEqual([
    { line: 1, score: -0.9, distance: 1.9, explanation: [{ text: '-0.9', weight: -0.9 }] },
    { line: 3, score: 0.5, distance: 1.5, explanation: [{ text: '0.5', weight: 0.5 }] },
    { line: 5, score: 0.3, distance: 0.3, explanation: [{ text: '0.3', weight: 0.3 }] },
  ])
})

test('ratings are correlated, and measured by their place on the scale', async () => {
  const { scorers, data } = await evaluated('1\t-1\n2\t-0.5\n3\t0\n4\t0.5\n5\t-1\n')
  expect(data.scale).toMatchObject({ low: 1, high: 5 })
  // numpy.corrcoef([1, 2, 3, 4, 5], [-1, -.5, 0, .5, -1])[0, 1]
  expect(scorers[0]?.pearson).toBeCloseTo(0.2425356250363329, 12)
  expect(scorers[0]?.mistakes).toMatchObject([{ line: 5, label: 'positive', rating: 5, distance: 2 }])
})

test('scores of another program are matched by line, also for posts that are left out', async () => {
  const scores = [0.9, 0, 0.9, null, -0.9]
  const file = { name: 'file', rows: 5, at: (row: number) => scores[row] as number | null }
  const { scorers } = await evaluated('pos\ta\nbroken line\npos\tb\nneg\tc\nneg\td\n', {
    candidates: [{ name: 'file', scores: file }],
  })
  expect(scorers[0]).toMatchObject({ posts: 4, unknown: 1, accuracy: 0.75, postsPerSecond: null })
})

test('a sample is spread evenly over the file', async () => {
  const content = Array.from({ length: 1000 }, (_, i) => `${i < 500 ? 'pos' : 'neg'}\t1`).join('\n')
  const { data, scorers } = await evaluated(content, { sample: 100 })
  expect(data).toMatchObject({ rows: 1000, posts: 100, byLabel: { negative: 50, positive: 50 } })
  expect(scorers[0]?.posts).toBe(100)
  expect((await evaluated(content, { sample: 5000 })).data.posts).toBe(1000)
})

test('posts have the configured language, otherwise their own', async () => {
  const seen: (string | undefined)[] = []
  const spy: Scorer = {
    score: ({ lang }) => {
      seen.push(lang)
      return 0
    },
  }
  const content = 'label\ttext\tlang\npos\ta\ten\npos\tb\t\n'
  const candidates = [{ name: 'spy', scorer: spy }]
  await evaluated(content, { candidates })
  await evaluated(content, { candidates, languages: { fixed: 'ko', detector: null } })
  expect(seen).toEqual(['en', undefined, 'ko', 'ko'])
})

test('a long file is read in parts, and progress is reported', async () => {
  const done: number[] = []
  const content = 'pos\t1\n'.repeat(5000)
  const { scorers } = await evaluated(content, { onProgress: posts => done.push(posts) })
  expect(done.length).toBeGreaterThan(5)
  expect(done.at(-1)).toBe(5000)
  expect(scorers[0]).toMatchObject({ posts: 5000, accuracy: 1, mistakes: [] })
})

test('pairs are right if both posts are, and kinds are measured separately', async () => {
  const { scorers } = await evaluated(
    [
      'label\ttext\tkind\tpair',
      'pos\t0.8\tpraise\t1',
      'neg\t-0.8\tpraise\t1',
      'neg\t-0.8\tblame\t2',
      'pos\t-0.1\tblame\t2',
      'neutral\t0\tnotice\t',
      'neutral\t-0.3\tnotice\t',
    ].join('\n'),
  )
  expect(scorers[0]?.pairs).toEqual({ pairs: 2, right: 1 })
  expect(scorers[0]?.byKind).toMatchObject({
    praise: { posts: 2, accuracy: 1, pairs: { pairs: 1, right: 1 } },
    blame: { posts: 2, accuracy: 0.5, pairs: { pairs: 1, right: 0 } },
    notice: { posts: 2, saidNeutral: 0.5, saidNegative: 0.5, pairs: { pairs: 0, right: 0 } },
  })
})
