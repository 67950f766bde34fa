import { expect, test } from 'vitest'
import { METRICS } from '../catalogue/metrics.ts'
import { HistogramCell } from '../state/histograms.ts'
import { labelKey } from '../state/label-key.ts'
import { Exposition, type Readings } from './exposition.ts'

const nothing = Object.fromEntries(Object.keys(METRICS).map(name => [name, () => []])) as unknown as Readings

const lines = async (readings: Partial<Readings>, format: 'text' | 'openmetrics' = 'text') =>
  (await new Exposition({ ...nothing, ...readings }).render(format)).body.split('\n')

test('a counter is written with its labels in the order of their declaration', async () => {
  const text = await lines({ mood_posts_dropped_total: () => [[labelKey('demo', 'invalid'), 3]] })
  expect(text).toContain('mood_posts_dropped_total{source="demo",reason="invalid"} 3')
  expect(text).toContain('# TYPE mood_posts_dropped_total counter')
})

test('a histogram is written with cumulative buckets, its sum and its count', async () => {
  const cell = new HistogramCell(METRICS.mood_post_delay_seconds.buckets)
  for (const seconds of [0.01, 0.07, 1e9]) cell.observe(seconds)
  const text = await lines({ mood_post_delay_seconds: () => [['demo', cell]] })
  expect(text).toContain('mood_post_delay_seconds_bucket{le="0.05",source="demo"} 1')
  expect(text).toContain('mood_post_delay_seconds_bucket{le="0.1",source="demo"} 2')
  expect(text).toContain('mood_post_delay_seconds_bucket{le="+Inf",source="demo"} 3')
  expect(text).toContain('mood_post_delay_seconds_count{source="demo"} 3')
})

test('OpenMetrics has units, exemplars and an end, and names counters without their suffix', async () => {
  const cell = new HistogramCell(METRICS.mood_positivity_ratio.buckets)
  const bucket = cell.observe(0.5)
  cell.exemplars[bucket] = { label: 'url', text: 'https://x.com/1', value: 0.5, at: 1.5 }
  const text = await lines(
    {
      mood_positivity_ratio: () => [[labelKey('demo', 'all', 'afinn'), cell]],
      mood_posts_total: () => [[labelKey('demo', 'all', 'en', 'afinn', 'neutral'), 1]],
    },
    'openmetrics',
  )
  expect(text).toContain('# UNIT mood_positivity_ratio ratio')
  expect(text).toContain('# TYPE mood_posts counter')
  expect(text).toContain(
    'mood_posts_total{source="demo",topic="all",lang="en",scorer="afinn",sentiment="neutral"} 1',
  )
  expect(text).toContain(
    'mood_positivity_ratio_bucket{le="0.525",source="demo",topic="all",scorer="afinn"} 1 # {url="https://x.com/1"} 0.5 1.5',
  )
  expect(text.at(-2)).toBe('# EOF')
})

test('a series that is gone is not written again, and one that comes back is', async () => {
  let samples: [string, number][] = [[labelKey('hashtags', 'all', '1m', '#a'), 1]]
  const exposition = new Exposition({ ...nothing, mood_top_term_posts: () => samples })
  const terms = async () =>
    (await exposition.render('text')).body.split('\n').filter(line => line.startsWith('mood_top_term_posts{'))
  expect(await terms()).toHaveLength(1)
  samples = []
  expect(await terms()).toHaveLength(0)
  samples = [[labelKey('hashtags', 'all', '1m', '#a'), 2]]
  expect(await terms()).toEqual([
    'mood_top_term_posts{extractor="hashtags",topic="all",window="1m",term="#a"} 2',
  ])
})

test('a term may hold whatever keys are made with', async () => {
  const text = await lines({ mood_top_term_posts: () => [[labelKey('x', 'all', '1m', 'a\u001fb"\\\n'), 1]] })
  expect(text).toContain(
    'mood_top_term_posts{extractor="x",topic="all",window="1m",term="a\u001fb\\"\\\\\\n"} 1',
  )
})

test('no name of ours or of prom-client breaks the conventions that promtool checks', async () => {
  const text = await lines({})
  const gauges = text.filter(line => /^# TYPE \S+_total (?!counter)/.test(line))
  expect(gauges).toEqual([])
})

test('not even before the process has been measured is there a number that no parser knows', async () => {
  const values = (await lines({}, 'openmetrics'))
    .filter(line => !line.startsWith('#'))
    .map(line => line.split(' ')[1])
  expect(values.filter(value => value !== undefined && !/^(NaN|[+-]Inf|[-+.\de]+)$/.test(value))).toEqual([])
})

test('what the process is measured at is the same in both formats', async () => {
  const exposition = new Exposition(nothing)
  const measured = async (format: 'text' | 'openmetrics') =>
    (await exposition.render(format)).body
      .split('\n')
      .filter(line => /^(nodejs|process)_\S+ [\d.e+-]+$/.test(line))
  const text = await measured('text')
  expect(await measured('openmetrics')).toEqual(text)
  expect(text.some(line => line.startsWith('nodejs_eventloop_lag_max_seconds '))).toBe(true)
})
