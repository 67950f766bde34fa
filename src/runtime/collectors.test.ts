import { beforeEach, describe, expect, test, vi } from 'vitest'
import { labelValues } from '../catalogue/label-key.ts'
import { type CounterName, type HistogramName, METRICS, type MetricName } from '../catalogue/metrics.ts'
import { zeroSeries } from '../catalogue/series.ts'
import type { Collectors } from '../metrics/exposition.ts'
import type { HistogramSample, Sample } from '../metrics/family.ts'
import { State } from '../state/state.ts'
import { beginSeries, beginSeriesInTurns, type Collected, collectorsOf } from './collectors.ts'
import { addMoods, commit, deltaFor, NOW, resolvedOf, runnerOf } from './observed-testing.ts'
import type { ResolvedConfig } from './resolved-config.ts'

const CONFIG = `
sources: [{ use: tcp, listen: "127.0.0.1:0" }, { use: file, path: ./posts }]
topics: { nova: [nova], galaxy: { any: [galaxy], alert: off } }
scorers: [afinn, vader]
extractors: [{ use: hashtags, windows: [{ size: 1h }] }]
windows: [{ size: 1s, lateness: 0s }, { size: 1m, lateness: 0s }]
sentiment: { positive: 0.1, negative: -0.2 }
limits: { queue_bytes: 1MiB }
`

/** Counters that are not in the state, but with the store or the log. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'mood_state_commits_total',
  'mood_state_commit_seconds_total',
  'mood_state_commit_failures_total',
  'mood_state_written_bytes_total',
  'mood_state_compaction_seconds_total',
  'mood_log_lines_lost_total',
])

const namesOf = (type: string) =>
  (Object.keys(METRICS) as MetricName[]).filter(name => METRICS[name].type === type)

let resolved: ResolvedConfig
let exporter: { -readonly [Part in keyof Collected]: Collected[Part] }
let collectors: Collectors

beforeEach(async () => {
  resolved = await resolvedOf(CONFIG)
  exporter = {
    state: new State(resolved.shape),
    pool: { ready: 2 } as Collected['pool'],
    sources: new Map(),
    outputs: null,
    resolved,
    directory: { statistics: null, store: null, isRestored: false } as Collected['directory'],
    reporter: { last: () => [][Symbol.iterator]() as never },
    uncommittedEpochs: 4,
    version: '1.2.3',
    logLinesLost: 5,
    loadedAt: NOW,
    lastReload: { ok: true },
  }
  collectors = collectorsOf(exporter)
})

/** The series of a metric: label values joined with spaces, and the value. */
const series = (name: MetricName): [labels: string, value: unknown][] =>
  Array.from(collectors[name]() as Iterable<Sample | HistogramSample>, ([key, value]) => [
    labelValues(key).join(' '),
    value,
  ])

test('each counter and histogram is that of the state with its name', () => {
  const { state } = exporter
  for (const name of namesOf('counter').filter(name => !ELSEWHERE.has(name))) {
    state.counter(name as CounterName).add('of a key', 3)
    expect([name, ...series(name)]).toEqual([name, ['of a key', 3]])
  }
  for (const name of namesOf('histogram')) {
    state
      .histogram(name as HistogramName)
      .cell('of a key')
      .observe(0.5)
    expect(series(name)).toMatchObject([['of a key', { sum: 0.5 }]])
  }
})

test('every metric without counts has no series, or is about the exporter itself', () => {
  const present = (Object.keys(METRICS) as MetricName[]).filter(name => series(name).length > 0)
  expect(present.sort()).toEqual([
    'mood_build_info',
    'mood_config_last_reload_success_timestamp_seconds',
    'mood_config_last_reload_successful',
    'mood_log_lines_lost_total',
    'mood_queue_limit_bytes',
    'mood_sentiment_threshold',
    'mood_state_uncommitted_epochs',
    'mood_topic_alert_threshold',
    'mood_workers',
  ])
})

describe('the exporter itself', () => {
  test('has its version, workers, epochs, log lines and reload', () => {
    expect(series('mood_build_info')).toEqual([[`1.2.3 ${process.versions.node}`, 1]])
    expect(series('mood_workers')).toEqual([['', 2]])
    expect(series('mood_state_uncommitted_epochs')).toEqual([['', 4]])
    expect(series('mood_log_lines_lost_total')).toEqual([['', 5]])
    expect(series('mood_config_last_reload_successful')).toEqual([['', 1]])
    expect(series('mood_config_last_reload_success_timestamp_seconds')).toEqual([['', NOW / 1000]])
    exporter.lastReload = { ok: false }
    expect(series('mood_config_last_reload_successful')).toEqual([['', 0]])
  })

  test('has the settings that rules and dashboards read', () => {
    expect(series('mood_queue_limit_bytes')).toEqual([['', 2 ** 20]])
    expect(series('mood_sentiment_threshold')).toEqual([
      ['positive', 0.1],
      ['negative', -0.2],
    ])
    const thresholds = series('mood_topic_alert_threshold')
    expect(thresholds).toContainEqual(['nova afinn min_posts', 20])
    expect(thresholds.filter(([labels]) => labels.startsWith('galaxy'))).toEqual([])
  })

  test('has its thresholds as the same array until they change', async () => {
    const first = collectors.mood_topic_alert_threshold()
    expect(collectors.mood_topic_alert_threshold()).toBe(first)
    exporter.resolved = await resolvedOf(CONFIG)
    expect(collectors.mood_topic_alert_threshold()).not.toBe(first)
  })

  test('has when reports were due', () => {
    exporter.reporter = {
      *last() {
        yield ['daily', NOW]
      },
    }
    expect(series('mood_report_last_timestamp_seconds')).toEqual([['daily', NOW / 1000]])
  })
})

test('a source has its state, and what it reported', () => {
  exporter.sources = new Map([
    [
      'tcp',
      runnerOf('tcp', {
        lagRecords: 7,
        lastRecordAt: NOW,
        credentialsExpireAt: NOW + 1000,
        allowances: new Map([['requests', 9]]),
        inFlight: { bytes: 77, batches: 3 } as never,
      }),
    ],
    ['file', runnerOf('file', { state: 'down' })],
  ])
  exporter.state.watermarks.observe('tcp', '', NOW, NOW)
  expect(series('mood_source_lag_records')).toEqual([['tcp', 7]])
  expect(series('mood_source_last_record_timestamp_seconds')).toEqual([['tcp', NOW / 1000]])
  expect(series('mood_source_credential_expiry_timestamp_seconds')).toEqual([['tcp', NOW / 1000 + 1]])
  expect(series('mood_source_rate_limit_remaining')).toEqual([['tcp requests', 9]])
  expect(series('mood_source_watermark_timestamp_seconds')).toEqual([['tcp', NOW / 1000]])
  expect(series('mood_queue_bytes')).toEqual([
    ['tcp', 77],
    ['file', 0],
  ])
  expect(series('mood_queue_batches')).toEqual([
    ['tcp', 3],
    ['file', 0],
  ])
})

test.for([
  ['starting', 0],
  ['up', 1],
  ['down', 0],
  ['failed', 0],
  ['finished', 1],
] as const)('a source that is %s has mood_source_up %i', ([state, up]) => {
  exporter.sources = new Map([['tcp', runnerOf('tcp', { state })]])
  expect(series('mood_source_up')).toEqual([['tcp', up]])
})

test('an output has its state and its queue', () => {
  const status = { use: 'file', lastError: '', queueEvents: 2, queueBytes: 200 }
  exporter.outputs = {
    statuses: () => [
      { ...status, name: 'first', isUp: true, deliveredAt: NOW },
      { ...status, name: 'second', isUp: false, deliveredAt: null, queueEvents: 0, queueBytes: 0 },
    ],
  } as unknown as Collected['outputs']
  expect(series('mood_output_up')).toEqual([
    ['first', 1],
    ['second', 0],
  ])
  expect(series('mood_output_queue_events')).toEqual([
    ['first', 2],
    ['second', 0],
  ])
  expect(series('mood_output_queue_bytes')).toEqual([
    ['first', 200],
    ['second', 0],
  ])
  expect(series('mood_output_last_delivery_timestamp_seconds')).toEqual([['first', NOW / 1000]])
})

test('a state directory has its statistics', () => {
  const statistics = {
    commits: 1,
    commitSeconds: 0.5,
    lastCommitAt: NOW,
    writtenBytes: 300,
    compactionSeconds: 0.25,
    databaseBytes: 1000,
    logBytes: 234,
  }
  const directory = { statistics, store: {}, isRestored: true, failures: { full: 1, io: 2, busy: 3 } }
  exporter.directory = directory as unknown as Collected['directory']
  expect(series('mood_state_restored')).toEqual([['', 1]])
  expect(series('mood_state_commits_total')).toEqual([['', 1]])
  expect(series('mood_state_commit_seconds_total')).toEqual([['', 0.5]])
  expect(series('mood_state_last_commit_timestamp_seconds')).toEqual([['', NOW / 1000]])
  expect(series('mood_state_written_bytes_total')).toEqual([['', 300]])
  expect(series('mood_state_compaction_seconds_total')).toEqual([['', 0.25]])
  expect(series('mood_state_size_bytes')).toEqual([['', 1234]])
  expect(series('mood_state_commit_failures_total')).toEqual([
    ['full', 1],
    ['io', 2],
    ['busy', 3],
  ])
  exporter.directory = {
    ...directory,
    isRestored: false,
    statistics: { ...statistics, lastCommitAt: null },
  } as unknown as Collected['directory']
  expect(series('mood_state_restored')).toEqual([['', 0]])
  expect(series('mood_state_last_commit_timestamp_seconds')).toEqual([])
})

test('the last complete windows have their end, posts by sentiment, and the score if there is one', () => {
  const delta = deltaFor(resolved)
  addMoods(delta, { window: '1m', topic: 'nova', scorer: 'afinn' }, [
    [0, 0.5],
    [2, -1],
    [3, 0],
  ])
  addMoods(delta, { window: '1m', topic: 'galaxy', scorer: 'vader' }, [[3, 0]])
  commit(exporter.state, delta, NOW + 60_000)
  expect(series('mood_window_end_timestamp_seconds')).toEqual([
    ['1s', NOW / 1000 + 60],
    ['1m', NOW / 1000 + 60],
  ])
  expect(series('mood_window_score')).toEqual([['nova afinn 1m', -0.25]])
  expect(series('mood_window_posts')).toEqual([
    ['nova afinn positive 1m', 1],
    ['nova afinn neutral 1m', 0],
    ['nova afinn negative 1m', 1],
    ['nova afinn unknown 1m', 1],
    ['galaxy vader positive 1m', 0],
    ['galaxy vader neutral 1m', 0],
    ['galaxy vader negative 1m', 0],
    ['galaxy vader unknown 1m', 1],
  ])
})

test('top terms have their posts, the mean score of those that have one, and the error', () => {
  const delta = deltaFor(resolved)
  const nova = delta.terms.get('hashtags')?.[0]?.slices.at(NOW, 'nova')
  nova?.observe('#a', 0.5)
  nova?.observe('#a', 0)
  nova?.observe('#a', null)
  nova?.observe('#b', null)
  commit(exporter.state, delta, NOW + 60_000)
  expect(series('mood_top_term_posts')).toEqual([
    ['hashtags nova 1h #a', 3],
    ['hashtags nova 1h #b', 1],
  ])
  expect(series('mood_top_term_score')).toEqual([['hashtags nova 1h #a', 0.25]])
  expect(series('mood_top_term_scored_posts')).toEqual([['hashtags nova 1h #a', 2]])
  expect(series('mood_top_terms_error_posts')).toEqual([['hashtags nova 1h', 0]])
})

describe('series that begin at 0', () => {
  const begun = (state: State) =>
    namesOf('counter').flatMap(name =>
      Array.from(state.counter(name as CounterName).entries(), ([key, n]) => [name, key, n]),
    )

  test('are those of the configuration', () => {
    beginSeries(exporter.state, resolved)
    const expected = Array.from(zeroSeries(resolved.known), ([name, key]) => [name, key, 0])
    expect(begun(exporter.state)).toHaveLength(expected.length)
    expect(begun(exporter.state)).toEqual(expect.arrayContaining(expected))
    expect(exporter.state.counter('mood_source_posts_total').get('tcp')).toBe(0)
  })

  test('keep their counts', () => {
    exporter.state.counter('mood_source_posts_total').add('tcp', 3)
    beginSeries(exporter.state, resolved)
    expect(exporter.state.counter('mood_source_posts_total').get('tcp')).toBe(3)
  })

  test('begin in turns as they do at once', async () => {
    const sources = new Set(Array.from({ length: 100 }, (_, i) => `source${i}`))
    const many = { ...resolved, known: { ...resolved.known, sources } }
    const atOnce = new State(resolved.shape)
    beginSeries(atOnce, many)
    expect(begun(atOnce).length).toBeGreaterThan(1000)
    /** How often the event loop gets a turn, by a clock that advances by `ms` whenever it is read. */
    const turnsAt = async (ms: number) => {
      let now = 0
      vi.spyOn(performance, 'now').mockImplementation(() => {
        now += ms
        return now
      })
      let turns = 0
      let next = setImmediate(function turn() {
        turns++
        next = setImmediate(turn)
      })
      const inTurns = new State(resolved.shape)
      await beginSeriesInTurns(inTurns, many)
      clearImmediate(next)
      vi.restoreAllMocks()
      expect(begun(inTurns)).toEqual(begun(atOnce))
      return turns
    }
    expect(await turnsAt(0)).toBe(0)
    const hundreds = Math.floor(begun(atOnce).length / 100)
    expect(await turnsAt(5)).toBe(hundreds)
    expect(await turnsAt(1)).toBe(Math.floor(hundreds / 5))
  })
})
