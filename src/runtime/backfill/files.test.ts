import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { labelKey } from '../../catalogue/label-key.ts'
import { METRICS } from '../../catalogue/metrics.ts'
import type { State } from '../../state/state.ts'
import { countAt, DAY, HOUR, recordOf, SHAPE, STEP } from './backfill-testing.ts'
import { BackfillDatabase } from './database.ts'
import { type FilesOptions, writeFiles } from './files.ts'

let dir = ''
let database: BackfillDatabase
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mood-backfill-files-'))
  database = new BackfillDatabase(dir, SHAPE, 'one')
})
afterEach(() => {
  database.close()
  rmSync(dir, { recursive: true, force: true })
})

let epoch = 0
const commit = (count: (delta: State) => void, shape = SHAPE) =>
  database.commit(recordOf(++epoch, count, {}, shape))

const post = (delta: State, at: number, n = 1) =>
  countAt(delta, at, 'mood_posts_total', labelKey('src', 'nova', 'en', 'one', 'positive'), n)

/** The longest block of Prometheus, and the names of the files of one that ends on the evening of `DAY`, and of the next. */
const LONGEST = 162 * HOUR
const FILE = '20250223T000000Z.om'
const NEXT_FILE = '20250301T180000Z.om'

/** A post an hour. */
const commitPosts = (from = DAY, to = from + 4 * HOUR) =>
  commit(delta => {
    for (let at = from; at <= to; at += HOUR) post(delta, at)
  })

function write(more: Partial<FilesOptions> = {}, shape = SHAPE) {
  const options = {
    dir,
    version: '1.2.3',
    job: 'mood',
    instance: 'past',
    sentiment: { positive: 0.05, negative: -0.1 },
    until: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    progress: () => {},
    ...more,
  }
  return writeFiles(database, shape, options)
}

const names = () =>
  readdirSync(dir)
    .filter(name => !name.startsWith('backfill.db'))
    .sort()
const read = (name: string) => readFileSync(join(dir, name), 'utf8')
const inode = (name: string) => statSync(join(dir, name)).ino

/** The samples of a series in a file: value and time in seconds. */
const samples = (name: string, series: RegExp) =>
  read(name)
    .split('\n')
    .filter(line => series.test(line))
    .map(line => line.split(' ').slice(-2).map(Number))

describe('the files', () => {
  test('have the samples of one block each, from the first step to the one in which the last window closes', async () => {
    commitPosts(DAY + 16 * HOUR)
    const result = await write()
    expect(names()).toEqual([FILE, NEXT_FILE])
    expect(result).toEqual({
      files: 2,
      bytes: names().reduce((sum, name) => sum + statSync(join(dir, name)).size, 0),
      samples: { first: DAY + 16 * HOUR, last: DAY + 20 * HOUR + 2 * STEP },
      span: LONGEST,
      complete: true,
    })
    const positive = /^mood_posts_total\{.*"positive"/
    const [first, second] = names().map(name => samples(name, positive)) as [number[][], number[][]]
    expect(first.length).toBe(2 * 60)
    expect(first.at(0)).toEqual([0, (DAY + 16 * HOUR) / 1000])
    expect(first.at(1)).toEqual([1, (DAY + 16 * HOUR + STEP) / 1000])
    expect(second.length).toBe(2 * 60 + 3)
    expect(second.at(0)).toEqual([2, (DAY + 18 * HOUR) / 1000])
    expect(second.at(-1)).toEqual([5, (DAY + 20 * HOUR + 2 * STEP) / 1000])
    expect(read(names()[1] as string)).toMatch(/# EOF\n$/)
  })

  test('have the labels of the job in every series, the thresholds and the version', async () => {
    commitPosts(DAY, DAY)
    await write()
    const [name, ...more] = names() as [string]
    expect(more).toEqual([])
    const series = read(name)
      .split('\n')
      .filter(line => line.startsWith('mood_'))
    expect(series.filter(line => !line.includes('job="mood",instance="past"'))).toEqual([])
    const at = DAY / 1000
    expect(series).toContain(
      `mood_sentiment_threshold{job="mood",instance="past",sentiment="positive"} 0.05 ${at}`,
    )
    expect(series).toContain(
      `mood_sentiment_threshold{job="mood",instance="past",sentiment="negative"} -0.1 ${at}`,
    )
    expect(series).toContain(
      `mood_build_info{job="mood",instance="past",version="1.2.3",node="${process.versions.node}"} 1 ${at}`,
    )
  })

  test('can be read by the user only', async () => {
    commitPosts(DAY, DAY)
    await write()
    expect(names().map(name => statSync(join(dir, name)).mode & 0o777)).toEqual([0o600])
  })

  test('have the windows of posts that were counted', async () => {
    commit(delta => {
      post(delta, DAY)
      delta.windows.get('1m')?.slices.at(DAY).mood(labelKey('nova', 'one')).add(0, 0.5)
    })
    await write()
    expect(samples(names()[0] as string, /^mood_window_posts\{.*"positive"/)).toContainEqual([
      1,
      (DAY + STEP) / 1000,
    ])
  })

  test('are written to a folder that is created', async () => {
    commitPosts(DAY, DAY)
    const nested = join(dir, 'a', 'b')
    await write({ dir: nested })
    expect(readdirSync(nested)).toEqual([FILE])
  })
})

describe('samples', () => {
  test('begin at `since`, a whole step, with what was counted before', async () => {
    commitPosts()
    const { samples: times } = await write({ since: DAY + 2 * HOUR + STEP + 1 })
    expect(times).toEqual({ first: DAY + 2 * HOUR + STEP, last: DAY + 4 * HOUR + 2 * STEP })
    expect(samples(names()[0] as string, /^mood_posts_total\{.*"positive"/)[0]).toEqual([
      3,
      (DAY + 2 * HOUR + STEP) / 1000,
    ])
  })

  test('do not begin before the first post', async () => {
    commitPosts()
    expect((await write({ since: 0 })).samples?.first).toBe(DAY)
  })

  test('end at `until`, a whole step', async () => {
    commitPosts()
    expect((await write({ until: DAY + HOUR + 2 * STEP + 1 })).samples).toEqual({
      first: DAY,
      last: DAY + HOUR + 2 * STEP,
    })
  })

  test('may be a single one', async () => {
    commitPosts()
    const at = DAY
    expect(await write({ until: at })).toMatchObject({ files: 1, samples: { first: at, last: at } })
  })

  test('are none without posts, or if all are later', async () => {
    const none = { files: 0, bytes: 0, samples: null, span: LONGEST, complete: true }
    expect(await write()).toEqual(none)
    commitPosts()
    expect(await write({ until: DAY - 1 })).toEqual(none)
    expect(names()).toEqual([])
  })
})

describe('a file', () => {
  test('that an earlier run wrote is kept', async () => {
    commitPosts()
    const first = await write()
    const [name] = names() as [string]
    const before = inode(name)
    expect(await write()).toEqual(first)
    expect(inode(name)).toBe(before)
  })

  test('that an earlier run wrote is kept after epochs without posts', async () => {
    commitPosts()
    await write()
    const before = inode(names()[0] as string)
    commit(() => {})
    await write()
    expect(inode(names()[0] as string)).toBe(before)
  })

  test('that is gone or has another size is written again', async () => {
    commitPosts()
    const first = await write()
    const [name] = names() as [string]
    const text = read(name)
    truncateSync(join(dir, name), 100)
    expect(await write()).toEqual(first)
    expect(read(name)).toBe(text)
    rmSync(join(dir, name))
    expect(await write()).toEqual(first)
    expect(read(name)).toBe(text)
  })

  test.each<[string, Partial<FilesOptions>]>([
    ['another label', { job: 'other' }],
    ['another instance', { instance: 'other' }],
    ['another start', { since: DAY + HOUR }],
    ['another end', { until: DAY + 2 * HOUR }],
  ])('of an earlier run with %s is replaced', async (_, more) => {
    commitPosts()
    await write()
    const [name] = names() as [string]
    const text = read(name)
    await write(more)
    expect(names()).toEqual([name])
    expect(read(name)).not.toBe(text)
  })

  test('of an earlier run is written again after further posts', async () => {
    commitPosts()
    await write()
    const positive = /^mood_posts_total\{.*"positive"/
    expect(samples(names()[0] as string, positive).at(-1)?.[0]).toBe(5)
    commit(delta => post(delta, DAY))
    await write()
    expect(samples(names()[0] as string, positive).at(-1)?.[0]).toBe(6)
  })

  test('of an earlier run that is outside of this one is deleted, and others of the folder are not', async () => {
    commit(delta => {
      post(delta, DAY)
      post(delta, DAY + LONGEST)
    })
    await write()
    writeFileSync(join(dir, 'notes.txt'), '')
    const [first, second] = names() as [string, string]
    await write({ since: DAY + LONGEST })
    expect(names()).toEqual([second, 'notes.txt'])
    await write({ until: DAY })
    expect(names()).toEqual([first, 'notes.txt'])
  })

  test('that cannot be written leaves nothing behind', async () => {
    commitPosts()
    // A folder with its name, which it cannot replace.
    mkdirSync(join(dir, FILE, 'in the way'), { recursive: true })
    await expect(write()).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/)
    expect(names()).toEqual([FILE])
  })
})

describe('a block', () => {
  /** The span for this step and what is counted in one step. */
  async function spanOf(count: (delta: State) => void, step = 1000, more: Partial<typeof SHAPE> = {}) {
    const shape = { ...SHAPE, ...more, step }
    database.close()
    rmSync(dir, { recursive: true })
    database = new BackfillDatabase(dir, shape, 'one')
    commit(count, shape)
    return (await write({ until: 0 }, shape)).span / HOUR
  }
  const counters = (delta: State, n: number) => {
    for (let i = 0; i < n; i++) countAt(delta, DAY, 'mood_posts_total', `${i}`)
  }

  test('is the longest of Prometheus whose samples fit into a file', async () => {
    // 583,200 steps of a second in 162 hours, and 4,000,000 samples.
    expect(await spanOf(delta => counters(delta, 6))).toBe(162)
    expect(await spanOf(delta => counters(delta, 7))).toBe(54)
    expect(await spanOf(delta => counters(delta, 21))).toBe(18)
    expect(await spanOf(delta => counters(delta, 62))).toBe(6)
    expect(await spanOf(delta => counters(delta, 186))).toBe(2)
    expect(await spanOf(delta => counters(delta, 600))).toBe(2)
    // 800,000 steps in six hours.
    expect(await spanOf(delta => counters(delta, 5), 27)).toBe(6)
  })

  test('has a line for each sentiment and the mean score of a window', async () => {
    const windows = [1000, 2000].map(size => ({ label: `${size / 1000}s`, size, slide: 1000, lateness: 0 }))
    const count = (n: number) => (delta: State) => {
      delta.windows.get('1s')?.slices.at(DAY).mood(labelKey('nova', 'one')).add(0, 0)
      counters(delta, n)
    }
    expect(await spanOf(count(1), 1000, { windows })).toBe(162)
    expect(await spanOf(count(2), 1000, { windows })).toBe(54)
  })

  test('has the lines of a histogram: buckets, sum and count', async () => {
    const lines = METRICS.mood_positivity_ratio.buckets.length + 3
    const count = (n: number) => (delta: State) => {
      delta.steps?.at(DAY).histogram('mood_positivity_ratio').cell('one').observe(0.5)
      counters(delta, n)
    }
    expect(lines).toBeLessThan(61)
    // 64,800 steps in 18 hours: 61 lines fit.
    expect(await spanOf(count(61 - lines))).toBe(18)
    expect(await spanOf(count(62 - lines))).toBe(6)
  })

  test('has two lines for each top term of a window of an extractor, and one for their error', async () => {
    const windows = [4000, 6000].map(size => ({ label: `${size}`, size, slide: 2000 }))
    const extractors = [
      { name: 'tags', top: 50, windows },
      { name: 'words', top: 2, windows },
    ]
    const count = (n: number) => (delta: State) => {
      delta.terms.get('words')?.[0]?.slices.at(DAY, 'nova').observe('term', 0.5)
      counters(delta, n)
    }
    // 194,400 steps in 54 hours: 20 lines fit, and 10 of them are those of the terms.
    expect(await spanOf(count(10), 1000, { extractors })).toBe(54)
    expect(await spanOf(count(11), 1000, { extractors })).toBe(18)
  })
})

test('other work gets a turn every fifty steps, and progress is a part of 1', async () => {
  commitPosts(DAY, DAY + 2 * HOUR)
  const progress = vi.fn<(part: number) => void>()
  let turns = 0
  const turn = () => {
    turns++
    immediate = setImmediate(turn)
  }
  let immediate = setImmediate(turn)
  await write({ progress })
  clearImmediate(immediate)
  // 123 samples: the 50th and the 100th.
  expect(progress.mock.calls).toEqual([[49 / 122], [99 / 122]])
  expect(turns).toBeGreaterThanOrEqual(2)
})

test('an abort ends between steps; the files that are whole stay, and are not written again', async () => {
  commit(delta => {
    post(delta, DAY)
    post(delta, DAY + LONGEST)
  })
  const aborter = new AbortController()
  const stopped = await write({
    signal: aborter.signal,
    progress: () => {
      if (names().length > 0) aborter.abort()
    },
  })
  expect(stopped).toEqual({ files: 1, bytes: 0, samples: null, span: LONGEST, complete: false })
  const [first] = names() as [string]
  const before = inode(first)
  const whole = await write()
  expect(whole).toMatchObject({ files: 2, complete: true })
  expect(inode(first)).toBe(before)
  expect(whole.bytes).toBe(names().reduce((sum, name) => sum + statSync(join(dir, name)).size, 0))
})
