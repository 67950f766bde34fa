import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { parseConfig } from '../../config/load.ts'
import { type BackfillOptions, backfill } from './backfill.ts'
import { DAY, HOUR, STEP } from './backfill-testing.ts'
import { BackfillDatabase } from './database.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mood-backfill-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(dir, { recursive: true, force: true })
})

interface Post {
  id?: string
  text: string
  createdAt: number
}
const records = (posts: Post[]) => posts.map(post => `${JSON.stringify(post)}\n`).join('')
const write = (...posts: Post[]) => writeFileSync(join(dir, 'posts.jsonl'), records(posts))
const append = (...posts: Post[]) => appendFileSync(join(dir, 'posts.jsonl'), records(posts))

const FILE = { use: 'file', path: './posts.jsonl', format: 'post' }
/** Plugins run in this thread. */
const CONFIG = {
  sources: [FILE],
  scorers: ['afinn'],
  topics: { nova: ['nova'], rust: ['rust'] },
  extractors: [{ use: 'words', windows: [{ size: '5m', slide: '1m' }] }],
  windows: [{ size: '1m' }],
  languages: { detect: false },
  workers: 0,
}

function run(config: object = CONFIG, more: Partial<BackfillOptions> = {}) {
  const lines: string[] = []
  const line = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level}: ${message} ${JSON.stringify(fields)}`)
  const log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') }
  const result = backfill({
    load: async () => parseConfig(stringify(config), join(dir, 'mood.yml'), {}),
    dir: join(dir, 'past'),
    step: STEP,
    job: 'mood',
    instance: 'past',
    idleMs: 60_000,
    epochMs: 5,
    version: '1.2.3',
    log,
    signal: new AbortController().signal,
    reading: () => {},
    writing: () => {},
    ...more,
  })
  return Object.assign(result, { lines })
}

/** The last values of the series of a metric that have this text, over all files, added up by a label. */
function lastOf(metric: string, label: string, having = ''): Record<string, number> {
  const series = new Map<string, number>()
  for (const name of readdirSync(join(dir, 'past')).sort()) {
    if (!name.endsWith('.om')) continue
    for (const line of readFileSync(join(dir, 'past', name), 'utf8').split('\n')) {
      if (!line.startsWith(`${metric}{`) || !line.includes(having)) continue
      const [labels = '', value] = line.split(/ (?=\S+ \S+$)/)
      series.set(labels, Number.parseFloat(value as string))
    }
  }
  const sums: Record<string, number> = {}
  for (const [labels, value] of series) {
    const [, of = ''] = new RegExp(`[{,]${label}="([^"]*)"`).exec(labels) ?? []
    sums[of] = (sums[of] ?? 0) + value
  }
  return sums
}

const GOOD = { text: 'a good nova', createdAt: DAY }
const BAD = { text: 'a bad nova', createdAt: DAY + 2 * STEP + 1 }
const RUSTY = { text: 'rust and iron', createdAt: DAY + STEP }

describe('a backfill', () => {
  test('counts the posts of all sources by when they were written, and writes them', async () => {
    write(GOOD, BAD)
    writeFileSync(join(dir, 'more.jsonl'), records([RUSTY]))
    const reading = vi.fn<(posts: number) => void>()
    const more = { ...FILE, name: 'more', path: './more.jsonl' }
    const result = await run({ ...CONFIG, sources: [FILE, more] }, { reading })
    expect(result).toEqual({
      posts: 3,
      dropped: [],
      read: { first: DAY, last: DAY + 3 * STEP },
      files: 1,
      bytes: expect.any(Number),
      samples: { first: DAY, last: DAY + 4 * STEP },
      span: 162 * HOUR,
      complete: true,
    })
    expect(reading).toHaveBeenLastCalledWith(3)
    expect(lastOf('mood_posts_total', 'sentiment', 'topic="nova"')).toEqual({
      positive: 1,
      neutral: 0,
      negative: 1,
      unknown: 0,
    })
    expect(lastOf('mood_posts_total', 'source')).toEqual({ file: 2, more: 1 })
    expect(lastOf('mood_top_term_posts', 'term', 'topic="nova"')).toMatchObject({ good: 1, bad: 1 })
    expect(lastOf('mood_posts_total', 'instance')).toEqual({ past: 3 })
  })

  test('says what it did not count', async () => {
    write(GOOD, { text: 'the weather', createdAt: DAY })
    appendFileSync(join(dir, 'posts.jsonl'), 'no post\n')
    const { posts, dropped } = await run()
    expect(posts).toBe(2)
    expect(dropped).toEqual(
      expect.arrayContaining([
        { source: 'file', reason: 'invalid', n: 1 },
        { source: 'file', reason: 'off_topic', n: 1 },
      ]),
    )
    expect(dropped.length).toBe(2)
  })

  test('writes nothing where no post was read', async () => {
    write()
    expect(await run()).toEqual({
      posts: 0,
      dropped: [],
      read: null,
      files: 0,
      bytes: 0,
      samples: null,
      span: 162 * HOUR,
      complete: true,
    })
  })

  test('continues with what is new, and counts no post twice', async () => {
    const sources = [{ ...FILE, dedupe: true }]
    write({ ...GOOD, id: '1' })
    await run({ ...CONFIG, sources })
    append({ ...GOOD, id: '1' }, { ...BAD, id: '2' })
    const result = await run({ ...CONFIG, sources })
    expect(result.posts).toBe(3)
    expect(result.dropped).toEqual([{ source: 'file', reason: 'duplicate', n: 1 }])
    expect(lastOf('mood_posts_total', 'sentiment', 'topic="nova"')).toMatchObject({
      positive: 1,
      negative: 1,
    })
  })

  test('reports progress: posts that were read, and the part that is written', async () => {
    write(GOOD, { ...BAD, createdAt: DAY + 3 * HOUR })
    const writing = vi.fn<(part: number) => void>()
    await run(CONFIG, { writing })
    // A sample a minute; every fifty of them.
    expect(writing).toHaveBeenCalledTimes(3)
    expect(writing.mock.calls[0]?.[0]).toBeCloseTo(49 / 182)
  })
})

describe('samples', () => {
  test('end three hours ago, as Prometheus still writes to the time since', async () => {
    const before = Date.now()
    write({ ...GOOD, createdAt: before - 5 * HOUR }, { ...BAD, createdAt: before - HOUR })
    const { posts, read, samples } = await run()
    const after = Date.now()
    expect(posts).toBe(2)
    expect(read?.last).toBeGreaterThan(before - HOUR)
    expect(samples?.last).toBeGreaterThan(before - 3 * HOUR - STEP)
    expect(samples?.last).toBeLessThanOrEqual(after - 3 * HOUR)
  })

  test('end at `until`, and begin at `since`', async () => {
    write(GOOD, BAD)
    expect(await run(CONFIG, { since: DAY + STEP, until: DAY + 3 * STEP })).toMatchObject({
      read: { first: DAY, last: DAY + 3 * STEP },
      samples: { first: DAY + STEP, last: DAY + 3 * STEP },
    })
  })

  test('of more than 20 years are refused, unless `since` or `until` leaves fewer', async () => {
    const early = Date.UTC(2000, 0, 1)
    write({ ...GOOD, createdAt: early }, BAD)
    await expect(run()).rejects.toMatchObject({
      code: 'ERR_BACKFILL_FOLDER',
      message: `${join(dir, 'past')}: the first post is of 2000-01-01, more than 20 years before the last one: say from when on with --since`,
    })
    expect(await run(CONFIG, { since: DAY })).toMatchObject({ complete: true, samples: { first: DAY } })
    expect(await run(CONFIG, { until: early + HOUR })).toMatchObject({
      complete: true,
      samples: { first: early, last: early + HOUR },
    })
  })
})

describe('a folder', () => {
  test('of the same configuration is used again, whatever changed in what does not affect the counts', async () => {
    write(GOOD)
    await run()
    const other = {
      ...CONFIG,
      limits: { log_lines: 5, queue_bytes: '8MiB' },
      outputs: [{ use: 'stdout', posts: { per_minute: 5 } }],
      reports: [{ name: 'daily', every: '1d' }],
    }
    expect(await run(other)).toMatchObject({ posts: 1, complete: true })
  })

  test('of another configuration, step or version is refused, and stays as it is', async () => {
    write(GOOD)
    await run()
    const sources = [{ ...FILE, dedupe: true }]
    const others: [object, Partial<BackfillOptions>][] = [
      [{ ...CONFIG, topics: { nova: ['nova'] } }, {}],
      [{ ...CONFIG, windows: [{ size: '2m' }] }, {}],
      [{ ...CONFIG, sources }, {}],
      [CONFIG, { step: 2 * STEP }],
      [CONFIG, { version: '1.2.4' }],
    ]
    for (const [config, options] of others)
      await expect(run(config, options), JSON.stringify([config, options])).rejects.toMatchObject({
        code: 'ERR_BACKFILL_FOLDER',
        message: expect.stringContaining('was begun with another configuration'),
      })
    expect(await run()).toMatchObject({ posts: 1 })
  })
})

describe('a source', () => {
  test('that keeps nothing is refused', async () => {
    write(GOOD)
    await expect(run({ ...CONFIG, sources: [FILE, { use: 'stdin', name: 'in' }] })).rejects.toMatchObject({
      code: 'ERR_BACKFILL_SOURCE',
      message: 'the source in (stdin) does not keep what it delivered, so there is no past to read',
    })
    expect(readdirSync(dir)).toEqual(['posts.jsonl'])
  })

  test('that fails ends the backfill, and a later one continues', async () => {
    write(GOOD)
    const absent = { ...FILE, name: 'absent', path: './absent.jsonl' }
    const config = { ...CONFIG, sources: [FILE, absent] }
    await expect(run(config)).rejects.toMatchObject({
      code: 'ERR_BACKFILL_SOURCE',
      message: expect.stringMatching(/^the source absent failed: .*no such file/),
    })
    writeFileSync(join(dir, 'absent.jsonl'), records([BAD]))
    expect(await run(config)).toMatchObject({ posts: 2, complete: true })
  })

  test('without an end counts as read when nothing came for a while', async () => {
    write(GOOD, BAD)
    const result = run({ ...CONFIG, sources: [{ ...FILE, follow: true }] }, { idleMs: 1000 })
    expect(await result).toMatchObject({ posts: 2, complete: true })
    expect(result.lines).toContainEqual(
      'warn: nothing came for a while: the source is held to be read {"source":"file"}',
    )
  })

  test('that ends is not reported', async () => {
    write(GOOD)
    const result = run()
    await result
    expect(result.lines.filter(line => line.startsWith('warn'))).toEqual([])
  })

  test('may use its store during the backfill', async () => {
    writeFileSync(
      join(dir, 'storing.ts'),
      `
import { defineSource, z } from 'mood-exporter/plugin'

export default defineSource({
  name: 'storing',
  description: 'Hands over what it has stored.',
  replayable: true,
  options: z.object({}),
  create: (_, { store }) => ({
    async run(emitter) {
      await store.set('text', 'a good nova')
      emitter.up()
      await emitter.write([JSON.stringify({ text: await store.get('text'), createdAt: ${DAY} })])
    },
  }),
})
`,
    )
    expect(await run({ ...CONFIG, sources: [{ use: './storing.ts', format: 'post' }] })).toMatchObject({
      posts: 1,
    })
    expect(lastOf('mood_posts_total', 'sentiment', 'topic="nova"')).toMatchObject({ positive: 1 })
  })
})

describe('an interruption', () => {
  test('ends the reading; nothing is written, and the next run continues', async () => {
    write(GOOD, BAD)
    const aborter = new AbortController()
    const stopped = run(
      { ...CONFIG, sources: [{ ...FILE, follow: true }] },
      {
        signal: aborter.signal,
        reading: () => aborter.abort(),
      },
    )
    expect(await stopped).toMatchObject({ files: 0, bytes: 0, samples: null, span: 0, complete: false })
    expect(stopped.lines.filter(line => line.startsWith('warn'))).toEqual([])
    expect(readdirSync(join(dir, 'past'))).toEqual(['backfill.db'])
    expect(await run()).toMatchObject({ posts: 2, complete: true })
  })

  test('before the start reads nothing', async () => {
    write(GOOD)
    expect(await run(CONFIG, { signal: AbortSignal.abort() })).toMatchObject({ complete: false, files: 0 })
  })

  test('ends a backfill that cannot write its counts; the next run counts them', async () => {
    write(GOOD)
    const aborter = new AbortController()
    const commit = vi.spyOn(BackfillDatabase.prototype, 'commit').mockImplementation(() => {
      aborter.abort()
      throw new Error('the disk is full')
    })
    const stopped = run(CONFIG, { signal: aborter.signal })
    expect(await stopped).toMatchObject({ posts: 0, complete: false })
    expect(stopped.lines.filter(line => line.startsWith('error'))).toEqual([
      'error: a delta cannot be written; the next run reads its posts again {"error":"the disk is full"}',
    ])
    commit.mockRestore()
    expect(await run()).toMatchObject({ posts: 1, complete: true })
  })
})

test('counts that cannot be written are written later, and the log says so once', async () => {
  write(GOOD, BAD)
  const full = new Error('the disk is full')
  vi.spyOn(BackfillDatabase.prototype, 'commit')
    .mockImplementationOnce(() => {
      throw full
    })
    .mockImplementationOnce(() => {
      throw full
    })
  const result = run()
  expect(await result).toMatchObject({ posts: 2, complete: true })
  expect(result.lines.filter(line => line.startsWith('error'))).toEqual([
    'error: a delta cannot be written; retrying {"error":"the disk is full"}',
  ])
})
