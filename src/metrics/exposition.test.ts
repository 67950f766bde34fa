import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { labelKey } from '../catalogue/label-key.ts'
import { METRICS } from '../catalogue/metrics.ts'
import { HistogramCell } from '../state/histograms.ts'
import { type Collectors, Exposition } from './exposition.ts'
import type { ExpositionFormat } from './text-format.ts'

const nothing = Object.fromEntries(
  Object.keys(METRICS).map(name => [name, () => []]),
) as unknown as Collectors

/** Of a state that has changed whenever it is asked for. */
function restless(collectors: Partial<Collectors>): Exposition {
  let version = 0
  return new Exposition({ ...nothing, ...collectors }, () => ++version)
}

const linesOf = async (exposition: Exposition, format: ExpositionFormat = 'text') =>
  (await exposition.render(format)).bytes.toString().split('\n')

const lines = (collectors: Partial<Collectors>, format?: ExpositionFormat) =>
  linesOf(restless(collectors), format)

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
  const exposition = restless({ mood_top_term_posts: () => samples })
  const terms = async () =>
    (await linesOf(exposition)).filter(line => line.startsWith('mood_top_term_posts{'))
  expect(await terms()).toHaveLength(1)
  samples = []
  expect(await terms()).toHaveLength(0)
  samples = [[labelKey('hashtags', 'all', '1m', '#a'), 2]]
  expect(await terms()).toEqual([
    'mood_top_term_posts{extractor="hashtags",topic="all",window="1m",term="#a"} 2',
  ])
})

test('a term may contain the separators of keys', async () => {
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

test('every value can be parsed, even before the process is measured', async () => {
  const values = (await lines({}, 'openmetrics'))
    .filter(line => !line.startsWith('#'))
    .map(line => line.split(' ')[1])
  expect(values.filter(value => value !== undefined && !/^(NaN|[+-]Inf|[-+.\de]+)$/.test(value))).toEqual([])
})

test('process metrics are equal in both formats', async () => {
  const exposition = restless({})
  const measured = async (format: ExpositionFormat) =>
    (await linesOf(exposition, format)).filter(line => /^(nodejs|process)_\S+ [\d.e+-]+$/.test(line))
  const text = await measured('text')
  expect(await measured('openmetrics')).toEqual(text)
  expect(text.some(line => line.startsWith('nodejs_eventloop_lag_max_seconds '))).toBe(true)
})

test('in the text format an empty line is between families, and the last line ends', async () => {
  const text = (await restless({}).render('text')).bytes.toString()
  expect(text.split('\n\n').every(family => family.startsWith('# HELP '))).toBe(true)
  expect(text).toMatch(/[^\n]\n$/)
})

/** An exposition whose collectors count how often they are called. */
function counted() {
  const reads = { state: 0, running: 0 }
  const state = { version: 1 }
  const exposition = new Exposition(
    {
      ...nothing,
      mood_source_records_total: () => [['demo', ++reads.state]],
      mood_source_up: () => [['demo', ++reads.running]],
    },
    () => state.version,
  )
  return { exposition, reads, state }
}

test('an unchanged state is rendered once for each format', async () => {
  const { exposition, reads, state } = counted()
  for (const format of ['text', 'openmetrics', 'text', 'openmetrics'] as const)
    await exposition.render(format)
  expect(reads.state).toBe(2)
  state.version++
  expect(await linesOf(exposition)).toContain('mood_source_records_total{source="demo"} 3')
})

test('metrics of the running exporter are read at each scrape', async () => {
  const { exposition } = counted()
  expect(await linesOf(exposition)).toContain('mood_source_up{source="demo"} 1')
  expect(await linesOf(exposition)).toContain('mood_source_up{source="demo"} 2')
})

test('if nothing has changed, the body is reused', async () => {
  const exposition = new Exposition(nothing, () => 1, { text: async () => 'process_x 1\n' } as never)
  expect(await exposition.render('text')).toBe(await exposition.render('text'))
})

test('the compressed body is equal, before and after a change of the state', async () => {
  const { exposition, state } = counted()
  for (let n = 0; n < 4; n++) {
    const body = await exposition.render('openmetrics')
    expect(gunzipSync(await body.gzip()).equals(body.bytes)).toBe(true)
    if (n % 2 === 1) state.version++
  }
})

/** Series of so many topics, and what happens after each of so many. */
function* many(count: number, every = 0, happens = () => {}): Generator<[string, number]> {
  for (let i = 1; i <= count; i++) {
    yield [labelKey('demo', `t${i}`, 'en', 'afinn', 'neutral'), i]
    if (i % every === 0) happens()
  }
}

/** What happens while an exposition is rendered, with turns that end after each step. */
async function renderedInTurns(collectors: Partial<Collectors>, version: () => number) {
  const exposition = new Exposition({ ...nothing, ...collectors }, version, undefined, undefined, 0)
  let [turns, isDone] = [0, false]
  const count = () => {
    turns++
    if (!isDone) setImmediate(count)
  }
  setImmediate(count)
  const texts = await Promise.all([linesOf(exposition), linesOf(exposition)])
  isDone = true
  return { texts, turns }
}

test('many series are rendered in parts, once for all scrapes, with the same result', async () => {
  let reads = 0
  const collectors: Partial<Collectors> = {
    mood_posts_total: () => {
      reads++
      return many(5000)
    },
  }
  const { texts, turns } = await renderedInTurns(collectors, () => 1)
  expect(reads).toBe(1)
  expect(turns).toBeGreaterThan(8)
  const posts = texts.map(text => text.filter(line => line.startsWith('mood_posts_total{')))
  expect(posts[0]).toHaveLength(5000)
  expect(posts[1]).toEqual(posts[0])
})

test('changes during rendering are rendered again, finally without yielding', async () => {
  let [version, reads] = [0, 0]
  const collectors: Partial<Collectors> = {
    mood_posts_total: () => {
      reads++
      return many(2000, 100, () => version++)
    },
  }
  const { texts } = await renderedInTurns(collectors, () => version)
  expect(reads).toBe(3)
  expect(texts[0]?.filter(line => line.startsWith('mood_posts_total{'))).toHaveLength(2000)
})

test('an unchanged list is not rendered again, another one is', async () => {
  let reads = 0
  const listOf = (value: number) => {
    const list: [string, number][] = [[labelKey('tea', 'afinn', 'z'), value]]
    return Object.defineProperty(list, Symbol.iterator, {
      value: () => {
        reads++
        return list.slice()[Symbol.iterator]()
      },
    })
  }
  let list = listOf(4.6)
  const exposition = restless({ mood_topic_alert_threshold: () => list })
  const thresholds = async () =>
    (await linesOf(exposition)).filter(line => line.startsWith('mood_topic_alert_threshold{'))
  const lineOf = (value: number) =>
    `mood_topic_alert_threshold{topic="tea",scorer="afinn",parameter="z"} ${value}`
  expect(await thresholds()).toEqual([lineOf(4.6)])
  expect(await thresholds()).toEqual([lineOf(4.6)])
  expect(reads).toBe(1)
  list = listOf(5)
  expect(await thresholds()).toEqual([lineOf(5)])
  expect(reads).toBe(2)
})
