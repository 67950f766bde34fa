import { expect, test } from 'vitest'
import { labelKey } from '../catalogue/label-key.ts'
import { DROP_REASONS } from './drop-reasons.ts'
import { METRICS, type MetricDeclaration, type MetricName } from './metrics.ts'
import { isCurrentSeries, type Known, zeroSeries } from './series.ts'

const known: Known = {
  sources: new Set(['demo', 'relay']),
  formats: new Set(['post']),
  scorers: new Set(['afinn']),
  outputs: new Set([]),
  extractors: new Set(['hashtags']),
  topics: new Set(['all']),
  windows: new Set(['1s']),
  termWindows: new Map([['hashtags', new Set(['5m'])]]),
  languages: new Set(['en', 'other']),
}

const begun = Map.groupBy(zeroSeries(known), ([metric]) => metric)
const keysOf = (metric: MetricName) =>
  (begun.get(metric as never) ?? []).map(([, key]) => key.split('\u001f').join(' '))

test('a counter begins at 0 for every value of its labels that the configuration knows', () => {
  expect(keysOf('mood_source_records_total')).toEqual(['demo', 'relay'])
  expect(keysOf('mood_late_posts_total')).toEqual(['demo 1s', 'relay 1s'])
  expect(keysOf('mood_terms_evicted_total')).toEqual(['hashtags'])
  expect(keysOf('mood_worker_restarts_total')).toEqual(['timeout', 'crash', 'memory'])
  expect(keysOf('mood_posts_dropped_total')).toEqual(
    ['demo', 'relay'].flatMap(source => Object.keys(DROP_REASONS).map(reason => `${source} ${reason}`)),
  )
})

test("slices are evicted from extractors' windows too: their counter begins at 0 for those", () => {
  expect(keysOf('mood_slices_evicted_total')).toEqual(['1s', '5m'])
})

test('the errors of a plugin begin at 0 for the reasons for which its kind can fail', () => {
  const errors = keysOf('mood_plugin_errors_total')
  expect(errors).toContain('scorer afinn invalid_result')
  expect(errors).toContain('format post timeout')
  expect(errors.filter(key => key.startsWith('source demo'))).toEqual([
    'source demo threw',
    'source demo timeout',
    'source demo crash',
    'source demo memory',
  ])
})

test('the time spent in a plugin begins at 0 for the kinds that are timed', () => {
  expect(keysOf('mood_plugin_seconds_total')).toEqual(['format post', 'scorer afinn', 'extractor hashtags'])
})

test('a counter with a label of unbounded values begins with its first value', () => {
  for (const metric of [
    'mood_posts_total',
    'mood_posts_by_emotion_total',
    'mood_source_refused_total',
    'mood_http_requests_refused_total',
    'mood_log_lines_suppressed_total',
  ] as const)
    expect(keysOf(metric), metric).toEqual([])
})

test('no gauge and no histogram begins at 0, because that would be a value', () => {
  const types = [...begun.keys()].map(metric => METRICS[metric].type)
  expect(new Set(types)).toEqual(new Set(['counter']))
})

test('every series that begins at 0 is current', () => {
  for (const [metric, key] of zeroSeries(known))
    expect(isCurrentSeries(metric, key, known), `${metric} ${key}`).toBe(true)
})

const is = (metric: MetricName, ...values: string[]) => isCurrentSeries(metric, labelKey(...values), known)

test.each<[MetricName, current: string[], gone: string[]]>([
  [
    'mood_posts_total',
    ['demo', 'all', 'en', 'afinn', 'positive'],
    ['demo', 'all', 'en', 'vader', 'positive'],
  ],
  [
    'mood_posts_total',
    ['demo', 'all', 'other', 'afinn', 'neutral'],
    ['demo', 'all', 'ko', 'afinn', 'neutral'],
  ],
  ['mood_posts_total', ['relay', 'all', 'en', 'afinn', 'unknown'], ['tcp', 'all', 'en', 'afinn', 'unknown']],
  ['mood_positivity_ratio', ['demo', 'all', 'afinn'], ['demo', 'galaxy', 'afinn']],
  ['mood_posts_by_emotion_total', ['demo', 'all', 'afinn', 'joy'], ['demo', 'all', 'emotions', 'joy']],
  ['mood_window_posts', ['all', 'afinn', 'positive', '1s'], ['all', 'afinn', 'positive', '5m']],
  ['mood_window_end_timestamp_seconds', ['1s'], ['1m']],
  ['mood_top_terms_error_posts', ['hashtags', 'all', '5m'], ['hashtags', 'all', '1s']],
  ['mood_top_term_posts', ['hashtags', 'all', '5m', '#a'], ['mentions', 'all', '5m', '#a']],
  ['mood_late_posts_total', ['demo', '1s'], ['demo', '5m']],
  ['mood_slices_evicted_total', ['5m'], ['1h']],
  ['mood_posts_dropped_total', ['demo', 'invalid'], ['demo', 'dull']],
  ['mood_source_refused_total', ['demo', '401'], ['tcp', '401']],
  ['mood_plugin_errors_total', ['scorer', 'afinn', 'threw'], ['scorer', 'vader', 'threw']],
  ['mood_plugin_errors_total', ['source', 'demo', 'threw'], ['source', 'demo', 'invalid_result']],
  ['mood_plugin_errors_total', ['format', 'post', 'crash'], ['codec', 'post', 'crash']],
  ['mood_plugin_seconds_total', ['extractor', 'hashtags'], ['extractor', 'afinn']],
  ['mood_terms_evicted_total', ['hashtags'], ['words']],
  ['mood_log_lines_suppressed_total', ['scorer afinn'], ['scorer vader']],
  ['mood_log_lines_suppressed_total', ['demo invalid'], ['tcp invalid']],
])('of %s the series %j is configured, and %j is not', (metric, current, gone) => {
  expect(is(metric, ...current)).toBe(true)
  expect(is(metric, ...gone)).toBe(false)
})

test('a label without configured values does not determine whether a series is current', () => {
  expect(is('mood_http_requests_refused_total', '404')).toBe(true)
  expect(is('mood_log_lines_suppressed_total', 'worker')).toBe(true)
  expect(is('mood_log_lines_suppressed_total', 'stray')).toBe(true)
})

test('a source may have the name of a plugin kind: its log lines are kept apart', () => {
  const odd = { ...known, sources: new Set(['scorer']) }
  expect(isCurrentSeries('mood_log_lines_suppressed_total', 'scorer invalid', odd)).toBe(true)
  expect(isCurrentSeries('mood_log_lines_suppressed_total', 'scorer vader', odd)).toBe(false)
})

test('a key that does not fit the labels of a metric is no series', () => {
  expect(is('mood_posts_total', 'demo', 'all', 'en')).toBe(false)
  expect(is('mood_source_records_total', 'demo', 'more')).toBe(false)
  expect(is('mood_workers')).toBe(true)
  expect(is('mood_workers', 'demo')).toBe(false)
})

test('a term may contain the separators of keys', () => {
  expect(is('mood_top_term_posts', 'hashtags', 'all', '5m', 'a\u001fb')).toBe(true)
})

test('without a source, a topic, a scorer, an extractor or a window no series that names one is left', () => {
  const nothing: Known = {
    ...Object.fromEntries(Object.keys(known).map(name => [name, new Set()])),
    termWindows: new Map(),
  } as never
  const bound = ['source', 'topic', 'scorer', 'extractor', 'window', 'plugin', 'lang']
  for (const [metric, { labels }] of Object.entries<MetricDeclaration>(METRICS))
    if (labels.some(label => bound.includes(label)))
      expect(isCurrentSeries(metric as MetricName, labelKey(...labels.map(() => 'x')), nothing), metric).toBe(
        false,
      )
})
