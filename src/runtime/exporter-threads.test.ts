/** An exporter whose sources, workers and outputs run in threads, as they do for users. */
import { expect, test } from 'vitest'
import {
  CUSTOM,
  ExporterFolder,
  eventually,
  post,
  problemsOf,
  reloadThereAndBack,
  threads,
} from './exporter-testing.ts'

const THREADED = { ...CUSTOM, workers: 1 }
const [FEED] = THREADED.sources
const STATE = { state: { dir: './state', interval: '100ms' } }
const THREE = [post('nova [0.5]'), post('galaxy [-1]'), post('nova and galaxy')]

test('posts count once they are committed, and sources receive their positions', async () => {
  const folder = await ExporterFolder.make(THREADED, THREE)
  const tested = await folder.run()
  await tested.counted(3)
  await folder.post(post('nova [1]'))
  await tested.until(4, 'mood_source_records_total')
  await tested.exporter.drain()
  expect(await tested.sum('mood_posts_total', 'sentiment="positive"')).toBe(2)
  await tested.until(4, 'mood_plugin_feed_lines_total')
  await eventually(async () => expect((await folder.lines('notes')).at(-1)).toBe('feed committed 4'))
})

test('a worker that dies is replaced; the post that ended it is counted as unknown', async () => {
  const folder = await ExporterFolder.make(THREADED, [post('a [1]'), post('exit [1]'), post('b [1]')])
  const tested = await folder.run()
  await tested.counted(3)
  expect(await tested.sum('mood_posts_total', 'sentiment="unknown"')).toBe(1)
  expect(await tested.sum('mood_posts_total', 'sentiment="positive"')).toBe(2)
  await tested.until(1, 'mood_plugin_errors_total', 'plugin="stated"', 'reason="crash"')
  const { workers, plugins } = tested.exporter.status()
  expect(workers.restarts).toBeGreaterThan(0)
  expect(plugins.find(({ name }) => name === 'stated')?.lastError).toContain('crash')
})

test('a reload adds and removes topics, scorers, extractors, sources and workers', async () => {
  const first = { ...THREADED, topics: { nova: ['nova'] } }
  const second = {
    ...THREADED,
    sources: [FEED, { ...FEED, name: 'other', path: 'others' }],
    topics: { nova: ['nova'], galaxy: ['galaxy'] },
    scorers: [...THREADED.scorers, { use: './stated.ts', name: 'second' }],
    extractors: [{ use: 'hashtags' }],
    workers: 2,
  }
  const folder = await ExporterFolder.make(first, THREE)
  const configs = { first, second, scorer: 'stated', others: 'nova #a [1]', more: 'galaxy #b [1]' }
  await reloadThereAndBack(folder, configs, async tested => {
    expect(tested.exporter.status()).toMatchObject({
      workers: { ready: 1, configured: 2 },
      sources: [{ name: 'feed' }, { name: 'other' }],
      config: { lastReload: { ok: true } },
    })
    expect(await tested.sum('mood_source_records_total', 'source="feed"')).toBe(4)
  })
  const notes = await folder.lines('notes')
  // The unchanged source kept its thread, and received the topics.
  expect(notes.filter(note => note.startsWith('feed created'))).toHaveLength(1)
  expect(notes.filter(note => note.startsWith('feed topics'))).toEqual([
    'feed topics nova galaxy',
    'feed topics nova',
  ])
  expect(notes).toContain('other closed')
})

test('a reload gives up batches that their worker does not finish within server.shutdown_timeout', async () => {
  const config = { ...THREADED, server: { shutdown_timeout: '100ms' }, limits: { plugin_timeout: '1h' } }
  const folder = await ExporterFolder.make(config, THREE)
  const tested = await folder.run()
  await tested.counted(3)
  await folder.post(post('stuck'))
  await eventually(() => expect(tested.exporter.status().sources[0]?.queueBytes).toBeGreaterThan(0))
  expect(await tested.exporter.reload()).toEqual({ ok: true })
  await tested.until(1, 'mood_posts_dropped_total', 'reason="plugin"')
  await folder.post(post('nova'))
  await tested.counted(4)
  expect(folder.log).toContainEqual({
    level: 'error',
    message: 'records were dropped',
    fields: { source: 'feed', records: 1, detail: 'their worker did not finish' },
  })
})

test.for<[part: string, config: object, problem: string]>([
  ['scorer', { scorers: [{ use: './stated.ts', creates: false }] }, 'the scorer cannot be created'],
  ['source', { sources: [FEED, { ...FEED, name: 'other', creates: false }] }, 'the feed cannot be created'],
  ['output', { outputs: [{ use: './unready.ts' }] }, 'the output cannot be created'],
])('a reload whose %s cannot be created leaves no thread behind', async ([, config, problem]) => {
  const folder = await ExporterFolder.make(THREADED, THREE)
  const tested = await folder.run()
  await tested.counted(3)
  const before = threads()
  await folder.configure({ ...THREADED, ...config })
  expect(problemsOf(await tested.exporter.reload()).join()).toContain(problem)
  await eventually(() => expect(threads()).toBe(before))
  await folder.post(post('nova [1]'))
  await tested.counted(4)
})

test('nothing is left running after a close', async () => {
  await eventually(() => expect(threads()).toBe(0))
  const outputs = [{ use: 'file', path: './out' }]
  const folder = await ExporterFolder.make({ ...THREADED, ...STATE, outputs }, THREE)
  const tested = await folder.run()
  await tested.counted(3)
  expect(threads()).toBeGreaterThan(0)
  await tested.exporter.close()
  expect(threads()).toBe(0)
  expect((await folder.lines('notes')).at(-1)).toBe('feed closed')
  expect(problemsOf(await tested.exporter.reload())).toEqual([
    'the exporter is stopping (ERR_RELOAD_STOPPING)',
  ])
})

test.for<[part: string, config: object, problem: string]>([
  ['scorer', { scorers: [{ use: './stated.ts', creates: false }] }, 'the scorer cannot be created'],
  ['source', { sources: [{ ...FEED, creates: false }] }, 'the feed cannot be created'],
  ['output', { outputs: [{ use: './unready.ts' }] }, 'the output cannot be created'],
])('nothing is left running if the %s cannot be created', async ([, config, problem]) => {
  const folder = await ExporterFolder.make({ ...THREADED, ...STATE, ...config }, THREE)
  await expect(folder.create()).rejects.toThrow(problem)
  await eventually(() => expect(threads()).toBe(0))
  // Its state directory can be opened by another.
  await folder.configure({ ...THREADED, ...STATE })
  const tested = await folder.run()
  await tested.counted(3)
})
