import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { RANKINGS } from './checkpoints/kept.ts'
import { CommitFailed } from './checkpoints/store/errors.ts'
import {
  BASIC,
  CUSTOM,
  ExporterFolder,
  eventually,
  post,
  problemsOf,
  reloadThereAndBack,
} from './exporter-testing.ts'
import { SourceRunner } from './sources/source-runner.ts'

const [FEED] = BASIC.sources
const [CUSTOM_FEED] = CUSTOM.sources
const THREE = [post('a good nova'), post('a bad galaxy'), post('nova and galaxy')]
const STATE = { state: { dir: './state', interval: '100ms' } }

const OTHER = { ...FEED, name: 'other', path: './others' }

const ONE_POSITIVE = { positive: 1, neutral: 0, negative: 0, unknown: 0 }
const ONE_NEGATIVE = { positive: 0, neutral: 0, negative: 1, unknown: 0 }

/** A notification as Alertmanager sends it. */
const NOTIFICATION = JSON.stringify({
  version: '4',
  groupKey: '{}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'mood',
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager:9093',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'MoodTurnsNegative', topic: 'nova' },
      annotations: {},
      startsAt: '2026-11-27T00:01:02Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: '',
      fingerprint: 'f1',
    },
  ],
})

/** Windows that close with event time alone. */
const WINDOWS = { windows: [{ size: '1s', lateness: '0s' }], limits: { idle: '1h' } }

test('posts count once they are committed; a drain commits all that sources emitted', async () => {
  const folder = await ExporterFolder.make({ ...BASIC, topics: { nova: ['nova'] } }, THREE)
  const tested = await folder.run()
  await tested.counted(3)
  await folder.post(post('a good nova'))
  await eventually(() => expect(tested.exporter.status().sources[0]?.queueBytes).toBeGreaterThan(0))
  await tested.exporter.drain()
  expect(await tested.sum('mood_source_posts_total')).toBe(4)
  expect(await tested.sum('mood_posts_total')).toBe(3)
  expect(await tested.sum('mood_posts_total', 'sentiment="positive"')).toBe(2)
  expect(await tested.sum('mood_posts_dropped_total', 'reason="off_topic"')).toBe(1)
  expect(tested.exporter.uncommittedEpochs).toBe(0)
  expect(tested.exporter.notReady()).toEqual(['it is stopping'])
})

test('a source is ready once it is up, and says why it is not', async () => {
  const folder = await ExporterFolder.make({ ...BASIC, sources: [{ use: 'tcp', connect: '127.0.0.1:1' }] })
  const { exporter } = await folder.create()
  expect(exporter.notReady()).toEqual(['source tcp has not started'])
  exporter.run()
  await eventually(() =>
    expect(exporter.notReady()).toEqual([
      expect.stringMatching(/^source tcp has not started: .*127\.0\.0\.1/),
    ]),
  )
  await folder.configure(BASIC)
  expect(await exporter.reload()).toEqual({ ok: true })
  await eventually(() => expect(exporter.notReady()).toEqual([]))
  await exporter.close()
  expect(exporter.notReady()).toEqual(['no worker is ready', 'it is stopping'])
})

test('the status has the configuration, and what is not in the state', async () => {
  const before = Date.now()
  const folder = await ExporterFolder.make(BASIC, THREE)
  const tested = await folder.run()
  await tested.counted(3)
  const { exporter } = tested
  const status = exporter.status()
  expect(status).toMatchObject({
    version: '1.2.3',
    notReady: [],
    config: { file: folder.file, lastReload: { ok: true, problems: [] } },
    workers: { ready: 1, configured: 0, restarts: 0 },
    sources: [{ name: 'file', state: 'up', posts: 3 }],
  })
  expect(status.config.shown).toContain('path: ./posts')
  expect(status.startedAt).toBeGreaterThanOrEqual(before)
  expect(exporter.loaded.config.workers).toBe(0)
  await folder.post(post('nova'))
  await eventually(() => expect(exporter.status().sources[0]?.postsPerSecond).toBeGreaterThan(0))
})

test('refused requests, and log lines that could not be written, are counted', async () => {
  const log = { debug() {}, info() {}, warn() {}, error() {}, linesLost: () => 7 }
  const folder = await ExporterFolder.make()
  const tested = await folder.run({ log })
  tested.exporter.refused(403)
  tested.exporter.refused(403)
  tested.exporter.refused(421)
  await tested.until(2, 'mood_http_requests_refused_total', 'code="403"')
  await tested.until(1, 'mood_http_requests_refused_total', 'code="421"')
  expect(await tested.series('mood_log_lines_lost_total')).toEqual(['7'])
})

test('what a source reports of its connection is counted', async () => {
  const config = { ...CUSTOM, sources: [{ ...CUSTOM_FEED, runs: 'with reports' }] }
  const folder = await ExporterFolder.make(config, THREE)
  const tested = await folder.run()
  await tested.until(1, 'mood_source_gaps_total', 'result="lost"')
  await tested.until(1.5, 'mood_source_gap_seconds_total', 'result="lost"')
  await tested.until(1, 'mood_source_refused_total', 'reason="401"')
  await tested.until(1, 'mood_source_reconnects_total', 'reason="network"')
  expect(folder.log).toContainEqual({
    level: 'warn',
    message: 'a source is down',
    fields: { source: 'feed', reason: 'the server has gone' },
  })
})

test('a source that fails is counted and shown; its store outlives it', async () => {
  const config = { ...CUSTOM, sources: [{ ...CUSTOM_FEED, runs: 'once' }] }
  const folder = await ExporterFolder.make(config, THREE)
  const tested = await folder.run()
  await tested.counted(3)
  // It is created again, as its options have changed.
  await folder.configure({ ...config, sources: [{ ...CUSTOM_FEED, runs: 'once', tag: ' again' }] })
  await tested.exporter.reload()
  await eventually(async () =>
    expect(await tested.sum('mood_source_failures_total')).toBeGreaterThanOrEqual(1),
  )
  const { sources, plugins } = tested.exporter.status()
  expect(sources).toMatchObject([{ state: 'failed', detail: expect.stringContaining('runs only once') }])
  expect(plugins[0]).toMatchObject({ kind: 'source', lastError: expect.stringContaining('runs only once') })
})

test.for([
  ['without a state directory once they are decoded', {}],
  ['with a state directory once they are committed', STATE],
] as const)('a source that submits records has their results: %s', async ([, state]) => {
  const http = { use: 'http', listen: '127.0.0.1:0' }
  const folder = await ExporterFolder.make({ ...BASIC, ...state, sources: [http] })
  const tested = await folder.run()
  const url = await eventually(() => {
    const line = folder.log.find(({ fields }) => String(fields.url).endsWith('/posts'))
    if (!line) throw new Error('it does not listen')
    return String(line.fields.url)
  })
  const headers = { 'content-type': 'application/x-ndjson' }
  const response = await fetch(url, { method: 'POST', headers, body: `${post('a good nova')}no post\n` })
  expect(await response.json()).toMatchObject({ accepted: 1, refused: [{ record: 1 }] })
  if (state !== STATE) await tested.counted(1)
  expect(await tested.sum('mood_source_posts_total')).toBe(1)
  expect(await tested.sum('mood_posts_dropped_total', 'reason="invalid"')).toBe(1)
})

test('a reload adds and removes topics, scorers, extractors and sources', async () => {
  const first = { ...BASIC, topics: { nova: ['nova'] } }
  const second = {
    ...BASIC,
    sources: [FEED, OTHER],
    topics: { nova: ['nova'], galaxy: ['galaxy'] },
    scorers: [...BASIC.scorers, { use: 'afinn', name: 'second' }],
    extractors: [{ use: 'hashtags' }],
  }
  const folder = await ExporterFolder.make(first, THREE)
  const configs = { first, second, scorer: 'afinn', others: 'a good nova #a', more: 'a good galaxy #b' }
  await reloadThereAndBack(folder, configs, async tested => {
    expect(tested.exporter.status().sources.map(({ name }) => name)).toEqual(['file', 'other'])
    expect(await tested.sum('mood_source_records_total', 'source="file"')).toBe(4)
  })
  // The unchanged source kept running.
  expect(folder.cameUp).toEqual(['file', 'other'])
})

test('a series of a new topic begins at 0 with the reload', async () => {
  const folder = await ExporterFolder.make()
  const tested = await folder.run()
  await folder.configure({ ...BASIC, extractors: [{ use: 'hashtags' }] })
  await tested.exporter.reload()
  expect(await tested.series('mood_terms_evicted_total')).toEqual(['{extractor="hashtags"} 0'])
})

test.for<[fault: string, config: object, problem: string]>([
  ['an unknown key', { scorer: [] }, 'did you mean "scorers"'],
  ['an absent plugin', { scorers: [{ use: './absent.ts' }] }, 'absent.ts'],
  [
    'a scorer that fails',
    { scorers: [{ use: './stated.ts', creates: false }] },
    'the scorer cannot be created',
  ],
  [
    'a source that fails',
    { sources: [FEED, OTHER, { ...CUSTOM_FEED, creates: false }] },
    'the feed cannot be created',
  ],
  ['an output that fails', { outputs: [{ use: './unready.ts' }] }, 'the output cannot be created'],
])('a reload of a configuration with %s keeps the running one', async ([, config, problem]) => {
  const folder = await ExporterFolder.make(BASIC, THREE)
  const tested = await folder.run()
  const { exporter } = tested
  await tested.counted(3)
  const { loadedAt } = exporter
  await folder.write('others', '')
  await folder.configure({ ...BASIC, ...config })

  expect(problemsOf(await exporter.reload()).join()).toContain(problem)

  expect(exporter.status().config.lastReload).toMatchObject({ ok: false })
  expect(exporter.status().sources.map(({ name, state }) => [name, state])).toEqual([['file', 'up']])
  expect(exporter.loadedAt).toBe(loadedAt)
  expect(await tested.sum('mood_config_last_reload_successful')).toBe(0)
  await folder.post(post('nova [1]'))
  await tested.counted(4)
  // The same reload works once the problem is solved.
  await folder.configure({ ...BASIC, topics: { nova: ['nova'] } })
  expect(await exporter.reload()).toEqual({ ok: true })
  expect(await tested.sum('mood_config_last_reload_successful')).toBe(1)
})

test('a changed `state` needs a restart', async () => {
  const folder = await ExporterFolder.make(BASIC, THREE)
  const tested = await folder.run()
  await folder.configure({ ...BASIC, ...STATE })
  expect(problemsOf(await tested.exporter.reload())).toEqual([
    'a changed `state` needs a restart (ERR_RELOAD_STATE)',
  ])
  await tested.counted(3)
})

test('a source with changed options is created again, at its position', async () => {
  const folder = await ExporterFolder.make(CUSTOM, THREE)
  const tested = await folder.run()
  await tested.counted(3)
  await folder.configure({ ...CUSTOM, sources: [{ ...CUSTOM_FEED, tag: ' again' }] })
  expect(await tested.exporter.reload()).toEqual({ ok: true })
  await folder.post(post('nova'))
  await tested.counted(4)
  const notes = await folder.lines('notes')
  expect(notes.filter(note => !note.includes('committed'))).toEqual([
    'feed created at the start',
    'feed closed',
    'feed created again at 3',
  ])
  // The counter of the plugin is the sum over both.
  await tested.until(4, 'mood_plugin_feed_lines_total')
})

test('a source receives options that may change while it runs', async () => {
  const folder = await ExporterFolder.make(CUSTOM, THREE)
  const tested = await folder.run()
  await tested.counted(3)
  await folder.configure({ ...CUSTOM, sources: [{ ...CUSTOM_FEED, label: 'new' }] })
  expect(await tested.exporter.reload()).toEqual({ ok: true })
  await eventually(async () => expect(await folder.lines('notes')).toContain('feed options new'))
  expect((await folder.lines('notes')).filter(note => note.includes('created'))).toHaveLength(1)
})

test.for<[change: string, config: object]>([
  ['options', { sources: [{ ...FEED, from: 'start' }] }],
  ['its format', { sources: [{ ...FEED, format: 'json' }] }],
  ['the size of its records', { limits: { record_bytes: '32KiB' } }],
  ['the size of its queue', { limits: { queue_bytes: '8MiB' } }],
  ['the memory of its thread', { limits: { worker_memory: '300MiB' } }],
  ['the lines of its log', { limits: { log_lines: 5 } }],
  ['the time of its calls', { limits: { plugin_timeout: '7s' } }],
  ['the time of its creation', { limits: { create_timeout: '7s' } }],
])('a source is created again for %s, and continues at its position', async ([, config]) => {
  const folder = await ExporterFolder.make(BASIC, THREE)
  const tested = await folder.run()
  await tested.counted(3)
  expect(await tested.exporter.reload()).toEqual({ ok: true })
  expect(folder.cameUp).toEqual(['file'])
  await folder.configure({ ...BASIC, ...config })
  expect(await tested.exporter.reload()).toEqual({ ok: true })
  await eventually(() => expect(folder.cameUp).toEqual(['file', 'file']))
  await folder.post(post('nova'))
  await tested.counted(4)
  expect(await tested.sum('mood_source_records_total')).toBe(4)
})

test('a source is created again for another content of a file that its options name', async () => {
  const http = { use: 'http', listen: '127.0.0.1:0', token_file: './token' }
  const folder = await ExporterFolder.make({ ...BASIC, sources: [http] })
  await folder.write('token', 'first-token')
  const { exporter } = await folder.run()
  await eventually(() => expect(folder.cameUp).toHaveLength(1))
  await exporter.reload()
  expect(folder.cameUp).toHaveLength(1)
  await folder.write('token', 'second-token')
  await exporter.reload()
  await eventually(() => expect(folder.cameUp).toHaveLength(2))
})

test.for(['the store cannot be reshaped', 'commits fail'])(
  'a reload while %s keeps what runs',
  async fault => {
    const folder = await ExporterFolder.make({ ...BASIC, ...STATE }, THREE)
    const tested = await folder.run()
    const { exporter } = tested
    await tested.counted(3)
    if (fault === 'commits fail') vi.spyOn(exporter.directory, 'failure', 'get').mockReturnValue('full')
    else
      vi.spyOn(exporter.directory, 'reshape').mockRejectedValueOnce(
        new CommitFailed('full', 'the disk is full'),
      )
    await folder.configure({ ...BASIC, ...STATE, sources: [{ ...FEED, from: 'start' }, OTHER] })
    await folder.write('others', post('nova'))
    expect(problemsOf(await exporter.reload())).toEqual([
      `the state cannot be written (${fault === 'commits fail' ? 'full' : 'the disk is full'}); reload once it can (ERR_RELOAD_UNWRITABLE)`,
    ])
    await folder.post(post('nova'))
    await tested.counted(4)
    expect(exporter.status().sources.map(({ name }) => name)).toEqual(['file'])
    vi.restoreAllMocks()
    expect(await exporter.reload()).toEqual({ ok: true })
    await tested.counted(5)
  },
)

test('a restart on a state directory restores counts and continues at the positions', async () => {
  const folder = await ExporterFolder.make({ ...BASIC, ...STATE }, THREE)
  const first = await folder.run()
  await first.counted(3)
  expect(await first.series('mood_state_restored')).toEqual(['0'])
  await first.exporter.drain()
  await first.exporter.close()
  await folder.post(post('a bad galaxy'))

  const second = await folder.create()
  expect(await second.sum('mood_source_posts_total')).toBe(3)
  expect(await second.sum('mood_posts_total', 'sentiment="negative"')).toBe(1)
  expect(await second.series('mood_state_restored')).toEqual(['1'])
  second.exporter.run()
  await second.counted(4)
  expect(await second.sum('mood_source_records_total')).toBe(4)
})

test('an output receives windows that closed, also one that a reload added', async () => {
  const from = Math.floor(Date.now() / 60_000) * 60_000 - 600_000
  const config = { ...BASIC, ...WINDOWS, outputs: [{ use: 'file', path: './first' }] }
  const folder = await ExporterFolder.make(config, [post('good', from), post('bad', from + 5000)])
  const tested = await folder.run()
  await tested.until(1, 'mood_output_events_total', 'result="delivered"')
  await folder.configure({ ...config, outputs: [{ use: 'file', path: './second', name: 'second' }] })
  expect(await tested.exporter.reload()).toEqual({ ok: true })
  await folder.post(post('good', from + 9000))
  await tested.until(1, 'mood_output_events_total', 'output="second"', 'result="delivered"')
  const windows = async (file: string) =>
    (await folder.lines(file)).map(line => JSON.parse(line)).map(({ start, rows }) => [start, rows[0].posts])
  expect(await windows('first')).toEqual([[from, ONE_POSITIVE]])
  expect(await windows('second')).toEqual([[from + 5000, ONE_NEGATIVE]])
  expect(await tested.series('mood_output_up')).toEqual(['{output="second"} 1'])
})

test('a window that closed is delivered after a restart, if it was not before', async () => {
  const from = Math.floor(Date.now() / 60_000) * 60_000 - 600_000
  const blocked = {
    ...BASIC,
    ...STATE,
    ...WINDOWS,
    outputs: [{ use: './unready.ts', creates: true, name: 'out' }],
  }
  const folder = await ExporterFolder.make(blocked, [post('good', from), post('bad', from + 5000)])
  const first = await folder.run()
  await first.until(1, 'mood_output_queue_events')
  await first.exporter.close(0)
  await folder.configure({ ...blocked, outputs: [{ use: 'file', path: './out', name: 'out' }] })
  const second = await folder.run()
  await second.until(1, 'mood_output_events_total', 'result="delivered"')
  expect(await folder.lines('out')).toHaveLength(1)
})

test('an output receives sampled posts, with their text if it asks for it', async () => {
  const outputs = [{ use: 'file', path: './out', events: ['posts'], posts: { per_minute: 10, text: true } }]
  const folder = await ExporterFolder.make({ ...BASIC, outputs }, THREE)
  const tested = await folder.run()
  await tested.until(3, 'mood_output_events_total', 'result="delivered"')
  const texts = (await folder.lines('out')).map(line => JSON.parse(line).text)
  expect(texts.sort()).toEqual(['a bad galaxy', 'a good nova', 'nova and galaxy'])
})

test('a drain delivers the events of outputs', async () => {
  const from = Math.floor(Date.now() / 60_000) * 60_000 - 600_000
  const config = { ...BASIC, ...WINDOWS, outputs: [{ use: './receiver.ts' }] }
  const folder = await ExporterFolder.make(config, [post('good', from), post('bad', from + 5000)])
  const tested = await folder.run()
  await tested.until(2, 'mood_source_records_total')
  await tested.exporter.drain()
  expect(await folder.lines('written')).toHaveLength(1)
})

test('a drain stops the sources that a running reload adds', async () => {
  const stop = vi.spyOn(SourceRunner.prototype, 'stop')
  onTestFinished(() => stop.mockRestore())
  const folder = await ExporterFolder.make(BASIC, THREE)
  await folder.write('others', '')
  const { exporter } = await folder.run()
  await folder.configure({ ...BASIC, sources: [FEED, OTHER] })
  const reload = exporter.reload()
  // It has begun, and reads the file.
  await setImmediate()
  await exporter.drain()
  expect(await reload).toEqual({ ok: true })
  expect(new Set(stop.mock.contexts.map(runner => (runner as SourceRunner).name))).toEqual(
    new Set(['file', 'other']),
  )
})

test('alerts are admitted by the token of the configuration, and go to the outputs', async () => {
  const outputs = [{ use: 'file', path: './out', events: ['alerts'] }]
  const config = { ...BASIC, outputs, alertmanager: { token: 'the token' } }
  const folder = await ExporterFolder.make({ ...BASIC, outputs })
  const tested = await folder.run()
  const { exporter } = tested
  expect(exporter.admitsAlerts(undefined)).toBe('absent')
  await folder.configure({ ...config, alertmanager: { token: 'the-token' } })
  await exporter.reload()
  expect(exporter.admitsAlerts('Bearer another')).toBe('refused')
  expect(exporter.admitsAlerts('Bearer the-token')).toBe('token')
  expect(exporter.status().config.shown).not.toContain('the-token')
  expect(await exporter.alerts(NOTIFICATION)).toMatchObject({ status: 200 })
  expect(await exporter.alerts('{}')).toMatchObject({ status: 400 })
  await tested.until(1, 'mood_output_events_total', 'result="delivered"')
  await tested.until(1, 'mood_alert_notifications_total', 'result="taken"')
  await tested.until(1, 'mood_alert_notifications_total', 'result="refused"')
  expect(JSON.parse((await folder.lines('out'))[0] as string)).toMatchObject({ kind: 'alert' })
})

test('a report is made when it is due', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  onTestFinished(() => void vi.useRealTimers())
  const config = {
    ...BASIC,
    limits: { future: '1h' },
    outputs: [{ use: 'file', path: './out', events: ['reports'] }],
    reports: [{ name: 'minutely', cron: '* * * * *' }],
  }
  const folder = await ExporterFolder.make(config, THREE)
  const tested = await folder.run()
  await tested.counted(3)
  vi.setSystemTime(Date.now() + 60_000)
  await folder.post(post('later', Date.now() + 120_000))
  await tested.until(1, 'mood_output_events_total', 'result="delivered"')
  expect(JSON.parse((await folder.lines('out'))[0] as string)).toMatchObject({ kind: 'report' })
  await tested.until(1, 'mood_reports_total', 'report="minutely"', 'result="sent"')
  expect(await tested.sum('mood_report_last_timestamp_seconds')).toBeLessThanOrEqual(Date.now() / 1000)
  // A removed report has no series.
  await folder.configure({ ...config, reports: [] })
  await tested.exporter.reload()
  expect(await tested.series('mood_report_last_timestamp_seconds')).toEqual([])
})

test('lists of rankings go to the outputs, and their terms become keywords', async () => {
  const config = {
    ...BASIC,
    sources: [FEED, { use: 'file', name: 'trends', path: './trends', format: 'ranking' }],
    topics: { trending: { from: 'trends' } },
    outputs: [{ use: 'file', path: './out', events: ['rankings'] }],
  }
  const folder = await ExporterFolder.make(config)
  await folder.write('trends', '["supernova", "eclipse"]\n')
  const tested = await folder.run()
  await tested.until(1, 'mood_output_events_total', 'result="delivered"')
  expect(JSON.parse((await folder.lines('out'))[0] as string)).toMatchObject({ source: 'trends' })
  await folder.post(post('an eclipse'), post('a galaxy'))
  await tested.until(2, 'mood_source_posts_total', 'source="file"')
  expect(await tested.sum('mood_posts_total', 'topic="trending"')).toBe(1)
  // What was published is remembered until the source is removed.
  const remembered = () => tested.exporter.directory.kept(RANKINGS).keys()
  await eventually(async () => expect(await remembered()).toEqual(['trends']))
  await folder.configure({ ...config, sources: [FEED], topics: {} })
  expect(await tested.exporter.reload()).toEqual({ ok: true })
  expect(await remembered()).toEqual([])
})

test('a relay passes posts to its output instead of scoring them', async () => {
  const outputs = [{ use: './receiver.ts' }]
  const folder = await ExporterFolder.make({ ...BASIC, outputs }, THREE)
  const from = { file: folder.file, relays: true }
  const tested = await folder.run({ from, relays: true })
  await tested.counted(3)
  expect(await folder.lines('relayed')).toEqual(['a good nova', 'a bad galaxy', 'nova and galaxy'])
  expect(await tested.series('mood_posts_total')).toEqual([])
  expect(await tested.exporter.reload()).toEqual({ ok: true })
  expect(await tested.series('mood_output_up')).toEqual([])
})

test('a configuration with problems cannot be created', async () => {
  const folder = await ExporterFolder.make({ ...BASIC, scorer: [] })
  await expect(folder.create()).rejects.toThrow('did you mean "scorers"')
})
