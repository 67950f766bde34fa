import { expect, test } from 'vitest'
import { labelKey } from '../catalogue/label-key.ts'
import type { Known } from '../catalogue/series.ts'
import { METRIC_LIMITS, type MetricDefinitions } from '../plugin/metrics.ts'
import { RecordedMetrics } from '../plugin/recorded-metrics.ts'
import { StateMismatch } from './encoding.ts'
import { isCurrentOwner, PluginTables } from './plugin-metrics.ts'
import { deltaShapeOf, type StateShape } from './shape.ts'
import { State } from './state.ts'

const SHAPE: StateShape = { windows: [], extractors: [], terms: 100, slices: 1000, idle: 3_600_000 }
const DELTA = deltaShapeOf(SHAPE)
const KNOWN: Known = {
  sources: new Set(['demo']),
  formats: new Set(['post']),
  scorers: new Set(['exclaim', 'ensemble']),
  outputs: new Set([]),
  extractors: new Set(['hashtags']),
  topics: new Set(['all']),
  windows: new Set([]),
  termWindows: new Map([]),
  languages: new Set(['en']),
}
const DEFINITIONS = {
  requests: { type: 'counter', help: 'Requests.', labels: ['code'] },
  budget: { type: 'gauge', help: 'Budget.' },
  latency_seconds: { type: 'histogram', help: 'Latency.', labels: ['host'], buckets: [0.1, 1] },
} as const satisfies MetricDefinitions
const [REQUESTS, BUDGET, LATENCY] = ['counter(code)', 'gauge()', 'histogram(host)[0.1,1]']

let clock = 1000
const recorder = () => new RecordedMetrics(DEFINITIONS, () => clock++)

/** A worker's delta with what plugins recorded, as it arrives. */
function deltaOf(...recorded: [owner: string, plugin: Pick<RecordedMetrics<typeof DEFINITIONS>, 'take'>][]) {
  const delta = new State(DELTA)
  delta.plugins.merge(recorded.flatMap(([owner, plugin]) => [[owner, plugin.take() ?? {}] as const]))
  return State.decodeBase(DELTA, delta.encodeBase())
}

const value = (state: State, owner: string, name: string, shape: string, labels = {}) =>
  state.plugins.recorded(owner, name, shape)?.value(name, labels)

test('recordings of two workers add up, and of a gauge the value that was set last remains', () => {
  const state = new State(SHAPE)
  const [one, two] = [recorder(), recorder()]
  one.metrics.requests.add(2, { code: '200' })
  two.metrics.requests.add(3, { code: '200' })
  two.metrics.budget.set(7)
  one.metrics.budget.set(6)
  for (const { metrics } of [one, two]) metrics.latency_seconds.observe(0.5, { host: 'a' })
  state.merge(deltaOf(['scorer exclaim', one]), 0)
  state.merge(deltaOf(['scorer exclaim', two]), 0)
  expect(value(state, 'scorer exclaim', 'requests', REQUESTS, { code: '200' })).toBe(5)
  expect(value(state, 'scorer exclaim', 'budget', BUDGET)).toBe(6)
  expect(value(state, 'scorer exclaim', 'latency_seconds', LATENCY, { host: 'a' })).toEqual({
    bounds: [0.1, 1],
    counts: [0, 2, 0],
    sum: 1,
  })
})

test('an instance that is there several times in one delta is counted as one', () => {
  const state = new State(SHAPE)
  const [one, two] = [recorder(), recorder()]
  one.metrics.requests.add(1, { code: '200' })
  two.metrics.requests.add(2, { code: '200' })
  state.merge(deltaOf(['format post', one], ['format post', two]), 0)
  expect(value(state, 'format post', 'requests', REQUESTS, { code: '200' })).toBe(3)
})

test('a delta that was reset holds nothing of before', () => {
  const delta = new State(DELTA)
  const plugin = recorder()
  plugin.metrics.requests.add(1, { code: '200' })
  delta.plugins.merge([['scorer exclaim', plugin.take() ?? {}]])
  delta.reset()
  expect(JSON.parse(delta.encodeBase())).not.toHaveProperty('plugins')
})

test('what was recorded is the same after it was encoded and decoded, and counted on in the same way', () => {
  const state = new State(SHAPE)
  const plugin = recorder()
  // More label values than have a place of their own.
  for (let code = 0; code < 2 * METRIC_LIMITS.labelValues; code++)
    plugin.metrics.requests.add(1, { code: `${code}` })
  plugin.metrics.budget.set(-1.5)
  plugin.metrics.latency_seconds.observe(3, { host: 'a' })
  state.merge(deltaOf(['scorer exclaim', plugin]), 0)
  const copy = State.decodeBase(SHAPE, state.encodeBase({ zeros: true }))
  for (const code of ['7', '99', '1000']) plugin.metrics.requests.add(1, { code })
  const delta = deltaOf(['scorer exclaim', plugin])
  for (const each of [state, copy]) each.merge(delta, 0)
  expect(copy.encodeBase({ zeros: true })).toBe(state.encodeBase({ zeros: true }))
  expect(value(copy, 'scorer exclaim', 'requests', REQUESTS, { code: 'other' })).toBe(
    METRIC_LIMITS.labelValues + 2,
  )
})

test('a copy folds the same series as what it was made of, also at the most series', () => {
  const definitions = { m: { type: 'counter', help: 'M.', labels: ['a', 'b'] } } as const
  const [plugin, original] = [new RecordedMetrics(definitions), new PluginTables()]
  for (let a = 0; a < 60; a++) for (let b = 0; b < 12; b++) plugin.metrics.m.add(1, { a: `${a}`, b: `${b}` })
  original.merge([['scorer x', plugin.take() ?? {}]])
  const copy = new PluginTables()
  copy.decode(original.encode(), () => expect.unreachable())
  const more = new RecordedMetrics(definitions)
  for (let i = 0; i < 400; i++) more.metrics.m.add(1, { a: `${i * 7}`, b: `${i % 40}` })
  const taken = more.take() ?? {}
  for (const tables of [original, copy]) tables.merge([['scorer x', taken]])
  const seriesOf = (tables: PluginTables) => tables.encode()[0]?.[1].m?.series
  expect(seriesOf(copy)).toEqual(seriesOf(original))
})

test('recordings that were folded into other are counted, a member of a scorer with that scorer', () => {
  const state = new State(SHAPE)
  const plugin = recorder()
  for (let code = 0; code < METRIC_LIMITS.labelValues + 3; code++)
    plugin.metrics.requests.add(1, { code: `${code}` })
  state.merge(deltaOf(['scorer ensemble/0', plugin]), 0)
  const folded = () => state.counter('mood_folded_recordings_total').get(labelKey('scorer', 'ensemble'))
  expect(folded()).toBe(3)
  plugin.metrics.requests.add(1, { code: '1' })
  state.merge(deltaOf(['scorer ensemble/0', plugin]), 0)
  expect(folded()).toBe(3)
})

test('a reload removes what plugins recorded that the configuration no longer has', () => {
  const state = new State(SHAPE)
  const owners = ['scorer exclaim', 'scorer ensemble/1', 'source demo', 'scorer demo', 'output file']
  for (const owner of owners) {
    const plugin = recorder()
    plugin.metrics.budget.set(1)
    state.merge(deltaOf([owner, plugin]), 0)
  }
  state.reshape(SHAPE, KNOWN)
  expect(state.plugins.encode().map(([owner]) => owner)).toEqual([
    'scorer exclaim',
    'scorer ensemble/1',
    'source demo',
  ])
  expect(isCurrentOwner('scorer ensemble/1/0', KNOWN)).toBe(true)
  expect(isCurrentOwner('scorer ensembles', KNOWN)).toBe(false)
})

test('of two shapes of a metric the later is kept, and the other metrics stay', () => {
  const state = new State(SHAPE)
  const [one, other] = [recorder(), new RecordedMetrics({ requests: { type: 'counter', help: 'Requests.' } })]
  one.metrics.requests.add(5, { code: '200' })
  one.metrics.budget.set(3)
  other.metrics.requests.add(1)
  state.merge(deltaOf(['scorer exclaim', one]), 0)
  state.merge(deltaOf(['scorer exclaim', other as never]), 0)
  expect(state.plugins.recorded('scorer exclaim', 'requests', REQUESTS)).toBeUndefined()
  expect(value(state, 'scorer exclaim', 'requests', 'counter()')).toBe(1)
  expect(value(state, 'scorer exclaim', 'budget', BUDGET)).toBe(3)
})

type Encoded = { plugins: [string, Record<string, { shape: string; series: [unknown, unknown[]][] }>][] }

/** A base with what a plugin recorded, after it was damaged. */
function damaged(damage: (metrics: Encoded['plugins'][0][1]) => void): string {
  const state = new State(SHAPE)
  const plugin = recorder()
  plugin.metrics.requests.add(5, { code: '200' })
  plugin.metrics.latency_seconds.observe(5, { host: 'a' })
  state.merge(deltaOf(['scorer exclaim', plugin]), 0)
  const base = JSON.parse(state.encodeBase()) as Encoded
  damage(base.plugins[0]?.[1] as never)
  return JSON.stringify(base)
}

test.each<[string, Parameters<typeof damaged>[0]]>([
  ['buckets cut short', ({ latency_seconds }) => latency_seconds?.series[0]?.[1].splice(2)],
  ['a key with too many labels', ({ requests }) => requests?.series[0]?.splice(0, 1, 'a\u001fb')],
  ['a count that is no number', ({ requests }) => requests?.series[0]?.[1].splice(0, 1, null)],
  ['a count below 0', ({ requests }) => requests?.series[0]?.[1].splice(0, 1, -1)],
  ['no series', ({ requests }) => Object.assign(requests ?? {}, { series: null })],
])('an encoding with %s is refused, never half read', (_, damage) => {
  expect(() => State.decodeBase(SHAPE, damaged(damage))).toThrow(StateMismatch)
  expect(() => State.decodeBase(SHAPE, damaged(damage), () => {})).toThrow(/scorer exclaim/)
})

test('a metric whose shape is not known is left out, and named', () => {
  const base = damaged(({ requests }) => Object.assign(requests ?? {}, { shape: 'summary(code)' }))
  const left: string[] = []
  const state = State.decodeBase(SHAPE, base, what => left.push(what))
  expect(left).toEqual(['the metric requests of scorer exclaim'])
  expect(state.plugins.shapeOf('scorer exclaim', 'requests')).toBeUndefined()
  expect(state.plugins.shapeOf('scorer exclaim', 'latency_seconds')).toBe(LATENCY)
})
