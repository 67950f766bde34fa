import { expect, test } from 'vitest'
import { labelKey } from '../../catalogue/label-key.ts'
import { HistogramCell } from '../../state/histograms.ts'
import { OpenMetricsText } from './openmetrics.ts'

const LABELS = [
  ['job', 'mood'],
  ['instance', 'past'],
] as const

const lines = (text: OpenMetricsText) => [...text.text()].join('').split('\n')

test('a series is written in one piece, with its times in seconds', () => {
  const text = new OpenMetricsText(LABELS)
  const posts = (...all: [string, number][]) => ({
    mood_posts_total: () =>
      all.map(([lang, n]) => [labelKey('src', 'all', lang, 'one', 'positive'), n] as const),
  })
  text.add(60_000, posts(['en', 0]))
  text.add(120_000, posts(['en', 2], ['ko', 0]))
  text.add(180_000, posts(['en', 2], ['ko', 1]))
  const start = (lang: string) =>
    `mood_posts_total{job="mood",instance="past",source="src",topic="all",lang="${lang}",scorer="one",sentiment="positive"}`
  expect(lines(text).slice(1)).toEqual([
    '# TYPE mood_posts counter',
    `${start('en')} 0 60`,
    `${start('en')} 2 120`,
    `${start('en')} 2 180`,
    `${start('ko')} 0 120`,
    `${start('ko')} 1 180`,
    '# EOF',
    '',
  ])
})

test('a gauge that is gone for a while has no samples then', () => {
  const text = new OpenMetricsText([])
  for (const [at, score] of [
    [1000, 0.5],
    [2000, null],
    [3000, 0.5],
  ] as const)
    text.add(at, {
      mood_window_score: () => (score === null ? [] : [[labelKey('all', 'one', '1m'), score] as const]),
    })
  expect(lines(text).filter(line => line.startsWith('mood'))).toEqual([
    'mood_window_score{topic="all",scorer="one",window="1m"} 0.5 1',
    'mood_window_score{topic="all",scorer="one",window="1m"} 0.5 3',
  ])
})

test('a histogram has its buckets, sum and count together at each time', () => {
  const text = new OpenMetricsText([])
  const cell = new HistogramCell([0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1])
  const collectors = {
    mood_scorer_disagreement_ratio: () => [[labelKey('src', 'all', 'one'), cell] as const],
  }
  text.add(1000, collectors)
  cell.observe(0.05)
  text.add(2000, collectors)
  const samples = lines(text).filter(line => line.startsWith('mood'))
  expect(samples.length).toBe(24)
  expect(samples.slice(12, 14).concat(samples.slice(21))).toEqual([
    'mood_scorer_disagreement_ratio_bucket{le="0",source="src",topic="all",scorer="one"} 0 2',
    'mood_scorer_disagreement_ratio_bucket{le="0.05",source="src",topic="all",scorer="one"} 1 2',
    'mood_scorer_disagreement_ratio_bucket{le="+Inf",source="src",topic="all",scorer="one"} 1 2',
    'mood_scorer_disagreement_ratio_sum{source="src",topic="all",scorer="one"} 0.05 2',
    'mood_scorer_disagreement_ratio_count{source="src",topic="all",scorer="one"} 1 2',
  ])
})
