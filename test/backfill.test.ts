import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import {
  type Asked,
  openVariables,
  queriesOf,
  readDashboards,
  unanswered,
} from '../tools/stack/dashboards.ts'
import { startExporter } from '../tools/stack/exporter.ts'
import { type RunningPrometheus, startPrometheus } from '../tools/stack/prometheus.ts'
import { tool } from '../tools/stack/tools.ts'
import { namedBlocks } from './support/markdown.ts'
import { openMetricsFaults } from './support/openmetrics.ts'
import { asRecord, knownPosts, STATED_SCORER, sentimentOf, TOPICS, tallied } from './support/posts.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BIN = join(ROOT, 'bin/mood-exporter.mjs')
const RULES = join(ROOT, 'prometheus/backfill/rules.yml')
const run = promisify(execFile)

const DAY = 86_400
const YEAR = { from: Date.UTC(2025, 0, 1) / 1000, seconds: 365 * DAY }
/** A Wednesday in summer, at noon. */
const MOMENT = Date.UTC(2025, 6, 16, 12) / 1000
const JOB = 'mood-exporter'
const STEP = 300

/** A year of posts, in no order, as an archive may have them: some sixty a day. */
const POSTS = knownPosts('year', 22_000, YEAR.from * 1000, YEAR.seconds * 1000)
const RECORDS = POSTS.map((post, i) => ({ at: (i * 7919) % POSTS.length, text: asRecord(post) }))
  .sort((a, b) => a.at - b.at)
  .map(({ text }) => text)

/** When the last post is counted. */
const END = (Math.floor(Math.max(...POSTS.map(({ createdAt }) => createdAt)) / 1000 / STEP) + 1) * STEP

/** The number in brackets, and joy where it is above 0. */
const SCORER = STATED_SCORER.replace(
  'return stated ? Number(stated[1]) : null',
  "const score = stated ? Number(stated[1]) : null\n      return { score, emotions: score > 0 ? ['joy'] : [] }",
).replace('create: () => ({', "create: () => ({\n    emotions: ['joy'],")

const CONFIG = {
  sources: [{ use: 'file', path: './posts.jsonl', format: 'post' }],
  topics: TOPICS,
  scorers: [{ use: './stated.ts' }],
  extractors: [{ use: 'hashtags', top: 3, windows: [{ size: '1m' }, { size: '1d', slide: '1h' }] }],
  windows: [
    { size: '1m', slide: '10s' },
    { size: '1d', slide: '1h' },
  ],
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mood-exporter-backfill-'))
  await writeFile(join(folder, 'posts.jsonl'), `${RECORDS.join('\n')}\n`)
  await writeFile(join(folder, 'stated.ts'), SCORER)
  await writeFile(join(folder, 'mood.yml'), stringify(CONFIG))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const command = (...args: string[]) => ['backfill', '--config', join(folder, 'mood.yml'), ...args]

function backfill(...args: string[]): ChildProcess {
  return spawn(process.execPath, [BIN, ...command(...args)], { stdio: 'ignore' })
}

const bytesOf = async (path: string) => (await stat(path).catch(() => null))?.size ?? 0

/** Ends a backfill without warning once a condition holds, again and again until it has ended by itself. */
async function killedOnce(child: ChildProcess, condition: () => Promise<boolean>): Promise<void> {
  const exit = once(child, 'exit')
  await vi.waitFor(
    async () => {
      expect(child.exitCode, 'it has ended by itself').toBeNull()
      expect(await condition()).toBe(true)
    },
    { timeout: 60_000, interval: 5 },
  )
  child.kill('SIGKILL')
  await exit
}

/**
 * Queries of panels that need what is not of the past, alerts and their thresholds, or a window that is not configured;
 * and those that show a language only from 30 posts a day on: here are fewer.
 */
const NOT_ASKED = /ALERTS|mood_topic_alert_threshold|topic:mood_negative_share:z|window="1s"|>= 30\)/

test('a year of posts, loaded into Prometheus, is what dashboards ask for and what `run` counts', {
  timeout: 600_000,
}, async context => {
  const [binary, promtool] = [tool(context, 'prometheus'), tool(context, 'promtool')]
  const [out, data] = [join(folder, 'past'), join(folder, 'data')]
  // Slowed down, so that it can be killed amid the reading; what it has committed by then is not read again.
  const paced = { ...CONFIG, sources: [{ ...CONFIG.sources[0], rate: 8000 }] }
  await writeFile(join(folder, 'mood.yml'), stringify(paced))
  await killedOnce(
    backfill('--out', out),
    async () => (await bytesOf(join(out, 'backfill.db-wal'))) > 2 ** 19,
  )
  await writeFile(join(folder, 'mood.yml'), stringify(CONFIG))
  // … and amid the writing, once some files are whole.
  await killedOnce(backfill('--out', out), async () => (await readdir(out)).filter(isFile).length > 3)
  const first = (await readdir(out)).filter(isFile).sort()[0] as string
  const { mtimeMs, ino } = await stat(join(out, first))
  const { stdout } = await run(process.execPath, [BIN, ...command('--out', out)])
  expect(stdout).toMatch(
    /^Read 22,000 posts, written from 2025-01-01 to 2025-12-31\.\nNot counted: 5,496 of file \(off_topic\)/,
  )
  expect(await stat(join(out, first))).toMatchObject({ mtimeMs, ino })

  const files = (await readdir(out)).filter(isFile).sort()
  expect(files.length).toBe(55)
  const { stdout: start } = await run('head', ['-c', '2000', join(out, files[1] as string)])
  expect(start).toMatch(
    /^# HELP mood_posts Posts scored\..*\n# TYPE mood_posts counter\nmood_posts_total\{job=/,
  )

  // The commands of docs/backfill.md.
  const span = /--max-block-duration=(\w+)/.exec(stdout)?.[1] as string
  for (const file of files)
    await run(promtool, [
      ...['tsdb', 'create-blocks-from', 'openmetrics', '--quiet'],
      `--max-block-duration=${span}`,
      join(out, file),
      data,
    ])
  expect((await readdir(data)).length).toBe(files.length)
  const ruled = join(folder, 'ruled')
  {
    await using prometheus = await startPrometheus(binary, [], { job: JOB, data, retention: '100y' })
    await run(promtool, [
      ...['tsdb', 'create-blocks-from', 'rules', `--url=${prometheus.url}`],
      ...['--start=2025-01-01T00:00:00Z', '--end=2026-01-01T00:10:00Z', '--eval-interval=5m'],
      ...[`--max-block-duration=${span}`, `--output-dir=${ruled}`, RULES],
    ])
  }
  for (const block of await readdir(ruled)) await rename(join(ruled, block), join(data, block))

  await using prometheus = await startPrometheus(binary, [], { job: JOB, data, retention: '100y' })
  await sameAsRun(prometheus)
  await sameAsKnown(prometheus)
  const week: Asked = {
    query: query => prometheus.query(query, MOMENT),
    course: query => prometheus.course(query, 7 * DAY, 3600, MOMENT),
  }
  const dashboards = await readDashboards(ROOT)
  for (const name of ['brands.json', 'mood.json']) {
    const dashboard = dashboards.get(name) ?? expect.unreachable(name)
    const { values: opened, options } = await openVariables(dashboard, week)
    // Of so few posts a day says more than a minute: that is what a user chooses.
    const values = { ...opened, window: '1d', term_window: '1d' }
    expect(options.get('window') ?? ['1d']).toContain('1d')
    for (const [variable, offered] of options) expect(offered, `${name} ${variable}`).not.toEqual([])
    const queries = queriesOf(name, dashboard, values, { range: '168h', scrape: '5m' })
    const ofThePast = queries.filter(({ expr }) => !NOT_ASKED.test(expr))
    expect(ofThePast.length).toBeGreaterThan(10)
    expect(await unanswered(ofThePast, week, 0), name).toEqual([])
  }
})

const isFile = (name: string) => name.endsWith('.om')

/** Counters at the end of the year are those of an exporter that read the same file. */
async function sameAsRun(prometheus: RunningPrometheus): Promise<void> {
  await using exporter = await startExporter(CONFIG, {
    files: { 'posts.jsonl': `${RECORDS.join('\n')}\n`, 'stated.ts': SCORER },
  })
  const samples = await exporter.until(all => all.sum('mood_source_posts_total') === POSTS.length)
  for (const metric of [
    'mood_posts_total',
    'mood_posts_by_emotion_total',
    'mood_positivity_ratio_bucket',
    'mood_positivity_ratio_sum',
    'mood_positivity_ratio_count',
  ]) {
    const series = await prometheus.query(metric, END)
    const { __name__: _, job: __, instance: ___, ...labels } = series[0]?.labels ?? {}
    // Prometheus writes the bound 1 as 1.0.
    const text = (value = '') => (/^[\d.]+$/.test(value) ? String(Number(value)) : value)
    const key = (of: Record<string, string>) =>
      Object.keys(labels)
        .map(name => text(of[name]))
        .join(' ')
    const past = Object.fromEntries(series.map(({ labels, value }) => [key(labels), value]))
    const present = Object.fromEntries(samples.all(metric).map(({ labels, value }) => [key(labels), value]))
    expect(Object.keys(past).length, metric).toBeGreaterThan(1)
    for (const [of, value] of Object.entries(present))
      expect(past[of], `${metric} ${of}`).toBeCloseTo(value, 6)
    expect(Object.keys(past).sort()).toEqual(Object.keys(present).sort())
  }
}

/** What rules and windows say of one moment is what the posts say. */
async function sameAsKnown(prometheus: RunningPrometheus): Promise<void> {
  for (const [record, seconds] of [
    ['topic:mood_posts:last1h', 3600],
    ['topic:mood_posts:last1d', DAY],
  ] as const) {
    const posts = POSTS.filter(({ createdAt }) => {
      const age = MOMENT - createdAt / 1000
      return age > 0 && age <= seconds
    })
    const expected = tallied(posts, ({ topics, score }) =>
      topics.map(topic => `${topic} ${sentimentOf(score)}`),
    )
    const found = (await prometheus.query(record, MOMENT)).map(
      ({ labels, value }) => [`${labels.topic} ${labels.sentiment}`, value] as const,
    )
    expect(Object.fromEntries(found.filter(([, n]) => n > 0))).toEqual(expected)
  }
  const [end] = await prometheus.query('mood_window_end_timestamp_seconds{window="1d"}', MOMENT)
  const until = end?.value ?? Number.NaN
  expect(until).toBe(MOMENT - 3600)
  const inWindow = POSTS.filter(
    ({ createdAt }) => createdAt / 1000 >= until - DAY && createdAt / 1000 < until,
  )
  const windows = await prometheus.query('mood_window_posts{window="1d"} > 0', MOMENT)
  expect(
    Object.fromEntries(windows.map(({ labels, value }) => [`${labels.topic} ${labels.sentiment}`, value])),
  ).toEqual(tallied(inWindow, ({ topics, score }) => topics.map(topic => `${topic} ${sentimentOf(score)}`)))
  const terms = await prometheus.query(
    'mood_top_term_posts{topic="nova", window="1d", term="#alpha"}',
    MOMENT,
  )
  const latest = POSTS.filter(
    ({ createdAt, topics, hashtag }) =>
      createdAt / 1000 >= MOMENT - DAY + 3600 &&
      createdAt / 1000 < MOMENT &&
      topics.includes('nova') &&
      hashtag === '#alpha',
  )
  expect(terms.map(({ value }) => value)).toEqual([latest.length])
}

test('a file is OpenMetrics, and neither overlaps the next nor leaves a gap', async () => {
  const out = join(folder, 'some')
  await run(process.execPath, [
    BIN,
    ...command('--out', out, '--step', '1m', '--since', '2025-12-30', '--instance', 'here "and" there'),
  ])
  const names = (await readdir(out)).filter(isFile).sort()
  expect(names.length).toBeGreaterThan(1)
  const times: number[] = []
  for (const name of names) {
    const { stdout: text } = await run('cat', [join(out, name)], { maxBuffer: 2 ** 28 })
    expect(text).toContain('instance="here \\"and\\" there"')
    // Of one time, since it holds each series to be there once.
    const last = /(\d+)\n# EOF\n$/.exec(text)?.[1]
    const atLast = text.split('\n').filter(line => line.startsWith('#') || line.endsWith(` ${last}`))
    expect(openMetricsFaults(`${atLast.join('\n')}\n`)).toEqual([])
    const seconds = text.matchAll(/^mood_build_info\{.*\} 1 (\d+)$/gm)
    times.push(...Array.from(seconds, ([, time]) => Number(time)))
  }
  expect(times[0]).toBe(Date.UTC(2025, 11, 30) / 1000)
  expect(times.every((time, i) => i === 0 || time - (times[i - 1] as number) === 60)).toBe(true)
  // Files of another time range would be loaded with those of this one.
  await run(process.execPath, [BIN, ...command('--out', out, '--step', '1m', '--since', '2025-12-31')])
  const left = (await readdir(out)).filter(isFile).sort()
  expect(left.length).toBeGreaterThan(0)
  expect(left[0]).toMatch(/^202512(30|31)T/)
  expect(left).not.toContain(names[0])
})

/** An entry of the archive that X gives to its users. */
const archived = (i: number) => ({
  tweet: {
    id_str: String(1_000_000_000_000 + i),
    created_at: `Fri Nov ${10 + i} 03:15:30 +0000 2023`,
    full_text: i === 0 ? 'RT @someone: good' : `good morning #coffee ${i}`,
    lang: 'en',
  },
})

test('the configuration of docs/backfill.md reads the archive of an account', async () => {
  const markdown = await readFile(join(ROOT, 'docs/backfill.md'), 'utf8')
  const [block] = namedBlocks(markdown)
  const here = join(folder, 'archive')
  await mkdir(join(here, 'twitter-archive/data'), { recursive: true })
  await writeFile(join(here, block?.name as string), block?.text as string)
  const tweets = Array.from({ length: 5 }, (_, i) => archived(i))
  await writeFile(
    join(here, 'twitter-archive/data/tweets.js'),
    `window.YTD.tweets.part0 = ${JSON.stringify(tweets, null, 2)}`,
  )
  const args = ['backfill', '--config', join(here, block?.name as string), '--out', join(here, 'past')]
  const { stdout } = await run(process.execPath, [BIN, ...args])
  expect(stdout).toMatch(
    /^Read 4 posts, written from 2023-11-11 to 2023-11-14\.\nNot counted: 1 of file \(not_a_post\)/,
  )
  const names = (await readdir(join(here, 'past'))).filter(isFile).sort()
  const { stdout: last } = await run('cat', [join(here, 'past', names.at(-1) as string)], {
    maxBuffer: 2 ** 28,
  })
  const tops = /mood_top_term_posts\{[^}]*extractor="hashtags",topic="all",window="7d",term="#coffee"\} (\d) /
  expect(tops.exec(last)?.[1]).toBeDefined()
})

/** Takes longer to connect than it is waited for once it is, and is then never finished. */
const SLOW = `
import { setTimeout as sleep } from 'node:timers/promises'
import { defineSource, z } from 'mood-exporter/plugin'
export default defineSource({
  name: 'slow', description: 'A test.', options: z.object({}), replayable: true,
  create: () => ({
    async run(emitter, signal) {
      await sleep(5000)
      emitter.up()
      await sleep(500, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      await emitter.write([{ text: 'a good day', createdAt: ${MOMENT * 1000} }], { position: 1 })
      await new Promise(resolve => signal.addEventListener('abort', resolve))
    },
  }),
})`

test('--idle counts from when a source is connected', { timeout: 120_000 }, async () => {
  const here = join(folder, 'slow')
  await mkdir(here)
  await writeFile(join(here, 'slow.ts'), SLOW)
  await writeFile(join(here, 'mood.yml'), stringify({ sources: [{ use: './slow.ts' }] }))
  const args = ['--config', join(here, 'mood.yml'), '--out', join(here, 'past'), '--idle', '4s']
  const { stdout } = await run(process.execPath, [BIN, 'backfill', ...args])
  expect(stdout).toMatch(/^Read 1 post, /)
})

test('a source that keeps nothing is refused in one line, and so is a step that Prometheus cannot use', async () => {
  const fails = async (config: object, ...args: string[]) => {
    const file = join(folder, 'refused.yml')
    await writeFile(file, stringify(config))
    const failed = run(process.execPath, [
      BIN,
      'backfill',
      '--config',
      file,
      '--out',
      join(folder, 'none'),
      ...args,
    ])
    return (await failed.catch(error => error)) as { code: number; stderr: string }
  }
  expect(await fails({ sources: [CONFIG.sources[0], { use: 'stdin' }] })).toMatchObject({
    code: 1,
    stderr:
      'mood-exporter: the source stdin (stdin) does not keep what it delivered, so there is no past to read (ERR_BACKFILL_SOURCE)\n',
  })
  expect(await fails(CONFIG, '--step', '7m')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /^mood-exporter: --step: expected a duration from 1s to 5m that divides 2h, such as 1m, got 7m /,
    ),
  })
  expect(await fails(CONFIG, '--since', '2025-03-02', '--until', '2025-03-01')).toMatchObject({
    code: 2,
    stderr: 'mood-exporter: --until: expected a date after --since, 2025-03-02, got 2025-03-01 (ERR_USAGE)\n',
  })
  expect(await fails({ sources: [{ use: 'file', path: './absent.jsonl' }] })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/the source file failed: .*no such file/),
  })
})
