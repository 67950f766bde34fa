import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startExporter } from '../stack/exporter.ts'
import { SCORER } from '../stack/faulty-plugins.ts'
import { onPath } from '../stack/tools.ts'
import { type AttackClass, ensure } from './attack.ts'
import { answers, post, QUIET } from './target.ts'

/** Faults of a scorer, each for one post of many. */
const FAULTS = [
  'none',
  'throws',
  'throwsNothing',
  'nan',
  'two',
  'text',
  'nothing',
  'stray',
  'endless',
  'waits',
  'exits',
]
const LONG_FAULTS = ['systemCall', 'hoards', 'buffers']

/** Results whose properties change, throw or loop when they are read, and changes to shared globals. */
const SLY = `
import { defineScorer, z } from 'mood-exporter/plugin'
import * as threads from 'node:worker_threads'
const faults = {
  getterThrows: () => ({ get score() { throw new Error('no') } }),
  getterChanges: () => { let n = 0; return { get score() { return n++ === 0 ? 0.5 : 7 } } },
  writesPost: post => { post.text = 'terrible'; return 0.5 },
  writesGlobals: () => { JSON.parse = () => null; return 0.5 },
  speaks: () => { threads.parentPort.postMessage(null); threads.parentPort.postMessage({ type: 'delta', epoch: 1 }); return 0.5 },
  babbles: () => { for (let i = 0; i < 500; i++) console.error('babble', i); return 0.5 },
}
export default defineScorer({
  name: 'sly', description: 'A test.', options: z.object({ fault: z.string() }),
  create: ({ fault }) => ({ score: post => (post.text.includes('BOOM ' + fault + ';') ? faults[fault](post) : 0.5) }),
})`
const SLY_FAULTS = ['getterThrows', 'getterChanges', 'writesPost', 'writesGlobals', 'speaks', 'babbles']

const scorers: AttackClass = {
  title: 'faulty plugins',
  async run({ random, short, attempt }) {
    const faults = short ? FAULTS : [...FAULTS, ...LONG_FAULTS]
    const of = (use: string, all: string[]) => all.map(fault => ({ use, name: fault, fault }))
    const used = [...of('./moody.ts', faults), ...of('./sly.ts', SLY_FAULTS)]
    const booms = used.flatMap(({ fault }) => [`BOOM ${fault};`, `BOOM ${fault};`])
    const texts = random.shuffled([...booms, ...Array.from({ length: 300 }, (_, i) => `a good day ${i}`)])
    const config = {
      ...QUIET,
      workers: 2,
      limits: { plugin_timeout: '300ms' },
      sources: [{ use: 'file', path: './posts.jsonl' }],
      scorers: used,
    }
    const posts = texts.map((text, i) => post(text, `${i}`)).join('\n')
    await using exporter = await startExporter(config, {
      files: { 'moody.ts': SCORER, 'sly.ts': SLY, 'posts.jsonl': `${posts}\n` },
    })
    const isWhole = (samples: { sum(name: string, labels?: Record<string, string>): number }) =>
      samples.sum('mood_source_posts_total') === texts.length
    const samples = await exporter.until(isWhole, 240_000)
    for (const { name } of used)
      await attempt(name, async () => {
        const counted = samples.sum('mood_posts_total', { scorer: name })
        ensure(counted === texts.length, `${counted} of ${texts.length} posts are counted`)
        const unknown = samples.sum('mood_posts_total', { scorer: name, sentiment: 'unknown' })
        ensure(unknown <= 2, `it cost ${unknown} posts, and not its own two alone`)
      })
    await attempt('it is still there', () => answers(exporter))
  },
}

const NEVER = `
import { defineScorer, z } from 'mood-exporter/plugin'
export default defineScorer({ name: 'never', description: 'A test.', options: z.object({}), create: () => new Promise(() => setInterval(() => {}, 1000)) })`
const SLEEPS = `
import { spawnSync } from 'node:child_process'
import { defineScorer, z } from 'mood-exporter/plugin'
export default defineScorer({ name: 'sleeps', description: 'A test.', options: z.object({}), create: () => ({ score: () => (spawnSync('sleep', ['60']), 0) }) })`

const hangs: AttackClass = {
  title: 'what never ends: pipes as files, plugins that are never created, system calls',
  async run({ short, attempt }) {
    const base = {
      ...QUIET,
      limits: { create_timeout: '10s' },
      scorers: [{ use: 'afinn' }],
      sources: [{ use: 'demo', rate: 20 }],
    }
    const files = { 'never.ts': NEVER, 'sleeps.ts': SLEEPS }
    await using exporter = await startExporter(base, { files, args: ['--web.enable-lifecycle'] })
    const reload = async () => (await fetch(`${exporter.url}/-/reload`, { method: 'POST' })).status
    await attempt('a scorer that is never created', async () => {
      await exporter.configure({ ...base, scorers: [{ use: './never.ts' }] })
      ensure((await reload()) === 500, 'the reload did not fail')
      await answers(exporter)
    })
    await attempt('a pipe as the configuration', async () => {
      await rm(join(exporter.folder, 'mood.yml'))
      execFileSync('mkfifo', [join(exporter.folder, 'mood.yml')])
      ensure((await reload()) === 500, 'the reload did not fail')
      await rm(join(exporter.folder, 'mood.yml'))
    })
    await attempt('pipes as files', async () => {
      const pipes = ['a', 'b', 'c', 'd', 'e'].map(name => ({
        use: 'file',
        name,
        path: `./${name}`,
        follow: true,
      }))
      for (const { path } of pipes) execFileSync('mkfifo', [join(exporter.folder, path)])
      await exporter.configure({ ...base, sources: [...base.sources, ...pipes] })
      ensure((await reload()) === 200, 'the reload failed')
      for (let i = 0; i < (short ? 3 : 20); i++) await answers(exporter)
    })
    await attempt('a scorer in a system call', async () => {
      await exporter.configure({ ...base, scorers: [{ use: './sleeps.ts' }] })
      ensure((await reload()) === 200, 'the reload failed')
      await answers(exporter)
      const exit = once(exporter.process, 'exit')
      exporter.process.kill('SIGTERM')
      const end = await Promise.race([exit, new Promise(resolve => setTimeout(resolve, 30_000).unref())])
      ensure(end !== undefined, 'it did not end on SIGTERM')
    })
  },
}

const outlets: AttackClass = {
  title: 'a log on a full disk, and an unread one',
  async run({ attempt }) {
    const config = { ...QUIET, limits: { log_lines: 10_000 }, sources: [{ use: 'stdin', format: 'post' }] }
    const noise = `{"text": 1, "more": "${'x'.repeat(60)}"}\n`.repeat(5000)
    const isRead = (samples: { sum(name: string): number }) =>
      samples.sum('mood_source_records_total') === 5000
    await attempt('an unread pipe', async () => {
      await using exporter = await startExporter(config, { stdin: 'pipe' })
      exporter.process.stderr?.pause()
      exporter.process.stdin?.end(noise)
      await exporter.until(isRead, 60_000)
    })
    await attempt('a full disk', async () => {
      const full = openSync('/dev/full', 'w')
      try {
        await using exporter = await startExporter(config, { stdin: 'pipe', stderr: full })
        exporter.process.stdin?.end(noise)
        const samples = await exporter.until(isRead, 60_000)
        ensure(samples.sum('mood_log_lines_lost_total') > 0, 'no line is counted as lost')
      } finally {
        closeSync(full)
      }
    })
  },
}

const records: AttackClass = {
  title: 'bad records',
  async run({ random, short, attempt }) {
    const lines: Buffer[] = []
    const count = short ? 20_000 : 100_000
    for (let i = 0; i < count; i++)
      lines.push(
        i % 100 !== 0
          ? Buffer.from('1')
          : random.chance(0.3)
            ? Buffer.from(post('a good day', `${i}`))
            : noiseOf(random.bytes(random.integer(1, 200))),
      )
    const config = {
      ...QUIET,
      sources: [
        { use: 'file', path: './bad.jsonl', format: 'post' },
        { use: 'http', listen: '127.0.0.1:0' },
      ],
    }
    await using exporter = await startExporter(config)
    await writeFile(
      join(exporter.folder, 'more.jsonl'),
      Buffer.concat(lines.flatMap(line => [line, Buffer.of(10)])),
    )
    await exporter.configure({
      ...config,
      sources: [
        { use: 'file', path: './more.jsonl', format: 'post' },
        { use: 'http', listen: '127.0.0.1:0' },
      ],
    })
    exporter.process.kill('SIGHUP')
    const act = async () => {
      const samples = await exporter.until(
        samples => samples.sum('mood_source_records_total', { source: 'file' }) >= count,
        240_000,
      )
      const of = (name: string) => samples.sum(name, { source: 'file' })
      const records = of('mood_source_records_total')
      ensure(records === count, `${count} lines came to ${records} records`)
      const fates = of('mood_source_posts_total') + of('mood_posts_dropped_total')
      ensure(fates === records, `${records} records came to ${fates} posts and drops`)
    }
    await attempt('each is counted once', act, count)
  },
}

/** Bytes that end a line, make it empty, or begin JSON that would include further lines. */
const CUTTING = new Set([...Buffer.from('\n\r\t "{}[]')])

const noiseOf = (bytes: Buffer) => Buffer.from([120, ...bytes.map(byte => (CUTTING.has(byte) ? 120 : byte))])

const reloads: AttackClass = {
  title: 'reloads in a storm, valid and not, while posts come in',
  async run({ random, short, attempt }) {
    const base = { ...QUIET, sources: [{ use: 'http', listen: '127.0.0.1:0' }] }
    await using exporter = await startExporter(base)
    let sent = 0
    const rounds = short ? 8 : 100
    for (let round = 0; round < rounds; round++)
      await attempt(`reload ${round}`, async () => {
        const topics = random.chance(0.5) ? { [`t${random.integer(1, 3)}`]: ['day'] } : {}
        await exporter.configure(
          random.chance(0.3) ? { ...base, scorers: [{ use: './missing.ts' }] } : { ...base, topics },
        )
        exporter.process.kill('SIGHUP')
        const lines = Array.from({ length: 20 }, (_, i) => post('a good day', `${round}-${i}`))
        const { accepted } = (await exporter.push(lines)) as { accepted: number }
        sent += accepted
        ensure(accepted === lines.length, `${accepted} of ${lines.length} posts were accepted`)
      })
    await attempt('all that was accepted is counted', async () => {
      await exporter.until(samples => samples.sum('mood_source_posts_total') === sent, 60_000)
    })
  },
}

const starved: AttackClass = {
  title: 'a processor shared with busy loops',
  long: true,
  impossible: () => (onPath('taskset') ? null : '`taskset` is not on the PATH: apt-get install util-linux'),
  async run({ attempt }) {
    const config = {
      workers: 2,
      limits: { plugin_timeout: '100ms' },
      sources: [{ use: 'http', listen: '127.0.0.1:0' }],
    }
    await using exporter = await startExporter(config)
    await exporter.logged(({ url }) => typeof url === 'string' && url.endsWith('/posts'))
    const pid = String(exporter.process.pid)
    execFileSync('taskset', ['-a', '-p', '-c', '0', pid])
    const loops = Array.from({ length: 2 }, () =>
      spawn('taskset', [
        '-c',
        '0',
        process.execPath,
        '-e',
        'const end = Date.now() + 60000; while (Date.now() < end);',
      ]),
    )
    const act = async () => {
      // Without a language, so that language data is loaded meanwhile.
      const lines = Array.from({ length: 500 }, (_, i) =>
        JSON.stringify({
          id: `${i}`,
          text: `what a lovely day it is in the park, number ${i}`,
          createdAt: Date.now(),
        }),
      )
      await exporter.push(lines)
      const samples = await exporter.until(
        samples => samples.sum('mood_source_records_total') === 500,
        90_000,
      )
      ensure(samples.sum('mood_source_posts_total') === 500, 'posts were given up')
      ensure(samples.sum('mood_worker_restarts_total') === 0, 'a worker was replaced')
    }
    await attempt('500 posts', act, 500)
    for (const loop of loops) loop.kill('SIGKILL')
  },
}

export const PLUGINS: readonly AttackClass[] = [scorers, hangs, outlets, records, reloads, starved]
