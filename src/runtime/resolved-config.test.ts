import { describe, expect, test } from 'vitest'
import { parseConfig } from '../config/load.ts'
import { SeenIds } from '../pipeline/dedupe.ts'
import { resolvedOf } from './observed-testing.ts'
import { topicHeads, topicSpecs } from './resolved-config.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const TCP = 'sources: [{ use: tcp, listen: "127.0.0.1:0" }]\n'
const RANKED = 'sources: [{ use: file, name: trends, path: ./trends, format: ranking }]\n'

test('the smallest configuration counts every post under one topic, and stores nothing', async () => {
  const resolved = await resolvedOf(TCP)
  expect(resolved).toMatchObject({
    topics: '[]',
    outputs: [],
    reports: [],
    alertmanager: null,
    hasPosts: true,
    state: null,
    alerts: { scorer: 'auto' },
    workerConfig: { baseDir: '/etc/mood', relay: null, topics: [] },
  })
  for (const absent of ['samples', 'trending']) expect(resolved.workerConfig).not.toHaveProperty(absent)
  for (const absent of ['history', 'rankings']) expect(resolved.shape).not.toHaveProperty(absent)
  for (const absent of ['reports', 'rankings', 'rankingWindows'])
    expect(resolved.known).not.toHaveProperty(absent)
  expect([...resolved.known.topics]).toEqual(['all'])
})

test('a source has its plugin, its format, and whether it can resume', async () => {
  const { sources, workerConfig, known } = await resolvedOf(`
sources:
  - { use: tcp, listen: "127.0.0.1:0", format: { use: csv, columns: [text] } }
  - { use: file, name: archive, path: ./posts }
`)
  expect(sources).toEqual([
    {
      spec: { use: 'tcp', name: 'tcp', options: { listen: '127.0.0.1:0' } },
      formatName: 'csv',
      replayable: false,
      files: '',
    },
    {
      spec: { use: 'file', name: 'archive', options: { path: './posts' } },
      formatName: 'post',
      replayable: true,
      files: '',
    },
  ])
  expect(workerConfig.sources).toEqual([
    { name: 'tcp', format: { use: 'csv', name: 'csv', options: { columns: ['text'] } }, dedupe: true },
    { name: 'archive', format: { use: 'post', name: 'post', options: {} }, dedupe: false },
  ])
  expect([...known.sources]).toEqual(['tcp', 'archive'])
  expect([...known.formats]).toEqual(['csv', 'post'])
})

describe('the memory of seen ids', () => {
  const fileWith = (dedupe: string) => `sources: [{ use: file, path: ./posts, dedupe: ${dedupe} }]\n`
  const bytesFor = (posts: number) => SeenIds.allocate(posts).byteLength

  test('is absent if no source needs it', async () => {
    const { workerConfig } = await resolvedOf(fileWith('false'), { seenIds: SeenIds.allocate(1000) })
    expect(workerConfig.seenIds).toBeNull()
    expect(workerConfig.sources[0]?.dedupe).toBe(false)
  })

  test('is for as many posts as the source that remembers most', async () => {
    expect((await resolvedOf(fileWith('true'))).workerConfig.seenIds?.byteLength).toBe(bytesFor(500_000))
    const { workerConfig } = await resolvedOf(`
sources:
  - { use: file, path: ./posts, dedupe: { posts: 3000 } }
  - { use: file, name: other, path: ./others, dedupe: { posts: 70000 } }
`)
    expect(workerConfig.seenIds?.byteLength).toBe(bytesFor(70_000))
    expect(workerConfig.sources.map(({ dedupe }) => dedupe)).toEqual([true, true])
  })

  test('is kept on a reload if its size is the same', async () => {
    const seenIds = SeenIds.allocate(70_000)
    const text = fileWith('{ posts: 70000 }')
    expect((await resolvedOf(text, { seenIds })).workerConfig.seenIds).toBe(seenIds)
    expect((await resolvedOf(fileWith('true'), { seenIds })).workerConfig.seenIds).not.toBe(seenIds)
  })
})

test('windows, extractors and limits are the shape of the state', async () => {
  const { shape, known } = await resolvedOf(`${TCP}
windows: [{ size: 1m, slide: 10s, lateness: 3s }, { size: 1s }]
extractors: [{ use: hashtags, name: tags, top: 7, windows: [{ size: 1h }] }, mentions]
limits: { terms: 2000, slices: 900, idle: 20s, future: 5m }
`)
  expect(shape).toMatchObject({ terms: 2000, slices: 900, idle: 20_000, future: 5 * MINUTE })
  expect(shape.windows).toEqual([
    { label: '1m', size: MINUTE, slide: 10_000, lateness: 3000 },
    { label: '1s', size: 1000, slide: 1000, lateness: 2000 },
  ])
  expect(shape.extractors[0]).toEqual({
    name: 'tags',
    top: 7,
    windows: [{ label: '1h', size: HOUR, slide: expect.any(Number) }],
  })
  expect([...known.windows]).toEqual(['1m', '1s'])
  expect([...known.extractors]).toEqual(['tags', 'mentions'])
  expect([...(known.termWindows.get('tags') ?? [])]).toEqual(['1h'])
  expect([...known.languages]).toContain('other')
})

test('workers get the settings of plugins', async () => {
  const { workerConfig, known, workers, limits } = await resolvedOf(`${TCP}
scorers: [{ use: afinn, name: first }, vader]
extractors: [{ use: hashtags, name: tags }]
sentiment: { positive: 0.1, negative: -0.2 }
workers: 3
limits: { plugin_timeout: 7s, create_timeout: 8s, terms_per_post: 9, queue_bytes: 1MiB, log_lines: 5, future: 5m }
`)
  expect(workerConfig).toMatchObject({
    scorers: [
      { use: 'afinn', name: 'first', options: {} },
      { use: 'vader', name: 'vader', options: {} },
    ],
    extractors: [{ use: 'hashtags', name: 'tags', options: {} }],
    sentiment: { positive: 0.1, negative: -0.2 },
    pluginTimeout: 7000,
    createTimeout: 8000,
    termsPerPost: 9,
    queueBytes: 2 ** 20,
    logLines: 5,
    future: 5 * MINUTE,
  })
  expect(workers).toBe(3)
  expect(limits.queue_bytes).toBe(2 ** 20)
  expect([...known.scorers]).toEqual(['first', 'vader'])
})

test('the scorer of alerts and reports is that of the section `alert`, or the first', async () => {
  const scorers = `${TCP}scorers: [afinn, vader]\nreports: [{ name: daily }]\noutputs: [stdout]\n`
  const scorerOf = async (more: string) => {
    const { alerts, reports } = await resolvedOf(scorers + more)
    return [alerts.scorer, reports[0]?.scorer]
  }
  expect(await scorerOf('')).toEqual(['afinn', 'afinn'])
  expect(await scorerOf('alert: { scorer: vader }')).toEqual(['vader', 'vader'])
  expect(await scorerOf('alert: { z: 3 }')).toEqual(['afinn', 'afinn'])
  expect(await scorerOf('alert: off')).toEqual(['afinn', 'afinn'])
})

test('alerts have thresholds for each topic', async () => {
  const { alerts } = await resolvedOf(`${TCP}
topics: { nova: [nova], galaxy: { any: [galaxy], alert: { z: 3 } } }
`)
  const ofZ = alerts.thresholds.filter(({ parameter }) => parameter === 'z')
  expect(ofZ.map(({ topic }) => topic)).toEqual(['nova', 'galaxy'])
  expect(ofZ[1]?.value).toBe(3)
})

test('a state directory is relative to the configuration', async () => {
  const { state } = await resolvedOf(`${TCP}state: { dir: ./state, interval: 300ms }`)
  expect(state).toEqual({ dir: '/etc/mood/state', interval: 300 })
})

test('Alertmanager has a token and outputs, or neither', async () => {
  const of = async (section: string) =>
    (await resolvedOf(`${TCP}outputs: [{ use: stdout }]\nalertmanager: ${section}`)).alertmanager
  expect(await of('{}')).toEqual({ token: null, to: null })
  expect(await of('{ token: a-token, to: [stdout] }')).toEqual({ token: 'a-token', to: ['stdout'] })
})

describe('reports', () => {
  test('extend what the state keeps', async () => {
    const { shape, reports, known } = await resolvedOf(`${TCP}
extractors: [hashtags]
outputs: [stdout]
reports: [{ name: daily }]
`)
    expect(reports).toMatchObject([{ name: 'daily', topics: ['all'], rankings: [] }])
    expect([...(known.reports ?? [])]).toEqual(['daily'])
    expect(shape.history).toBeDefined()
    const [, ...windows] = [...(shape.extractors[0]?.windows ?? [])].reverse()
    // One window more than are shown.
    expect(windows.map(({ label }) => label)).toEqual(
      [...(known.termWindows.get('hashtags') ?? [])].reverse(),
    )
  })

  test('of rankings alone have no topics', async () => {
    const { reports, hasPosts, shape } = await resolvedOf(`${RANKED}
outputs: [stdout]
reports: [{ name: daily }]
rankings: { windows: [10m] }
`)
    expect(hasPosts).toBe(false)
    expect(reports).toMatchObject([{ topics: [], rankings: ['trends'] }])
    // As long as the report needs, which is longer than the window.
    expect(shape.rankings?.keep).toBeGreaterThan(24 * HOUR)
  })
})

describe('rankings', () => {
  test('have a shape and labels', async () => {
    const { shape, known, hasPosts, workerConfig } = await resolvedOf(`${RANKED}
rankings: { windows: [10m, 1h], top: 5, terms: 60, snapshots: 700 }
`)
    expect(shape.rankings).toEqual({
      windows: [
        { label: '10m', size: 10 * MINUTE },
        { label: '1h', size: HOUR },
      ],
      top: 5,
      terms: 60,
      snapshots: 700,
      keep: HOUR,
    })
    expect([...(known.rankings ?? [])]).toEqual(['trends'])
    expect([...(known.rankingWindows ?? [])]).toEqual(['10m', '1h'])
    expect(hasPosts).toBe(false)
    expect(workerConfig.sources[0]).toMatchObject({ name: 'trends', rankings: true })
  })

  test('may be the keywords of a topic beside posts', async () => {
    const { workerConfig, hasPosts, known, topics } = await resolvedOf(`
sources:
  - { use: file, name: trends, path: ./trends, format: ranking }
  - { use: file, path: ./posts }
topics: { ten: { from: trends }, three: { from: trends, top: 3 }, nova: [nova] }
`)
    expect(workerConfig.trending).toEqual([
      { name: 'ten', source: 'trends', top: 10 },
      { name: 'three', source: 'trends', top: 3 },
    ])
    expect(workerConfig.sources[1]).not.toHaveProperty('rankings')
    expect(hasPosts).toBe(true)
    expect([...known.topics].sort()).toEqual(['nova', 'ten', 'three'])
    expect(JSON.parse(topics)).toEqual([{ name: 'nova', any: ['nova'] }])
  })
})

describe('outputs', () => {
  test('that take posts have workers sample as many as the one that wants most', async () => {
    const samplesOf = async (...posts: string[]) => {
      const outputs = posts.map((each, i) => `  - { use: file, name: out${i}, path: ./out${i}, ${each} }`)
      return (await resolvedOf(`${TCP}outputs:\n${outputs.join('\n')}\n`)).workerConfig.samples
    }
    expect(await samplesOf('queue: 10')).toBeUndefined()
    expect(
      await samplesOf('posts: { per_minute: 5, text: false }', 'posts: { per_minute: 20, text: false }'),
    ).toEqual({ perMinute: 20, text: false })
    expect(
      await samplesOf('posts: { per_minute: 5, text: true }', 'posts: { per_minute: 2, text: false }'),
    ).toEqual({ perMinute: 5, text: true })
  })

  test('are labels', async () => {
    const { outputs, known } = await resolvedOf(`${TCP}outputs: [{ use: stdout, name: shown }]`)
    expect(outputs.map(({ name }) => name)).toEqual(['shown'])
    expect([...known.outputs]).toEqual(['shown'])
  })
})

describe('a relay', () => {
  test('has one output, to which workers write', async () => {
    const { outputs, workerConfig, known } = await resolvedOf(`${TCP}outputs: [{ use: stdout, name: out }]`, {
      relays: true,
    })
    expect(workerConfig.relay).toEqual({ use: 'stdout', name: 'out', options: {} })
    expect(outputs).toEqual([])
    expect([...known.outputs]).toEqual([])
  })

  test.for([
    ['none', ''],
    ['two', 'outputs: [stdout, { use: stdout, name: second }]'],
  ])('with %s is refused', async ([, outputs]) => {
    await expect(resolvedOf(TCP + outputs, { relays: true })).rejects.toMatchObject({
      code: 'ERR_RELAY_OUTPUT',
      message: expect.stringContaining(`got ${outputs === '' ? 0 : 2}`),
    })
  })
})

test('topics are split into their keywords, and what the main thread reads', () => {
  const result = parseConfig(
    `${RANKED}topics:
  list: [a, b]
  every: { any: all }
  some: { any: [a], all: [b], not: [c], alert: { z: 3 } }
  trending: { from: trends, top: 3 }
`,
    '/etc/mood/mood.yml',
  )
  if (!result.ok) throw new Error('it has problems')
  const { topics } = result.loaded.config
  const specs = topicSpecs(topics)
  expect(specs).toEqual([
    { name: 'list', any: ['a', 'b'] },
    { name: 'every' },
    { name: 'some', any: ['a'], all: ['b'], not: ['c'] },
  ])
  // They are sent to threads, where an undefined key would be one.
  for (const spec of specs) expect(Object.values(spec)).not.toContain(undefined)
  expect(topicHeads(topics)).toEqual({
    list: [],
    every: [],
    some: { alert: { z: 3 } },
    trending: { from: 'trends', top: 3 },
  })
})
