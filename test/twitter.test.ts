import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { expect, onTestFinished, test } from 'vitest'
import { stringify } from 'yaml'
import { CONNECTIONS, LocalX, STREAM } from '../plugins/sources/twitter/testing-x.ts'
import { startExporter } from '../tools/stack/exporter.ts'
import { ROOT, run } from './support/package.ts'

const TIMEOUT = { timeout: 120_000 }

const config = (x: LocalX, more: object = {}, topics: object = { nova: ['nova'], star: ['별', 'star'] }) => ({
  sources: [
    {
      use: 'twitter',
      bearer_token_file: './x.token',
      url: x.url,
      budget: { posts_per_day: 100_000 },
      usage: false,
      ...more,
    },
  ],
  topics,
  scorers: [{ use: 'afinn' }],
  extractors: [],
  state: { dir: './state' },
})

const files = { 'x.token': 'token' }

test(
  'posts of the stream count under the topics of their rules, edits and repeats once, and a reload drops nothing',
  TIMEOUT,
  async () => {
    const x = await LocalX.start()
    await using exporter = await startExporter(config(x), { files, args: ['--web.enable-lifecycle'] })
    await x.until(({ connections }) => connections === 1)
    const first = x.post('I love this nova')
    x.post('별 and nova')
    x.post('I love this nova, edited', { edit_history_tweet_ids: [first.id, '9'] })
    x.send({ data: x.tweets[1], matching_rules: x.rules.map(({ id, tag }) => ({ id, tag })) })
    const posts = await exporter.until(seen => seen.sum('mood_source_posts_total') === 4)
    expect(posts.sum('mood_posts_total', { topic: 'nova' })).toBe(2)
    expect(posts.sum('mood_posts_total', { topic: 'star' })).toBe(1)
    expect(posts.sum('mood_posts_total', { topic: 'nova', sentiment: 'positive' })).toBe(1)
    expect(posts.sum('mood_posts_dropped_total', { reason: 'duplicate' })).toBe(2)
    expect(posts.sum('mood_plugin_twitter_posts_read_total')).toBe(4)

    await exporter.configure(config(x, {}, { nova: ['nova'], sun: ['sun'] }))
    const reloaded = await fetch(`${exporter.url}/-/reload`, { method: 'POST' })
    expect(reloaded.status).toBe(200)
    await x.until(({ rules }) => rules.some(({ tag }) => tag === 'mood-exporter:sun'))
    await x.until(({ rules }) => rules.length === 2)
    x.post('the sun')
    const after = await exporter.until(seen => seen.sum('mood_posts_total', { topic: 'sun' }) === 1)
    expect(after.sum('mood_source_reconnects_total')).toBe(0)
    expect(x.requestsFor(STREAM)).toHaveLength(1)
  },
)

test('a kill keeps the budget, and what a search has read is counted once', TIMEOUT, async () => {
  const x = await LocalX.start()
  const now = Date.now()
  for (let i = 0; i < 120; i++) x.post(`nova ${i}`, {}, now - 31_000 - i * 50)
  const search = { mode: 'search', every: '2m', name: 'x' }
  const topics = { nova: ['nova'] }
  const exporter = await startExporter(config(x, search, topics), { files })
  const counted = await exporter.until(seen => seen.sum('mood_posts_total') > 0)
  const before = counted.sum('mood_posts_total')
  expect(before).toBe(120)
  await exporter.stop('SIGKILL')

  // Behind what was read, whose end was half a minute before it was asked for.
  const since = Date.now() - 20_000
  for (let i = 0; i < 5; i++) x.post(`nova again ${i}`, {}, since + i)
  await using second = await startExporter(config(x, { ...search, every: '10s' }, topics), {
    folder: exporter.folder,
  })
  const after = await second.until(seen => seen.sum('mood_posts_total') >= before + 5, 60_000)
  expect(after.sum('mood_posts_dropped_total')).toBe(0)
  expect(after.sum('mood_posts_total')).toBe(125)
  // What was counted ahead of being read is no larger than a lease.
  const read = after.sum('mood_plugin_twitter_budget_read_posts', { period: 'day' })
  expect(read).toBeGreaterThanOrEqual(after.sum('mood_posts_total'))
  expect(read).toBeLessThanOrEqual(x.delivered + 200)
})

test(
  'a wrong token is one clear line, and the exporter is not ready until it is changed',
  TIMEOUT,
  async () => {
    const x = await LocalX.start()
    await using exporter = await startExporter(config(x), {
      files: { 'x.token': 'sesame' },
      args: ['--web.enable-lifecycle'],
    })
    const line = await exporter.logged(({ msg }) => msg === 'a source is down')
    expect(line.reason).toBe(
      `${x.url}: it answered 401: Unauthorized; it is not tried again until the configuration is changed and reloaded`,
    )
    expect((await fetch(`${exporter.url}/-/ready`)).status).toBe(503)
    expect((await exporter.samples()).sum('mood_source_up')).toBe(0)
    expect(exporter.log.join()).not.toContain('sesame')
    expect(await (await fetch(exporter.url)).text()).not.toContain('sesame')

    await writeFile(join(exporter.folder, 'x.token'), 'token')
    expect((await fetch(`${exporter.url}/-/reload`, { method: 'POST' })).status).toBe(200)
    await exporter.until(seen => seen.sum('mood_source_up') === 1)
    expect((await fetch(`${exporter.url}/-/ready`)).status).toBe(200)
  },
)

test('the command shows and removes rules, by the configuration', TIMEOUT, async () => {
  const x = await LocalX.start()
  await using exporter = await startExporter(config(x), { files })
  await x.until(({ connections }) => connections === 1)
  const rules = (...args: string[]) =>
    run(
      process.execPath,
      [
        `${ROOT}bin/mood-exporter.mjs`,
        'twitter',
        'rules',
        ...args,
        '--config',
        `${exporter.folder}/mood.yml`,
      ],
      exporter.folder,
    )
  const diff = await rules('diff')
  expect(diff).toMatchObject({ code: 0, stdout: '0 added, 0 removed, 0 refused, 2 as they were\n' })
  const list = await rules('list', '--json')
  expect(JSON.parse(list.stdout)).toMatchObject([{ topics: ['nova'], rule: 'nova' }, { topics: ['star'] }])
  expect(await rules('clear')).toMatchObject({ code: 0 })
  expect(x.rules).toEqual([])
  expect(await rules('list', '--source', 'other')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('the configuration has no source twitter called other'),
  })
  expect(x.requestsFor(CONNECTIONS)).toEqual([])
})

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl) console.warn('a test of TLS is skipped: install openssl')

test.skipIf(!hasOpenssl)(
  'X is requested by TLS, and an invalid certificate is reported in one line',
  TIMEOUT,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mood-twitter-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    })
    const x = await LocalX.start({ key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') })
    x.rules = [{ id: '1', value: 'cats' }]
    await writeFile(
      join(folder, 'mood.yml'),
      stringify(config(x, { bearer_token_file: undefined, bearer_token: 'token' })),
    )
    const args = [`${ROOT}bin/mood-exporter.mjs`, 'twitter', 'rules']

    const wary = await run(process.execPath, args, folder)
    expect(wary).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^mood-exporter: https:.*self-signed certificate.*\n$/),
    })
    expect(x.requests).toEqual([])

    env.NODE_EXTRA_CA_CERTS = cert
    onTestFinished(() => void delete env.NODE_EXTRA_CA_CERTS)
    expect(await run(process.execPath, args, folder)).toMatchObject({
      code: 0,
      stdout: '1  (not ours: no tag)  cats\n',
    })
  },
)
