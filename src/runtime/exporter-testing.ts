import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { stringify } from 'yaml'
import { type LoadResult, loadConfig } from '../config/load.ts'
import { Exporter, type ExporterOptions } from './exporter.ts'
import type { ReloadResult } from './reload/reloads.ts'

/**
 * A source that reads the lines of a file as it grows. It notes its creation, the topics and options that it receives, its
 * commits and its end in the file `notes`. If its options say so, its `create` fails, or it reports more of its
 * connection. One that runs `once` fails when it runs again, as its store says.
 */
const FEED = `
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineSource, z } from 'mood-exporter/plugin'

export default defineSource({
  name: 'feed',
  description: 'The lines of a file.',
  replayable: true,
  changeable: ['label'],
  options: z.object({
    label: z.string().default(''),
    path: z.string(),
    tag: z.string().default(''),
    creates: z.boolean().default(true),
    runs: z.enum(['well', 'with reports', 'once']).default('well'),
  }),
  metrics: { lines: { type: 'counter', help: 'Lines.' } },
  async create({ path, tag, creates, runs }, { name, baseDir, position, metrics, store }) {
    const note = text => appendFileSync(join(baseDir, 'notes'), name + ' ' + text + '\\n')
    if (!creates) throw new Error('the feed cannot be created')
    const starts = (await store.get('starts')) ?? 0
    await store.set('starts', starts + 1)
    note('created' + tag + ' at ' + (position ?? 'the start'))
    return {
      async run(emitter, signal) {
        if (runs === 'once' && starts > 0) throw new Error('the feed runs only once')
        emitter.up()
        if (runs === 'with reports') {
          emitter.gap('lost', 1500)
          emitter.refused('401')
          emitter.down('the server has gone', 'network')
          emitter.up()
        }
        let line = Number(position ?? 0)
        while (!signal.aborted) {
          const lines = readFileSync(join(baseDir, path), 'utf8').split('\\n').slice(0, -1)
          for (; line < lines.length && !signal.aborted; line++) {
            await emitter.write([lines[line]], { position: line + 1 })
            metrics.lines.add(1)
          }
          await sleep(5)
        }
      },
      commit: (_, position) => note('committed ' + position),
      options: ({ label }) => note('options ' + label),
      topics: topics => note('topics ' + topics.map(({ name }) => name).join(' ')),
      close: () => note('closed'),
    }
  },
})
`

/**
 * A scorer that returns the number in brackets: `so so [-0.5]`. It never returns for a text with `stuck`, and ends its
 * worker at one with `exit`.
 */
const STATED = `
import { defineScorer, z } from 'mood-exporter/plugin'

export default defineScorer({
  name: 'stated',
  description: 'The number in brackets.',
  options: z.object({ creates: z.boolean().default(true) }),
  create({ creates }) {
    if (!creates) throw new Error('the scorer cannot be created')
    return {
      batchSize: 1,
      scoreBatch: async posts => {
        if (posts.some(({ text }) => text.includes('exit'))) process.exit(1)
        if (posts.some(({ text }) => text.includes('stuck'))) await new Promise(() => {})
        return posts.map(({ text }) => {
          const stated = /\\[(\\S+)\\]/.exec(text)
          return stated ? Number(stated[1]) : null
        })
      },
    }
  },
})
`

/** An output whose `create` fails, or whose writes do not end. */
const UNREADY = `
import { defineOutput, z } from 'mood-exporter/plugin'

export default defineOutput({
  name: 'unready',
  description: 'Delivers nothing.',
  takes: ['windows'],
  options: z.object({ creates: z.boolean().default(false) }),
  create({ creates }) {
    if (!creates) throw new Error('the output cannot be created')
    return { write: () => new Promise(() => {}) }
  },
})
`

/** An output that relays posts to a file, and takes its time for windows. */
const RECEIVER = `
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defineOutput, z } from 'mood-exporter/plugin'

export default defineOutput({
  name: 'receiver',
  description: 'Writes texts to a file.',
  takes: ['windows'],
  options: z.object({}),
  create: (_, { baseDir }) => ({
    async write(events) {
      await sleep(300)
      for (const { key } of events) appendFileSync(join(baseDir, 'written'), key + '\\n')
    },
    async relay(posts) {
      for (const { text } of posts) appendFileSync(join(baseDir, 'relayed'), text + '\\n')
    },
  }),
})
`

/** Everything but the store in the main thread, with built-in plugins: it starts in a few milliseconds. */
export const BASIC = {
  sources: [{ use: 'file', path: './posts', follow: true, poll: '10ms' }],
  scorers: [{ use: 'afinn' }],
  extractors: [] as object[],
  languages: { detect: false },
  workers: 0,
}

/** The same with the plugins above, whose validation takes a thread. */
export const CUSTOM = {
  ...BASIC,
  sources: [{ use: './feed.ts', path: './posts' }],
  scorers: [{ use: './stated.ts' }],
}

/** Threads of this process. */
export const threads = () => process.getActiveResourcesInfo().filter(name => name === 'MessagePort').length

/** The problems of a reload; none if it succeeded. */
export const problemsOf = (result: ReloadResult) => (result.ok ? [] : result.problems)

/** A post as a line of the file of the feed. */
export const post = (text: string, createdAt = Date.now()) =>
  `${JSON.stringify({ text, created_at: new Date(createdAt).toISOString() })}\n`

export interface LogLine {
  level: string
  message: string
  fields: Record<string, unknown>
}

/** A folder with the plugins above, in which exporters run. */
export class ExporterFolder {
  readonly path: string
  /** What its exporters logged. */
  readonly log: LogLine[] = []

  private constructor(path: string) {
    this.path = path
  }

  /** @param config of its `mood.yml`; @param posts that are in the feed's file */
  static async make(config: object = BASIC, posts: readonly string[] = []): Promise<ExporterFolder> {
    const folder = new ExporterFolder(await mkdtemp(join(tmpdir(), 'mood-exporter-')))
    onTestFinished(() => rm(folder.path, { recursive: true, force: true }))
    await folder.write('feed.ts', FEED)
    await folder.write('stated.ts', STATED)
    await folder.write('unready.ts', UNREADY)
    await folder.write('receiver.ts', RECEIVER)
    await folder.write('posts', posts.join(''))
    await folder.write('notes', '')
    await folder.configure(config)
    return folder
  }

  get file(): string {
    return join(this.path, 'mood.yml')
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(join(this.path, name), text)
  }

  /** Appends posts to the file of the feed. */
  post(...posts: string[]): Promise<void> {
    return appendFile(join(this.path, 'posts'), posts.join(''))
  }

  configure(config: object): Promise<void> {
    return this.write('mood.yml', stringify(config))
  }

  /** The lines of a file. */
  async lines(name: string): Promise<string[]> {
    return (await readFile(join(this.path, name), 'utf8')).split('\n').slice(0, -1)
  }

  /** The names of sources in the order in which they came up: each once for each time that it was created. */
  get cameUp(): unknown[] {
    return this.log.filter(({ message }) => message === 'a source is up').map(({ fields }) => fields.source)
  }

  readonly load = (): Promise<LoadResult> => loadConfig(this.file)

  /** Creates an exporter in this process, without running it. It is closed after the test. */
  async create(more: Partial<ExporterOptions> = {}): Promise<TestedExporter> {
    const line =
      (level: string) =>
      (fields: object, message: string): void =>
        void this.log.push({ level, message, fields: { ...fields } })
    const log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
    const exporter = await Exporter.create({ from: this.load, version: '1.2.3', log, ...more })
    onTestFinished(() => exporter.close(0))
    return new TestedExporter(exporter)
  }

  async run(more: Partial<ExporterOptions> = {}): Promise<TestedExporter> {
    const tested = await this.create(more)
    tested.exporter.run()
    return tested
  }
}

/** An exporter in this process, and its metrics. */
export class TestedExporter {
  readonly exporter: Exporter

  constructor(exporter: Exporter) {
    this.exporter = exporter
  }

  async text(): Promise<string> {
    return (await this.exporter.metrics('text')).bytes.toString()
  }

  /** The lines of a metric, without its name. */
  async series(metric: string): Promise<string[]> {
    const lines = (await this.text()).split('\n')
    return lines
      .filter(line => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
      .map(line => line.slice(metric.length).trim())
  }

  /** The sum over the series of a metric whose line contains each of these label pairs, such as `source="feed"`. */
  async sum(metric: string, ...labels: string[]): Promise<number> {
    const lines = (await this.series(metric)).filter(line => labels.every(label => line.includes(label)))
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  }

  /** Resolves once a metric has that sum. */
  async until(n: number, metric: string, ...labels: string[]): Promise<void> {
    await eventually(async () => {
      const sum = await this.sum(metric, ...labels)
      if (sum !== n) throw new Error(`${metric} of ${labels}: expected ${n}, got ${sum}`)
    })
  }

  /** Resolves once this number of posts is counted. */
  counted(posts: number): Promise<void> {
    return this.until(posts, 'mood_source_posts_total')
  }
}

/** Resolves once a condition holds: what it calls does not throw. */
export const eventually = <T>(condition: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(condition, { timeout: 60_000, interval: 10 })

/**
 * Tests a reload of a configuration with one more topic, scorer and source, and extractors, and one back to the first.
 * Both have the topic `nova`, of which the posts are two; the larger one has `galaxy`, the scorer `second`, and the
 * source `other`, whose file has the post `others` of `nova`.
 *
 * @param scorer of both configurations
 * @param more a post of `galaxy` with the hashtag #b
 * @param whileLarger further expectations of the larger configuration
 */
export async function reloadThereAndBack(
  folder: ExporterFolder,
  {
    first,
    second,
    scorer,
    others,
    more,
  }: Record<'first' | 'second', object> & Record<'scorer' | 'others' | 'more', string>,
  whileLarger: (tested: TestedExporter) => Promise<void>,
): Promise<void> {
  await folder.write('others', post(others))
  const tested = await folder.run()
  const { exporter } = tested
  await tested.until(3, 'mood_source_records_total')

  await folder.configure(second)
  expect(await exporter.reload()).toEqual({ ok: true })
  await folder.post(post(more))
  await tested.counted(5)
  await eventually(async () => expect(await tested.sum('mood_top_term_posts', '#b')).toBeGreaterThan(0))
  expect(await tested.sum('mood_posts_total', 'topic="nova"', `scorer="${scorer}"`)).toBe(3)
  expect(await tested.sum('mood_posts_total', 'topic="nova"', 'scorer="second"')).toBe(1)
  expect(await tested.sum('mood_posts_total', 'topic="galaxy"', 'scorer="second"')).toBe(1)
  await whileLarger(tested)

  await folder.configure(first)
  expect(await exporter.reload()).toEqual({ ok: true })
  const text = await tested.text()
  for (const gone of ['topic="galaxy"', 'scorer="second"', 'source="other"', 'extractor="hashtags"'])
    expect(text).not.toContain(gone)
  expect(await tested.sum('mood_posts_total', 'topic="nova"')).toBe(2)
}
