import { expect, test } from 'vitest'
import { labelKey } from '../catalogue/label-key.ts'
import { State } from '../state/state.ts'
import { addMoods, commit, deltaFor, NOW, resolvedOf, runnerOf } from './observed-testing.ts'
import { Rates } from './rates.ts'
import type { ResolvedConfig } from './resolved-config.ts'
import { type Observed, statusOf } from './status.ts'

const CONFIG = `
sources:
  - { use: tcp, listen: "127.0.0.1:0" }
  - { use: file, name: archive, path: ./posts, format: text }
topics: { nova: [nova], galaxy: [galaxy] }
scorers: [afinn, vader]
extractors: [{ use: hashtags, windows: [{ size: 1h }] }]
windows: [{ size: 1s, lateness: 0s }, { size: 1h, slide: 1m, lateness: 0s }, { size: 1m, lateness: 0s }]
sentiment: { positive: 0.1, negative: -0.2 }
workers: 3
`

/** An exporter with that configuration, whose parts a test replaces. */
function observed(resolved: ResolvedConfig, more: Partial<Observed> = {}): Observed {
  return {
    state: new State(resolved.shape),
    pool: { ready: 2 } as Observed['pool'],
    sources: new Map([
      ['archive', runnerOf('archive', { spec: { use: 'file', name: 'archive', options: {} } })],
      ['tcp', runnerOf('tcp')],
    ]),
    resolved,
    version: '1.2.3',
    startedAt: NOW - 1000,
    config: {
      file: 'mood.yml',
      loadedAt: NOW,
      lastReload: { ok: true, at: NOW, problems: [] },
      shown: 'sources: []',
    },
    rates: new Rates(10_000),
    lastErrors: new Map(),
    notReady: () => ['no worker is ready'],
    ...more,
  }
}

test('an exporter that has counted nothing has a status', async () => {
  const resolved = await resolvedOf(CONFIG)
  const before = Date.now()
  const status = statusOf(observed(resolved))
  expect(status).toMatchObject({
    version: '1.2.3',
    node: process.versions.node,
    startedAt: NOW - 1000,
    notReady: ['no worker is ready'],
    config: { file: 'mood.yml', shown: 'sources: []' },
    sentiment: { positive: 0.1, negative: -0.2 },
    workers: { ready: 2, configured: 3, restarts: 0 },
    terms: [],
    rankings: [],
  })
  expect(status.now).toBeGreaterThanOrEqual(before)
  expect(status.sources[0]).toEqual({
    name: 'tcp',
    use: 'tcp',
    format: 'post',
    state: 'up',
    detail: '',
    records: 0,
    posts: 0,
    postsPerSecond: 0,
    dropped: {},
    reconnects: 0,
    queueBytes: 0,
    watermark: null,
  })
  expect(status.topics.map(({ topic, scorer }) => [topic, scorer])).toEqual([
    ['nova', 'afinn'],
    ['nova', 'vader'],
    ['galaxy', 'afinn'],
    ['galaxy', 'vader'],
  ])
  expect(status.topics[0]).toEqual({
    topic: 'nova',
    scorer: 'afinn',
    posts: { positive: 0, neutral: 0, negative: 0, unknown: 0 },
    recent: null,
    windows: ['1s', '1h', '1m'].map(window => ({ window, posts: 0, score: null })),
  })
})

test('restarts of workers are the sum over all reasons', async () => {
  const exporter = observed(await resolvedOf(CONFIG))
  exporter.state.counter('mood_worker_restarts_total').add('crash', 2)
  exporter.state.counter('mood_worker_restarts_total').add('memory', 3)
  expect(statusOf(exporter).workers.restarts).toBe(5)
})

test('sources are in the order of the configuration, each with its own counts', async () => {
  const resolved = await resolvedOf(CONFIG)
  const rates = new Rates(10_000)
  rates.look(NOW, [['archive', 0]])
  rates.look(NOW + 2000, [['archive', 10]])
  const archive = runnerOf('archive', {
    state: 'down',
    detail: 'no such file',
    spec: { use: 'file', name: 'archive', options: {} },
    inFlight: { bytes: 77 } as never,
  })
  const exporter = observed(resolved, {
    rates,
    sources: new Map([
      ['archive', archive],
      ['tcp', runnerOf('tcp')],
    ]),
  })
  const { state } = exporter
  state.counter('mood_source_records_total').add('archive', 12)
  state.counter('mood_source_posts_total').add('archive', 11)
  const dropped = state.counter('mood_posts_dropped_total')
  dropped.add(labelKey('archive', 'invalid'), 1)
  dropped.add(labelKey('archive', 'overflow'), 0)
  dropped.add(labelKey('tcp', 'duplicate'), 5)
  const reconnects = state.counter('mood_source_reconnects_total')
  reconnects.add(labelKey('archive', 'network'), 2)
  reconnects.add(labelKey('archive', 'other'), 1)
  reconnects.add(labelKey('tcp', 'network'), 9)
  state.watermarks.observe('archive', '', NOW, NOW)
  const { sources } = statusOf(exporter)
  expect(sources.map(({ name }) => name)).toEqual(['tcp', 'archive'])
  expect(sources[1]).toEqual({
    name: 'archive',
    use: 'file',
    format: 'text',
    state: 'down',
    detail: 'no such file',
    records: 12,
    posts: 11,
    postsPerSecond: 5,
    dropped: { invalid: 1 },
    reconnects: 3,
    queueBytes: 77,
    watermark: NOW,
  })
  expect(sources[0]).toMatchObject({ dropped: { duplicate: 5 }, reconnects: 9, watermark: null })
})

test('a source that a reload is adding is not shown yet', async () => {
  const exporter = observed(await resolvedOf(CONFIG), { sources: new Map([['tcp', runnerOf('tcp')]]) })
  expect(statusOf(exporter).sources.map(({ name }) => name)).toEqual(['tcp'])
})

test('posts of a topic are summed over sources and languages, by scorer and sentiment', async () => {
  const exporter = observed(await resolvedOf(CONFIG))
  const posts = exporter.state.counter('mood_posts_total')
  posts.add(labelKey('tcp', 'nova', 'en', 'afinn', 'positive'), 1)
  posts.add(labelKey('archive', 'nova', 'en', 'afinn', 'positive'), 2)
  posts.add(labelKey('tcp', 'nova', 'ko', 'afinn', 'positive'), 4)
  posts.add(labelKey('tcp', 'nova', 'ko', 'afinn', 'unknown'), 8)
  posts.add(labelKey('tcp', 'nova', 'ko', 'vader', 'negative'), 16)
  posts.add(labelKey('tcp', 'galaxy', 'ko', 'vader', 'neutral'), 32)
  expect(statusOf(exporter).topics.map(({ posts }) => posts)).toEqual([
    { positive: 7, neutral: 0, negative: 0, unknown: 8 },
    { positive: 0, neutral: 0, negative: 16, unknown: 0 },
    { positive: 0, neutral: 0, negative: 0, unknown: 0 },
    { positive: 0, neutral: 32, negative: 0, unknown: 0 },
  ])
})

test('a topic has its windows, and the score of the longest that has scored posts', async () => {
  const resolved = await resolvedOf(CONFIG)
  const exporter = observed(resolved)
  const delta = deltaFor(resolved)
  const nova = { topic: 'nova', scorer: 'afinn' }
  const scored = [
    [0, 0.5],
    [2, -1],
    [3, 0],
  ] as const
  addMoods(delta, { window: '1m', ...nova }, scored)
  addMoods(delta, { window: '1s', ...nova, at: NOW + 59_000 }, [[0, 1]])
  addMoods(delta, { window: '1h', ...nova }, [[3, 0]])
  addMoods(delta, { window: '1h', topic: 'nova', scorer: 'vader' }, [[0, 0.75]])
  commit(exporter.state, delta, NOW + 60_000)
  const [afinn, vader] = statusOf(exporter).topics
  expect(afinn?.windows).toEqual([
    { window: '1s', posts: 1, score: 1 },
    { window: '1h', posts: 1, score: null },
    { window: '1m', posts: 3, score: -0.25 },
  ])
  expect(afinn?.recent).toEqual({ window: '1m', score: -0.25 })
  expect(vader?.recent).toEqual({ window: '1h', score: 0.75 })
})

test('top terms have the mean score of the posts that have one', async () => {
  const resolved = await resolvedOf(CONFIG)
  const exporter = observed(resolved)
  const delta = deltaFor(resolved)
  const [window] = delta.terms.get('hashtags') ?? []
  const nova = window?.slices.at(NOW, 'nova')
  nova?.observe('#a', 0.5)
  nova?.observe('#a', 0)
  nova?.observe('#b', null)
  commit(exporter.state, delta, NOW + 60_000)
  expect(statusOf(exporter).terms).toEqual([
    {
      extractor: 'hashtags',
      topic: 'nova',
      window: '1h',
      terms: [
        { term: '#a', posts: 2, score: 0.25 },
        { term: '#b', posts: 1, score: null },
      ],
    },
  ])
})

const RANKED = `
sources: [{ use: file, name: trends, path: ./trends, format: ranking }]
topics: { nova: [nova] }
rankings: { windows: [10m, 1h], top: 2 }
`

test('a ranking has its present list and the terms of its windows, each cut', async () => {
  const resolved = await resolvedOf(RANKED)
  const exporter = observed(resolved)
  expect(statusOf(exporter).rankings).toEqual([])
  const list = (at: number, ...terms: string[]) => ({
    at,
    items: terms.map((term, i) => ({ rank: i + 1, term })),
  })
  const delta = deltaFor(resolved)
  delta.rankings?.add('trends', list(NOW - 1_800_000, 'c', 'a'))
  delta.rankings?.add('trends', list(NOW, 'a', 'b', 'c'))
  commit(exporter.state, delta, NOW)
  const expected = {
    source: 'trends',
    at: NOW,
    items: [
      { rank: 1, term: 'a' },
      { rank: 2, term: 'b' },
    ],
    windows: [
      {
        window: '10m',
        snapshots: 1,
        terms: [
          { term: 'a', share: 1, meanRank: 1 },
          { term: 'b', share: 1, meanRank: 2 },
        ],
      },
      {
        window: '1h',
        snapshots: 2,
        terms: [
          { term: 'a', share: 1, meanRank: 1.5 },
          { term: 'c', share: 1, meanRank: 2 },
        ],
      },
    ],
  }
  expect(statusOf(exporter).rankings).toEqual([expected])
  // Later than the longest window there is no present list.
  exporter.state.advance(NOW + 3_600_001)
  expect(statusOf(exporter).rankings).toMatchObject([{ source: 'trends', at: null, items: [] }])
})

test('plugins are those of sources, formats, scorers and extractors, with their errors', async () => {
  const resolved = await resolvedOf(CONFIG)
  const exporter = observed(resolved, {
    lastErrors: new Map([
      ['scorer vader', 'it threw'],
      ['source vader', 'another one'],
    ]),
  })
  const errors = exporter.state.counter('mood_plugin_errors_total')
  errors.add(labelKey('scorer', 'vader', 'threw'), 2)
  errors.add(labelKey('scorer', 'vader', 'timeout'), 0)
  errors.add(labelKey('scorer', 'afinn', 'threw'), 7)
  errors.add(labelKey('format', 'vader', 'threw'), 7)
  exporter.state.counter('mood_plugin_seconds_total').add(labelKey('scorer', 'vader'), 1.5)
  const { plugins } = statusOf(exporter)
  expect(plugins.map(({ kind, name, use }) => [kind, name, use])).toEqual([
    ['source', 'tcp', 'tcp'],
    ['source', 'archive', 'file'],
    ['format', 'post', 'post'],
    ['format', 'text', 'text'],
    ['scorer', 'afinn', 'afinn'],
    ['scorer', 'vader', 'vader'],
    ['extractor', 'hashtags', 'hashtags'],
  ])
  expect(plugins[5]).toEqual({
    kind: 'scorer',
    name: 'vader',
    use: 'vader',
    seconds: 1.5,
    errors: { threw: 2 },
    lastError: 'it threw',
  })
  expect(plugins[0]).toMatchObject({ seconds: 0, errors: {}, lastError: '' })
})
