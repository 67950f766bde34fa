import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { definitionOfShape, exportedName, shapeOf } from './metric-definitions.ts'
import { METRIC_LIMITS, type MetricDefinitions, type PluginMetrics } from './metrics.ts'
import { type EncodedPluginMetrics, RecordedMetrics } from './recorded-metrics.ts'
import { defineScorer } from './scorer.ts'

const DEFINITIONS = {
  requests: { type: 'counter', help: 'Requests.', labels: ['code'] },
  failures: { type: 'counter', help: 'Failures.' },
  budget_posts: { type: 'gauge', help: 'Posts left.' },
  latency_seconds: { type: 'histogram', help: 'Latency.', labels: ['code', 'host'], buckets: [0.1, 1] },
} as const satisfies MetricDefinitions

let clock = 1000
const recorded = () => new RecordedMetrics(DEFINITIONS, () => clock++)

test('counts add up, by label values', () => {
  const all = recorded()
  all.metrics.requests.add(1, { code: '200' })
  all.metrics.requests.add(2, { code: '200' })
  all.metrics.requests.add(1, { code: '429' })
  all.metrics.failures.add(0.5)
  expect(all.value('requests', { code: '200' })).toBe(3)
  expect(all.value('requests', { code: '429' })).toBe(1)
  expect(all.value('requests', { code: '500' })).toBeUndefined()
  expect(all.value('failures')).toBe(0.5)
})

test('a count without labels is 0 from the start, a gauge has no value before it is set', () => {
  const all = recorded()
  expect(all.value('failures')).toBe(0)
  expect(all.value('budget_posts')).toBeUndefined()
  all.metrics.budget_posts.set(-3)
  expect(all.value('budget_posts')).toBe(-3)
})

test('a histogram counts a value in the first bucket that holds it', () => {
  const all = recorded()
  for (const seconds of [0.05, 0.1, 0.5, 2, 3])
    all.metrics.latency_seconds.observe(seconds, { code: '200', host: 'a' })
  expect(all.value('latency_seconds', { host: 'a', code: '200' })).toEqual({
    bounds: [0.1, 1],
    counts: [2, 1, 2],
    sum: expect.closeTo(5.65),
  })
})

test('what is recorded type-checks against the definition', () => {
  type Metrics = PluginMetrics<typeof DEFINITIONS>
  expectTypeOf<Parameters<Metrics['requests']['add']>>().toEqualTypeOf<
    [n: number, labels: Readonly<Record<'code', string>>]
  >()
  expectTypeOf<Parameters<Metrics['failures']['add']>>().toEqualTypeOf<[n: number]>()
  expectTypeOf<Parameters<Metrics['budget_posts']['set']>>().toEqualTypeOf<[value: number]>()
  expectTypeOf<Parameters<Metrics['latency_seconds']['observe']>[1]>().toEqualTypeOf<
    Readonly<Record<'code' | 'host', string>>
  >()
  expectTypeOf<Metrics>().not.toHaveProperty('unknown')
  expectTypeOf<Metrics['requests']>().not.toHaveProperty('set')
})

test('context.metrics type-checks against the definition that declares them', () => {
  const scorer = defineScorer({
    name: 'remote',
    description: 'Scores.',
    options: z.strictObject({}),
    metrics: { requests: { type: 'counter', help: 'Requests.', labels: ['code'] } },
    create: (_, { metrics }) => ({
      score() {
        metrics.requests.add(1, { code: '200' })
        return 0
      },
      explain: () => {
        // @ts-expect-error No such label.
        metrics.requests.add(1, { status: '200' })
        // @ts-expect-error A label is missing.
        metrics.requests.add(1)
        // @ts-expect-error A counter is not set.
        metrics.requests.set(1, { code: '200' })
        // @ts-expect-error Not declared.
        metrics.failures.add(1)
        return []
      },
    }),
  })
  expect(scorer.metrics?.requests.labels).toEqual(['code'])
  defineScorer({
    name: 'none',
    description: 'Declares no metrics.',
    options: z.strictObject({}),
    // @ts-expect-error There are none.
    create: (_, { metrics }) => ({ score: () => metrics.requests.add(1) ?? 0 }),
  })
})

test.each<[what: string, record: (metrics: PluginMetrics) => void, message: string]>([
  [
    'a negative count',
    m => m.failures?.add(-1),
    'metrics.failures: expected a number from 0 up to add, got -1',
  ],
  ['NaN', m => m.failures?.add(Number.NaN), 'metrics.failures: expected a number from 0 up to add, got NaN'],
  [
    'no number',
    m => m.budget_posts?.set('7' as never),
    'metrics.budget_posts: expected a finite number, got "7"',
  ],
  ['no labels', m => m.requests?.add(1), 'metrics.requests: expected the labels code, got none'],
  [
    'another label',
    m => m.requests?.add(1, { status: '200' }),
    'metrics.requests: expected the labels code, got status',
  ],
  [
    'one label more',
    m => m.requests?.add(1, { code: '1', x: '' }),
    'metrics.requests: expected the labels code, got code, x',
  ],
  [
    'labels where there are none',
    m => m.failures?.add(1, { x: '' }),
    'metrics.failures: expected the labels none, got x',
  ],
])('%s is refused with the name of the metric, and recorded nowhere', (_, record, message) => {
  const all = recorded()
  expect(() => record(all.metrics as never)).toThrow(new TypeError(message))
  expect(all.take()).toBeNull()
})

test('recordings are taken once and merged into another recorder', () => {
  const worker = recorded()
  const sum = recorded()
  worker.metrics.requests.add(2, { code: '200' })
  worker.metrics.budget_posts.set(7)
  worker.metrics.latency_seconds.observe(0.5, { code: '200', host: 'a' })
  const first = worker.take() as EncodedPluginMetrics
  expect(Object.keys(first)).toEqual(['requests', 'budget_posts', 'latency_seconds'])
  expect(worker.take()).toBeNull()
  worker.metrics.requests.add(1, { code: '200' })
  // A delta goes through a message, or through JSON in a store.
  for (const delta of [first, worker.take() as EncodedPluginMetrics])
    sum.merge(JSON.parse(JSON.stringify(delta)))
  expect(sum.value('requests', { code: '200' })).toBe(3)
  expect(sum.value('budget_posts')).toBe(7)
  expect(sum.value('latency_seconds', { code: '200', host: 'a' })).toMatchObject({
    counts: [0, 1, 0],
    sum: 0.5,
  })
})

test('deltas of several workers merge to what one would have recorded, in whatever order they come', () => {
  const one = recorded()
  const workers = [recorded(), recorded(), recorded()]
  const deltas: EncodedPluginMetrics[] = []
  for (let i = 0; i < 300; i++) {
    const worker = workers[(i * 7) % 3] as typeof one
    for (const { metrics } of [one, worker]) {
      metrics.requests.add(i % 5, { code: `${i % 4}` })
      metrics.latency_seconds.observe(i / 100, { code: `${i % 2}`, host: 'a' })
    }
    worker.metrics.budget_posts.set(i)
    if (i % 11 === 0) deltas.push(worker.take() ?? {})
  }
  for (const worker of workers) deltas.push(worker.take() ?? {})
  const sum = recorded()
  for (const delta of deltas.reverse()) sum.merge(delta)
  for (let code = 0; code < 4; code++)
    expect(sum.value('requests', { code: `${code}` })).toBe(one.value('requests', { code: `${code}` }))
  expect(sum.value('latency_seconds', { code: '1', host: 'a' })).toEqual({
    ...(one.value('latency_seconds', { code: '1', host: 'a' }) as object),
    sum: expect.closeTo((one.value('latency_seconds', { code: '1', host: 'a' }) as { sum: number }).sum),
  })
  // The value that was set last, though its delta came first.
  expect(sum.value('budget_posts')).toBe(299)
})

test('a snapshot holds everything, and makes the same again', () => {
  const all = recorded()
  all.metrics.requests.add(2, { code: '200' })
  all.metrics.budget_posts.set(7)
  expect(all.encode()).toEqual(all.encode())
  const again = recorded()
  again.merge(all.encode())
  expect(again.entries()).toEqual(all.entries())
})

test('label values beyond the limit count as other, and how often is known', () => {
  const all = recorded()
  for (let i = 0; i < METRIC_LIMITS.labelValues + 10; i++) all.metrics.requests.add(1, { code: `${i}` })
  all.metrics.requests.add(1, { code: '0' })
  expect(all.value('requests', { code: '0' })).toBe(2)
  expect(all.value('requests', { code: 'other' })).toBe(10)
  const [requests] = all.entries()
  expect(requests).toMatchObject({ folded: 10, series: { length: METRIC_LIMITS.labelValues + 1 } })
})

test('a label with too many values does not affect other labels', () => {
  const all = recorded()
  for (let i = 0; i < 60; i++) all.metrics.latency_seconds.observe(1, { code: '200', host: `host ${i}` })
  expect(all.value('latency_seconds', { code: '200', host: 'other' })).toMatchObject({ counts: [0, 10, 0] })
})

test('combinations of label values are bounded too', () => {
  const all = recorded()
  for (let code = 0; code < 40; code++)
    for (let host = 0; host < 40; host++)
      all.metrics.latency_seconds.observe(1, { code: `${code}`, host: `${host}` })
  const { series = [], folded } = all.entries()[3] ?? {}
  expect(series).toHaveLength(METRIC_LIMITS.series + 1)
  expect(folded).toBe(1600 - METRIC_LIMITS.series)
  expect(all.value('latency_seconds', { code: 'other', host: 'other' })).toMatchObject({
    counts: [0, 1600 - METRIC_LIMITS.series, 0],
  })
})

test('the sum of many workers keeps the same bounds, and adds up what each folded', () => {
  const sum = recorded()
  for (let worker = 0; worker < 4; worker++) {
    const all = recorded()
    for (let i = 0; i < 60; i++) all.metrics.requests.add(1, { code: `${worker} ${i}` })
    sum.merge(all.take() ?? {})
  }
  const { series = [], folded } = sum.entries()[0] ?? {}
  expect(series).toHaveLength(METRIC_LIMITS.labelValues + 1)
  expect(series.reduce((total, { value }) => total + (value as number), 0)).toBe(240)
  expect(folded).toBeGreaterThan(4 * 10)
})

test('what was folded is taken once', () => {
  const all = recorded()
  for (let i = 0; i < 60; i++) all.metrics.requests.add(1, { code: `${i}` })
  expect(all.take()?.requests?.folded).toBe(10)
  all.metrics.requests.add(1, { code: 'late' })
  expect(all.take()?.requests).toMatchObject({ series: [['other', [1]]], folded: 1 })
  expect(all.take()).toBeNull()
})

test('label values are cut, valid Unicode and free of control characters, and may be any word', () => {
  const all = recorded()
  for (const code of ['x'.repeat(150), '\ud800', 'a\u001fb\n', '__proto__', ''])
    all.metrics.requests.add(1, { code })
  const values = all.entries()[0]?.series.map(({ labels }) => labels[0])
  expect(values).toEqual(['x'.repeat(100), '\ufffd', 'a b ', '__proto__', ''])
})

test.each<[what: string, encoded: EncodedPluginMetrics, message: string]>([
  [
    'an unknown metric',
    { others: { shape: 'counter()', series: [], folded: 0 } },
    'metrics.others: to be merged, but not declared',
  ],
  [
    'another type',
    { failures: { shape: 'gauge()', series: [], folded: 0 } },
    'metrics.failures: gauge() is to be merged, where counter() is declared',
  ],
  [
    'other labels',
    { requests: { shape: 'counter(code,host)', series: [], folded: 0 } },
    'metrics.requests: counter(code,host) is to be merged, where counter(code) is declared',
  ],
  [
    'other buckets',
    { latency_seconds: { shape: 'histogram(code,host)[0.1,1,5]', series: [], folded: 0 } },
    'where histogram(code,host)[0.1,1] is declared',
  ],
  [
    'a key of too few values',
    { latency_seconds: { shape: 'histogram(code,host)[0.1,1]', series: [['200', [0, 0, 0, 0]]], folded: 0 } },
    'metrics.latency_seconds: "200" is to be merged, which is no series of it',
  ],
  [
    'too few numbers',
    { requests: { shape: 'counter(code)', series: [['200', []]], folded: 0 } },
    'metrics.requests: "200" is to be merged, which is no series of it',
  ],
])('%s is not merged, nor is anything beside it', (_, encoded, message) => {
  const all = recorded()
  const good = recorded()
  good.metrics.failures.add(1)
  expect(() => all.merge({ ...good.take(), ...encoded })).toThrow(message)
  expect(all.value('failures')).toBe(0)
})

const labelled = (labels: unknown) => ({ hits: { type: 'counter', help: 'Hits.', labels } })
const bucketed = (buckets: unknown) => ({ hits: { type: 'histogram', help: 'Hits.', buckets } })

test.each<[definitions: object, message: string]>([
  [{ Hits: { type: 'counter', help: 'Hits.' } }, 'metrics.Hits: expected a name in snake case'],
  [
    { hits_total: { type: 'counter', help: 'Hits.' } },
    'metrics.hits_total: expected a name without a suffix',
  ],
  [{ hits: null }, "metrics.hits: expected a definition such as { type: 'counter', help: '…' }, got null"],
  [
    { hits: { type: 'summary', help: 'Hits.' } },
    'expected the type "counter", "gauge" or "histogram", got "summary"',
  ],
  [{ hits: { type: 'counter', help: ' ' } }, 'expected `help` to say what is measured'],
  [labelled('code'), 'expected a list of labels, got "code"'],
  [labelled(['a', 'b', 'c', 'd', 'e', 'f']), 'expected up to 5 labels, got 6'],
  [labelled(['le']), 'expected labels of the plugin\'s own, "le" is given by the exporter'],
  [labelled(['a', 'a']), 'expected each label once'],
  [labelled(['a-b']), 'expected labels in snake case, got "a-b"'],
  [bucketed([1, 1]), 'expected finite bounds of buckets in ascending order'],
  [bucketed([]), 'expected the upper bounds of buckets, got an array'],
  [bucketed([1, Number.POSITIVE_INFINITY]), 'expected finite bounds'],
  [
    Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`hits${i}`, { type: 'gauge', help: 'Hits.' }])),
    'metrics: expected up to 50, got 51',
  ],
])('the definition %j is refused', (definitions, message) => {
  expect(() => new RecordedMetrics(definitions as MetricDefinitions)).toThrow(message)
})

test('the exported name says whose metric it is, and what it is', () => {
  expect(exportedName('twitter', 'requests', DEFINITIONS.requests)).toBe('mood_plugin_twitter_requests_total')
  expect(exportedName('my-Scorer.v2', 'latency_seconds', DEFINITIONS.latency_seconds)).toBe(
    'mood_plugin_my_scorer_v2_latency_seconds',
  )
})

test('counts and sums stay finite, as JSON could not hold what they would become', () => {
  const [one, two] = [recorded(), recorded()]
  for (const { metrics } of [one, two])
    for (let n = 0; n < 3; n++) {
      metrics.failures.add(Number.MAX_VALUE)
      metrics.latency_seconds.observe(-Number.MAX_VALUE, { code: '200', host: 'a' })
    }
  one.merge(JSON.parse(JSON.stringify(two.take())))
  expect(one.value('failures')).toBe(Number.MAX_VALUE)
  expect(one.value('latency_seconds', { code: '200', host: 'a' })).toMatchObject({ sum: -Number.MAX_VALUE })
})

test.each(Object.entries(DEFINITIONS))(
  'the definition of %s is read back from its shape',
  (_, definition) => {
    const read = definitionOfShape(shapeOf(definition))
    expect(read && shapeOf(read)).toBe(shapeOf(definition))
  },
)

test.each([
  '',
  'counter',
  'summary()',
  'counter(le)',
  'counter(a,)',
  'counter()[1]',
  'histogram()',
  'histogram()[]',
  'histogram()[2,1]',
  'histogram()[01]',
  'counter(a)x',
])('"%s" is not the shape of a metric', shape => {
  expect(definitionOfShape(shape)).toBeNull()
})
