import { once } from 'node:events'
import { appendFile, rename, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ChatServer } from '../plugins/sources/twitch/testing-chat.ts'
import { type RunningExporter, startExporter } from '../tools/stack/exporter.ts'
import { STATED_SCORER } from './support/posts.ts'

/** A source whose `create` fails if its options say so. */
const SOURCE = `
import { once } from 'node:events'
import { defineSource, z } from 'mood-exporter/plugin'

export default defineSource({
  name: 'quiet',
  description: 'Says nothing.',
  options: z.object({ fails: z.boolean().default(false) }),
  create: ({ fails }) => {
    if (fails) throw new Error('I cannot be made')
    return {
      async run(emitter, signal) {
        emitter.up()
        await once(signal, 'abort')
      },
    }
  },
})
`

const QUICK = { languages: { detect: false }, workers: 2 }

const post = (i: number) => JSON.stringify({ id: `${i}`, text: `galaxy and nova ${i} #tag @you [0.5]` })

/** A client of the source `tcp` that sends one post after the other, all through what happens meanwhile. */
class Sender {
  sent = 0
  isClosed = false
  #goesOn = true
  readonly #socket: Socket
  readonly #done: Promise<void>

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('close', () => {
      this.isClosed = true
    })
    socket.on('error', () => {})
    this.#done = this.#send()
  }

  static async to(exporter: RunningExporter): Promise<Sender> {
    const { host, port } = await exporter.logged(({ msg, port }) => msg === 'listening' && port !== undefined)
    const socket = connect({ host: host as string, port: port as number })
    await once(socket, 'connect')
    return new Sender(socket)
  }

  /** Sends no more, over a connection that stays open. */
  async pause(): Promise<void> {
    this.#goesOn = false
    await this.#done
  }

  async #send(): Promise<void> {
    while (this.#goesOn && !this.isClosed) {
      this.#socket.write(`${post(this.sent++)}\n`)
      await sleep(2)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pause()
    this.#socket.destroy()
  }
}

/** Reloads by a signal; resolves once it has been tried. */
async function hangUp(exporter: RunningExporter): Promise<void> {
  const { at } = (await exporter.status()).config.lastReload
  exporter.process.kill('SIGHUP')
  while ((await exporter.status()).config.lastReload.at === at) await sleep(20)
}

const reload = (exporter: RunningExporter) => fetch(`${exporter.url}/-/reload`, { method: 'POST' })

test('topics, scorers and extractors change under a connection that stays, and no count is lost', async () => {
  const tcp = { use: 'tcp', listen: '127.0.0.1:0', dedupe: true }
  const first = {
    ...QUICK,
    sources: [tcp],
    topics: { galaxy: ['galaxy'] },
    scorers: [{ use: './stated.ts', name: 'one' }],
    extractors: [{ use: 'hashtags' }],
  }
  const second = {
    ...first,
    workers: 1,
    topics: { galaxy: ['galaxy'], nova: ['nova'] },
    scorers: [...first.scorers, { use: './stated.ts', name: 'two' }],
    extractors: [{ use: 'mentions' }],
  }
  await using exporter = await startExporter(first, { files: { 'stated.ts': STATED_SCORER } })
  await using sender = await Sender.to(exporter)
  for (const config of [second, first, second]) {
    await exporter.configure(config)
    const before = sender.sent
    await hangUp(exporter)
    await exporter.until(samples => samples.sum('mood_source_records_total') > before)
  }
  await exporter.until(samples => samples.all('mood_top_term_posts', { extractor: 'mentions' }).length > 0)
  await sender.pause()

  let samples = await exporter.until(seen => seen.sum('mood_source_records_total') === sender.sent)
  expect(samples.sum('mood_config_last_reload_successful')).toBe(1)
  expect(samples.sum('mood_source_posts_total')).toBe(sender.sent)
  expect(samples.sum('mood_posts_dropped_total')).toBe(0)
  expect(samples.sum('mood_posts_total', { topic: 'galaxy', scorer: 'one' })).toBe(sender.sent)
  const ofTwo = samples.sum('mood_posts_total', { topic: 'galaxy', scorer: 'two' })
  expect(ofTwo).toBeGreaterThan(0)
  expect(ofTwo).toBeLessThan(sender.sent)
  expect(samples.sum('mood_posts_total', { topic: 'nova', scorer: 'one' })).toBe(ofTwo)
  expect(samples.all('mood_top_term_posts', { extractor: 'hashtags' })).toEqual([])

  await exporter.configure(first)
  await hangUp(exporter)
  samples = await exporter.samples()
  expect(samples.all('mood_posts_total', { scorer: 'two' })).toEqual([])
  expect(samples.all('mood_posts_total', { topic: 'nova' })).toEqual([])
  expect(samples.sum('mood_posts_total', { topic: 'galaxy', scorer: 'one' })).toBe(sender.sent)
  expect(sender.isClosed).toBe(false)
  expect(samples.sum('mood_source_reconnects_total')).toBe(0)

  // A client that reaches the port may not reload unless that was allowed.
  expect((await reload(exporter)).status).toBe(403)
})

test('an invalid configuration changes nothing; a valid one is loaded', async () => {
  const config = {
    ...QUICK,
    sources: [{ use: './quiet.ts' }],
    scorers: [{ use: './stated.ts', name: 'one' }],
    extractors: [],
  }
  const files = { 'quiet.ts': SOURCE, 'stated.ts': STATED_SCORER, 'broken.ts': 'export default {' }
  await using exporter = await startExporter(config, { files, args: ['--web.enable-lifecycle'] })
  const archive = { use: 'file', name: 'archive', path: './posts.jsonl' }
  await writeFile(join(exporter.folder, 'posts.jsonl'), `${post(0)}\n${post(1)}\n`)

  const faults: [config: object, problem: string][] = [
    [{ ...config, scorer: [] }, 'did you mean "scorers"'],
    [{ ...config, scorers: [{ use: './gone.ts' }] }, 'gone.ts'],
    [{ ...config, scorers: [{ use: './broken.ts' }] }, 'broken.ts'],
    [
      { ...config, sources: [...config.sources, archive, { use: './quiet.ts', name: 'new', fails: true }] },
      'I cannot be made',
    ],
  ]
  for (const [fault, problem] of faults) {
    await exporter.configure(fault)
    const response = await reload(exporter)
    expect(response.status, problem).toBe(500)
    expect(await response.text()).toContain(problem)
    const { config: shown, sources } = await exporter.status()
    expect(shown.lastReload.ok).toBe(false)
    expect(shown.lastReload.problems.join()).toContain(problem)
    expect(sources.map(({ name, state }) => [name, state])).toEqual([['quiet', 'up']])
    const samples = await exporter.samples()
    expect(samples.sum('mood_config_last_reload_successful')).toBe(0)
    expect(samples.sum('mood_workers')).toBe(1)
  }

  // Many at once, on a file that changed a moment ago: each call sees what was written before it.
  await exporter.configure({ ...config, sources: [...config.sources, archive] })
  const answers = await Promise.all(Array.from({ length: 10 }, () => reload(exporter)))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  const samples = await exporter.until(
    seen => seen.sum('mood_source_posts_total', { source: 'archive' }) === 2,
  )
  expect(samples.sum('mood_config_last_reload_successful')).toBe(1)
  expect(samples.sum('mood_workers')).toBe(1)
  expect(samples.sum('mood_source_up')).toBe(2)

  await exporter.configure({ ...config, sources: [archive] })
  expect((await reload(exporter)).status).toBe(200)
  const left = await exporter.samples()
  expect(left.all('mood_source_up').map(({ labels }) => labels.source)).toEqual(['archive'])
  expect(left.all('mood_source_records_total').map(({ labels }) => labels.source)).toEqual(['archive'])
  expect(left.sum('mood_source_posts_total')).toBe(2)
})

test('a reload that needs a restart, or a commit that fails, says so and changes nothing', async () => {
  const config = {
    ...QUICK,
    sources: [{ use: 'file', path: './posts.jsonl', follow: true }],
    scorers: [{ use: './stated.ts' }],
    extractors: [],
    state: { dir: './state', interval: '200ms' },
  }
  const files = { 'posts.jsonl': `${post(0)}\n`, 'stated.ts': STATED_SCORER }
  await using exporter = await startExporter(config, { files, args: ['--web.enable-lifecycle'] })
  const { folder } = exporter
  const read = (posts: number) =>
    exporter.until(samples => samples.sum('mood_source_posts_total') === posts, 50_000)
  const answer = async () => {
    const response = await reload(exporter)
    return [response.status, await response.text()] as const
  }
  await read(1)

  await exporter.configure({ ...config, state: { dir: './other' } })
  expect(await answer()).toEqual([
    500,
    expect.stringContaining('a changed `state` needs a restart (ERR_RELOAD_STATE)'),
  ])

  await exporter.configure({ ...config, topics: { galaxy: ['galaxy'] } })
  await rename(join(folder, 'state'), join(folder, 'away'))
  await appendFile(join(folder, 'posts.jsonl'), `${post(1)}\n`)
  await exporter.until(samples => samples.sum('mood_state_commit_failures_total') > 0, 50_000)
  expect(await answer()).toEqual([500, expect.stringContaining('(ERR_RELOAD_UNWRITABLE)')])
  expect((await exporter.samples()).sum('mood_source_posts_total')).toBe(1)
  await rename(join(folder, 'away'), join(folder, 'state'))
  await read(2)
  expect(await answer()).toEqual([200, expect.anything()])
})

test('a source whose options change continues at its position', async () => {
  const records = 1000
  const file = { use: 'file', path: './posts.jsonl' }
  const config = (rate: number) => ({ ...QUICK, sources: [{ ...file, rate }], extractors: [] })
  const files = { 'posts.jsonl': Array.from({ length: records }, (_, i) => `${post(i)}\n`).join('') }
  await using exporter = await startExporter(config(100), { files })
  await exporter.until(samples => samples.sum('mood_source_records_total') > 20)
  await exporter.configure(config(5000))
  await hangUp(exporter)
  await exporter.until(samples => samples.sum('mood_source_records_total') >= records)
  const { state } = (await exporter.status()).sources[0] ?? {}
  const samples = await exporter.samples()
  expect(state).toBe('finished')
  expect(samples.sum('mood_source_records_total')).toBe(records)
  expect(samples.sum('mood_source_posts_total')).toBe(records)
})

test('a source goes over to options that may change, and keeps its connection; others make it again', async () => {
  const chat = await ChatServer.start()
  onTestFinished(() => chat.stop())
  const config = (channels: string[], more: object = {}) => ({
    ...QUICK,
    sources: [{ use: 'twitch', channels, server: chat.url, ...more }],
    extractors: [],
  })
  await using exporter = await startExporter(config(['nova', 'star']))
  await vi.waitFor(() => expect(chat.membersOf('nova') + chat.membersOf('star')).toBe(2), 60_000)

  await exporter.configure(config(['nova', 'sun']))
  await hangUp(exporter)
  await vi.waitFor(() => expect(chat.membersOf('sun')).toBe(1), 60_000)
  await vi.waitFor(() => expect(chat.membersOf('star')).toBe(0), 60_000)
  chat.say('sun', 'joined')
  await exporter.until(samples => samples.sum('mood_source_posts_total') === 1)
  expect(chat.connections).toBe(1)

  await exporter.configure(config(['nova', 'moon'], { connect_timeout: '20s' }))
  await hangUp(exporter)
  await vi.waitFor(() => expect(chat.membersOf('moon')).toBe(1), 60_000)
  expect(chat.connections).toBe(2)
})
