import { expect, test } from 'vitest'
import { METRICS } from '../catalogue/metrics.ts'
import { type Collectors, Exposition } from '../metrics/exposition.ts'
import type { ExpositionFormat } from '../metrics/text-format.ts'
import type { MetricDefinitions } from '../plugin/metrics.ts'
import { RecordedMetrics } from '../plugin/recorded-metrics.ts'
import { State } from '../state/state.ts'
import { PluginMetrics } from './plugin-metrics.ts'
import type { DeclaredMetrics } from './threads/messages.ts'

const nothing = Object.fromEntries(
  Object.keys(METRICS).map(name => [name, () => []]),
) as unknown as Collectors

const DEFINITIONS: MetricDefinitions = {
  requests: { type: 'counter', help: 'Requests to the "model".', labels: ['code'] },
  failures: { type: 'counter', help: 'Failures.' },
  latency_seconds: { type: 'histogram', help: 'Latency.', labels: ['host'], buckets: [0.1, 1] },
  budget: { type: 'gauge', help: 'Budget.' },
}

const declare = (owner: string, plugin: string, metrics = DEFINITIONS): DeclaredMetrics => ({
  owner,
  plugin,
  metrics,
})

/** An exposition of plugins' metrics, and a way to record into them. */
function setUp(...first: DeclaredMetrics[]) {
  const state = new State({ windows: [], extractors: [], terms: 1, slices: 1, idle: 1 })
  const lines: string[] = []
  const line = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level}: ${message} ${JSON.stringify(fields)}`)
  const log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
  const declared = { now: first }
  const metrics = new PluginMetrics(state, log, () => [declared.now])
  const exposition = new Exposition(
    nothing,
    () => state.version + metrics.version,
    { text: async () => '' } as never,
    () => metrics.families,
  )
  return {
    lines,
    metrics,
    declared,
    record(owner: string, record: (metrics: RecordedMetrics<MetricDefinitions>['metrics']) => void) {
      const recorded = new RecordedMetrics(DEFINITIONS)
      record(recorded.metrics)
      const delta = new State(state.shape)
      delta.plugins.merge([[owner, recorded.take() ?? {}]])
      state.merge(delta, 0)
    },
    async text(format: ExpositionFormat = 'text') {
      const text = (await exposition.render(format)).bytes.toString()
      if (format === 'openmetrics') return text
      return text
        .split('\n\n')
        .filter(family => family.startsWith('# HELP mood_plugin_re'))
        .join('\n\n')
    },
  }
}

test('metrics of plugins are exported with the instance as a label, in both formats', async () => {
  const { record, text } = setUp(declare('scorer remote', 'remote'), declare('scorer second', 'remote'))
  record('scorer remote', ({ requests, latency_seconds, budget }) => {
    requests?.add(2, { code: '200' })
    latency_seconds?.observe(0.5, { host: 'a"b' })
    latency_seconds?.observe(5, { host: 'a"b' })
    budget?.set(-1)
  })
  record('scorer second', ({ requests }) => requests?.add(1, { code: '500' }))
  expect(await text()).toBe(`# HELP mood_plugin_remote_requests_total Requests to the "model".
# TYPE mood_plugin_remote_requests_total counter
mood_plugin_remote_requests_total{plugin="remote",code="200"} 2
mood_plugin_remote_requests_total{plugin="second",code="500"} 1

# HELP mood_plugin_remote_failures_total Failures.
# TYPE mood_plugin_remote_failures_total counter
mood_plugin_remote_failures_total{plugin="remote"} 0
mood_plugin_remote_failures_total{plugin="second"} 0

# HELP mood_plugin_remote_latency_seconds Latency.
# TYPE mood_plugin_remote_latency_seconds histogram
mood_plugin_remote_latency_seconds_bucket{le="0.1",plugin="remote",host="a\\"b"} 0
mood_plugin_remote_latency_seconds_bucket{le="1",plugin="remote",host="a\\"b"} 1
mood_plugin_remote_latency_seconds_bucket{le="+Inf",plugin="remote",host="a\\"b"} 2
mood_plugin_remote_latency_seconds_sum{plugin="remote",host="a\\"b"} 5.5
mood_plugin_remote_latency_seconds_count{plugin="remote",host="a\\"b"} 2

# HELP mood_plugin_remote_budget Budget.
# TYPE mood_plugin_remote_budget gauge
mood_plugin_remote_budget{plugin="remote"} -1`)
  const openMetrics = await text('openmetrics')
  expect(openMetrics).toContain(
    '# HELP mood_plugin_remote_requests Requests to the \\"model\\".\n# TYPE mood_plugin_remote_requests counter\n' +
      'mood_plugin_remote_requests_total{plugin="remote",code="200"} 2\n',
  )
  expect(openMetrics).toContain('# UNIT mood_plugin_remote_latency_seconds seconds\n')
})

test('metrics are those of the plugins that are loaded, also where nothing else has changed', async () => {
  const { declared, record, text } = setUp(declare('scorer remote', 'remote'))
  record('scorer remote', ({ failures }) => failures?.add(1))
  expect(await text()).toContain('mood_plugin_remote_failures_total{plugin="remote"} 1')
  declared.now = [declare('scorer renewed', 'renewed')]
  expect(await text()).toContain('mood_plugin_renewed_failures_total{plugin="renewed"} 0')
  expect(await text()).not.toContain('mood_plugin_remote_')
})

test('of two plugins that declare a metric differently the second one is not exported, and named', async () => {
  const { lines, text } = setUp(
    declare('scorer re-mote', 're-mote'),
    declare('scorer re_mote', 're_mote', { failures: { type: 'gauge', help: 'Failures.' } }),
    declare('extractor re-mote', 're-mote', { failures: { type: 'counter', help: 'Failures.' } }),
  )
  const failures = (await text()).split('\n').filter(line => line.includes('_failures'))
  expect(failures.slice(1)).toEqual([
    '# TYPE mood_plugin_re_mote_failures_total counter',
    'mood_plugin_re_mote_failures_total{plugin="re-mote"} 0',
  ])
  expect(lines).toEqual([
    expect.stringMatching(/^error: a metric of a plugin is not exported.*"plugin":"scorer re_mote"/),
    expect.stringMatching(/^error: a metric of a plugin is not exported.*"plugin":"extractor re-mote"/),
  ])
})

test('a metric that was recorded with other labels begins at zero, and is named', async () => {
  const { declared, lines, record, text } = setUp(declare('scorer remote', 'remote'))
  record('scorer remote', ({ requests, failures }) => {
    requests?.add(1, { code: '200' })
    failures?.add(4)
  })
  await text()
  const requests = { type: 'counter', help: 'Requests.' } as const
  declared.now = [declare('scorer remote', 'remote', { ...DEFINITIONS, requests })]
  expect(await text()).toContain('mood_plugin_remote_requests_total{plugin="remote"} 0')
  expect(await text()).toContain('mood_plugin_remote_failures_total{plugin="remote"} 4')
  expect(lines).toEqual([expect.stringMatching(/^warn: .*begins at zero .*"metric":"requests"/)])
})

test('only what fits what is declared is taken', () => {
  const { metrics } = setUp(declare('scorer remote', 'remote'))
  const budget = { shape: 'gauge()', series: [], folded: 0 }
  expect(
    metrics.fitting([
      ['scorer remote', { budget, failures: budget }],
      ['scorer gone', { budget }],
    ]),
  ).toEqual([['scorer remote', { budget }]])
})
