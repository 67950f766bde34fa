import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MoodError } from '../../catalogue/errors.ts'
import { labelKey } from '../../catalogue/label-key.ts'
import type { State } from '../../state/state.ts'
import { summaryText, TermSummary } from '../../state/term-summary.ts'
import { countAt, DAY, recordOf, SHAPE, STEP } from './backfill-testing.ts'
import { BackfillDatabase, type Rows } from './database.ts'

let dir = ''
let database: BackfillDatabase
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mood-backfill-database-'))
  database = new BackfillDatabase(dir, SHAPE, 'one')
})
afterEach(() => {
  if (isOpen(database)) database.close()
  rmSync(dir, { recursive: true, force: true })
})

function isOpen(database: BackfillDatabase): boolean {
  try {
    return database.countedUntil >= 0
  } catch {
    return false
  }
}

const POSTS = 'mood_posts_total'
const KEY = labelKey('src', 'nova', 'en', 'one', 'positive')
const MOOD = labelKey('nova', 'one')

const rows = <Table extends keyof Rows>(table: Table): Rows[Table][] => [...database.rows(table)]
const commit = (epoch: number, count: (delta: State) => void, more: Parameters<typeof recordOf>[2] = {}) =>
  database.commit(recordOf(epoch, count, more))

/** Closes the database and opens it again. */
function reopen(shape = SHAPE): void {
  database.close()
  database = new BackfillDatabase(dir, shape, 'one')
}

/** Terms of an epoch: how often each occurs in posts of a topic, in the slice with this start. */
function termsOf(start: number, terms: Record<string, number>, extractor = 'words') {
  const summary = new TermSummary(SHAPE.terms)
  for (const [term, n] of Object.entries(terms)) for (let i = 0; i < n; i++) summary.observe(term, 0.5)
  return [extractor, '', start, 'nova', summaryText(summary.encode())] as const
}

function commitTerms(epoch: number, ...terms: ReturnType<typeof termsOf>[]): void {
  const { deltas, ...record } = recordOf(epoch, () => {})
  database.commit({
    ...record,
    deltas: deltas.map(({ base }) => ({ base, terms: terms.map(all => [...all]) })),
  })
}

/** How often each term occurs in a row. */
function termCounts({ terms: [, , , , summary] }: Rows['terms']): Record<string, number> {
  const decoded = TermSummary.decode(SHAPE.terms, summary as string)
  return Object.fromEntries(decoded.top(10).map(([term, { count }]) => [term, count]))
}

describe('a new database', () => {
  test('is a file that only the user may read, in a folder that is created', () => {
    const nested = join(dir, 'a', 'b')
    new BackfillDatabase(nested, SHAPE, 'one').close()
    expect(statSync(join(nested, 'backfill.db')).mode & 0o777).toBe(0o600)
  })

  test('has counted nothing', () => {
    expect(database.span()).toBeNull()
    expect(database.totals()).toEqual([])
    expect(database.countedUntil).toBe(0)
    expect(database.seriesKinds()).toEqual([])
    expect(database.resumePoint()).toEqual({ epoch: 0, positions: new Map(), ids: [] })
    expect(rows('counts')).toEqual([])
  })
})

describe('a folder is refused', () => {
  const problemOf = (dir: string, fingerprint = 'one'): MoodError => {
    try {
      new BackfillDatabase(dir, SHAPE, fingerprint).close()
    } catch (error) {
      return error as MoodError
    }
    return expect.unreachable('it was opened')
  }

  test('while another process uses it', () => {
    expect(problemOf(dir)).toMatchObject({
      code: 'ERR_BACKFILL_FOLDER',
      message: `${dir}: is in use by another process`,
      cause: expect.any(Error),
    })
  })

  test('if another configuration was backfilled to it, and then it is free again', () => {
    database.close()
    const error = problemOf(dir, 'another')
    expect(error).toBeInstanceOf(MoodError)
    expect(error).toMatchObject({
      code: 'ERR_BACKFILL_FOLDER',
      message: `${dir}: was begun with another configuration, step or version; name an empty folder`,
    })
    database = new BackfillDatabase(dir, SHAPE, 'one')
  })

  test('if its database is not one', () => {
    database.close()
    writeFileSync(join(dir, 'backfill.db'), 'not a database, but a text of some length')
    expect(problemOf(dir)).toMatchObject({
      code: 'ERR_BACKFILL_FOLDER',
      message: expect.stringContaining('not a database'),
    })
  })

  test('if it is a file', () => {
    const file = join(dir, 'file')
    writeFileSync(file, '')
    expect(problemOf(file)).toMatchObject({
      code: 'ERR_BACKFILL_FOLDER',
      message: `${file}: it is a file; name a folder`,
    })
    expect(problemOf(join(file, 'a'))).toMatchObject({
      message: `${join(file, 'a')}: a part of its path is a file; name a folder`,
    })
  })
})

describe('an epoch', () => {
  test('adds its counts to those of the same step and series', () => {
    const other = labelKey('src', 'nova', 'ko', 'one', 'positive')
    commit(1, delta => {
      countAt(delta, DAY + STEP, POSTS, KEY, 2)
      countAt(delta, DAY, POSTS, other, 5)
    })
    commit(2, delta => {
      countAt(delta, DAY + STEP + 1, POSTS, KEY, 3)
      countAt(delta, DAY + 2 * STEP, POSTS, KEY)
      countAt(delta, DAY, 'mood_posts_by_emotion_total', KEY)
    })
    const expected = [
      { start: DAY, metric: POSTS, key: other, n: 5 },
      { start: DAY, metric: 'mood_posts_by_emotion_total', key: KEY, n: 1 },
      { start: DAY + STEP, metric: POSTS, key: KEY, n: 5 },
      { start: DAY + 2 * STEP, metric: POSTS, key: KEY, n: 1 },
    ]
    expect(rows('counts')).toStrictEqual(expected)
    reopen()
    expect(rows('counts')).toStrictEqual(expected)
    expect(database.span()).toEqual({ first: DAY, last: DAY + 2 * STEP })
    expect(database.seriesKinds()).toEqual([POSTS, POSTS, 'mood_posts_by_emotion_total'])
  })

  test('adds to the totals of counters', () => {
    const count = (delta: State) => {
      delta.counter('mood_source_posts_total').add('src', 4)
      delta.counter('mood_posts_dropped_total').add(labelKey('src', 'invalid'), 1)
    }
    commit(1, count)
    commit(2, count)
    expect(database.totals()).toEqual([
      { metric: 'mood_posts_dropped_total', key: labelKey('src', 'invalid'), n: 2 },
      { metric: 'mood_source_posts_total', key: 'src', n: 8 },
    ])
  })

  test('adds the buckets and the sum of histograms', () => {
    const key = labelKey('src', 'nova', 'one')
    const observe = (delta: State, ...values: number[]) => {
      for (const value of values)
        delta.steps?.at(DAY).histogram('mood_positivity_ratio').cell(key).observe(value)
    }
    commit(1, delta => observe(delta, 0, 0, 1))
    commit(2, delta => observe(delta, 1, 0.5))
    const found = rows('histograms')
    expect(
      found.every(
        ({ start, metric, key: of }) => start === DAY && metric === 'mood_positivity_ratio' && of === key,
      ),
    ).toBe(true)
    const [sum, ...buckets] = found
    expect(sum).toMatchObject({ bucket: null, n: 2.5 })
    // Only the buckets with posts.
    expect(buckets.map(({ n }) => n)).toEqual([2, 1, 2])
    expect(buckets[0]?.bucket).toBe(0)
  })

  test('adds the moods of windows, of those slices that a sample shows', () => {
    const shape = { ...SHAPE, windows: [{ label: '10s', size: 10_000, slide: 10_000, lateness: 0 }] }
    reopen(shape)
    const count = (delta: State) => {
      const add = (at: number, sentiment: number, score: number) =>
        delta.windows.get('10s')?.slices.at(at).mood(MOOD).add(sentiment, score)
      // The last ten seconds of a step are in the sample at its end.
      for (const [sentiment, score] of [0.5, 0, -1, 0].entries()) add(DAY + 50_000, sentiment, score)
      add(DAY + 40_000, 0, 0.5)
    }
    const record = (epoch: number) => recordOf(epoch, count, {}, shape)
    database.commit(record(1))
    database.commit(record(2))
    expect(rows('moods')).toEqual([{ start: DAY + 50_000, window: '10s', mood: [MOOD, [2, 2, 2, 2], -1] }])
    expect(database.seriesKinds()).toEqual(['10s'])
  })

  test('merges the terms of a slice', () => {
    commitTerms(1, termsOf(DAY, { nova: 3, rust: 1 }))
    commitTerms(2, termsOf(DAY, { nova: 1, ash: 2 }), termsOf(DAY + STEP, { ash: 1 }))
    const [first, second, ...more] = rows('terms') as [Rows['terms'], Rows['terms']]
    expect(more).toEqual([])
    expect(first).toMatchObject({ start: DAY, terms: ['words', '', DAY, 'nova', expect.any(String)] })
    expect(termCounts(first)).toEqual({ nova: 4, rust: 1, ash: 2 })
    expect(second.start).toBe(DAY + STEP)
    expect(termCounts(second)).toEqual({ ash: 1 })
  })

  test('stores no terms that no sample shows', () => {
    const windows = [{ label: '10s', size: 10_000, slide: 5000 }]
    const extractors = [
      { name: 'tags', top: 2, windows: [{ label: '1h', size: 3_600_000, slide: 60_000 }] },
      { name: 'words', top: 2, windows },
    ]
    reopen({ ...SHAPE, extractors })
    commitTerms(
      1,
      termsOf(DAY, { nova: 1 }),
      termsOf(DAY + 55_000, { rust: 1 }),
      termsOf(DAY, { ash: 1 }, 'unknown'),
    )
    expect(rows('terms').map(({ start }) => start)).toEqual([DAY + 55_000])
  })

  test('moves positions, and forgets those of closed partitions', () => {
    commit(1, () => {}, {
      positions: [
        ['file', '', 10],
        ['kafka', 'posts-0', { offset: 5 }],
        ['kafka', 'posts-1', 'seven'],
      ],
    })
    commit(2, () => {}, {
      positions: [
        ['file', '', 20],
        ['kafka', 'posts-0', null],
      ],
    })
    expect(database.resumePoint()).toEqual({
      epoch: 2,
      positions: new Map<string, Map<string, unknown>>([
        ['file', new Map([['', 20]])],
        ['kafka', new Map([['posts-1', 'seven']])],
      ]),
      ids: [],
    })
  })

  test('keeps all partitions of a source apart', () => {
    commit(1, () => {}, {
      positions: [
        ['kafka', 'a', 1],
        ['kafka', 'b', 2],
      ],
    })
    reopen()
    expect(database.resumePoint().positions).toEqual(
      new Map([
        [
          'kafka',
          new Map([
            ['a', 1],
            ['b', 2],
          ]),
        ],
      ]),
    )
  })

  test('remembers the ids that it saw, each slot with its last value', () => {
    commit(1, () => {}, { ids: [Int32Array.of(3, 30, 4, 40)] })
    commit(2, () => {}, { ids: [Int32Array.of(3, 31), Int32Array.of(5, 50)] })
    expect(database.resumePoint().ids).toEqual([
      [3, 31],
      [4, 40],
      [5, 50],
    ])
  })

  test('counts as one with posts only if it has any', () => {
    commit(1, delta => countAt(delta, DAY, POSTS, KEY))
    commit(2, () => {}, { positions: [['file', '', 1]] })
    expect(database.countedUntil).toBe(1)
    expect(database.resumePoint().epoch).toBe(2)
    // The delta of a shape without steps.
    const { step: _, ...shape } = SHAPE
    database.commit(recordOf(3, () => {}, {}, shape))
    expect(database.countedUntil).toBe(1)
  })

  test('is stored completely or not at all', () => {
    commit(1, delta => countAt(delta, DAY, POSTS, KEY), { positions: [['file', '', 1]] })
    const circular: Record<string, unknown> = {}
    circular.self = circular
    const wrong = () =>
      commit(
        2,
        delta => {
          countAt(delta, DAY, POSTS, KEY)
          countAt(delta, DAY, 'mood_posts_by_emotion_total', KEY)
        },
        { ids: [Int32Array.of(1, 1)], positions: [['file', '', circular as never]] },
      )
    expect(wrong).toThrow(/circular/)
    expect(rows('counts')).toEqual([{ start: DAY, metric: POSTS, key: KEY, n: 1 }])
    expect(database.resumePoint()).toEqual({
      epoch: 1,
      positions: new Map([['file', new Map([['', 1]])]]),
      ids: [],
    })
    // A series that was not stored does not keep its number.
    expect(database.seriesKinds()).toEqual([POSTS])
    commit(2, delta => countAt(delta, DAY, 'mood_posts_by_emotion_total', MOOD))
    reopen()
    expect(rows('counts').map(({ metric, key }) => [metric, key])).toEqual([
      [POSTS, KEY],
      ['mood_posts_by_emotion_total', MOOD],
    ])
  })
})

test('values have keys, and a later one replaces the earlier', () => {
  expect(database.get('files')).toBeUndefined()
  database.set('files', 'a')
  database.set('files', 'b')
  database.set('other', 'c')
  reopen()
  expect([database.get('files'), database.get('other')]).toEqual(['b', 'c'])
})

test('a closed database is free for others', () => {
  commit(1, delta => countAt(delta, DAY, POSTS, KEY))
  database.close()
  const sqlite = new DatabaseSync(join(dir, 'backfill.db'))
  expect(sqlite.prepare('SELECT n FROM counts').all()).toEqual([{ n: 1 }])
  sqlite.close()
})
