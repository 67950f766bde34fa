import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { labelKey, labelValues } from '../../catalogue/label-key.ts'
import { Pipeline } from '../../pipeline/pipeline.ts'
import { testJob, testWorkerConfig } from '../../pipeline/pipeline-testing.ts'
import { ThreadActivity } from '../../pipeline/thread-activity.ts'
import { deltaShapeOf, type StateShape } from '../../state/shape.ts'
import { State } from '../../state/state.ts'
import { stateCollectors } from '../collectors.ts'
import { BackfillDatabase } from './database.ts'
import { playback } from './playback.ts'

const STEP = 60_000
const START = 1_700_000_040_000 - (1_700_000_040_000 % STEP)
const HOUR = 3_600_000

/** Windows that slide more often than there is a sample, as often, less often, and by no part of a step. */
const SHAPE: StateShape & { step: number } = {
  windows: [
    { label: '1s', size: 1000, slide: 1000, lateness: 2000 },
    { label: '1m', size: 60_000, slide: 10_000, lateness: 2000 },
    { label: '7m', size: 420_000, slide: 70_000, lateness: 0 },
    { label: '20m', size: 1_200_000, slide: 300_000, lateness: 5000 },
  ],
  extractors: [
    {
      name: 'words',
      top: 5,
      windows: [
        { label: '30s', size: 30_000, slide: 5000 },
        { label: '10m', size: 600_000, slide: 100_000 },
      ],
    },
  ],
  terms: 1000,
  slices: 4096,
  idle: 10_000,
  step: STEP,
}

interface Post {
  text: string
  createdAt: number
}

/** Posts of two hours, in no order: mulberry32 (Tommy Ettinger, public domain) makes the numbers. */
function posts(count: number): Post[] {
  let seed = 7
  const random = () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)] as T
  return Array.from({ length: count }, () => ({
    text: `${pick(['good', 'bad', 'so'])} ${pick(['nova', 'rust', 'nova rust', 'ash'])}`,
    createdAt: START + Math.floor(random() * 2 * HOUR),
  }))
}

const scoreOf = ({ text }: Post) => (text.startsWith('good') ? 0.5 : text.startsWith('bad') ? -1 : null)
const topicsOf = ({ text }: Post) => ['nova', 'rust'].filter(topic => text.includes(topic))

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mood-backfill-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** Maps posts as a worker does, in epochs of some posts each, and commits these to the database. */
function commit(database: BackfillDatabase, all: readonly Post[], perEpoch: number): void {
  const workerConfig = testWorkerConfig({
    topics: [
      { name: 'nova', any: ['nova'] },
      { name: 'rust', any: ['rust'] },
    ],
    extractors: [{ use: 'words', name: 'words', options: {} }],
    shape: deltaShapeOf(SHAPE),
  })
  const state = new State(workerConfig.shape)
  const pipeline = new Pipeline(
    workerConfig,
    {
      formats: [{ decode: (text: string) => JSON.parse(text) }],
      scorers: [{ score: post => scoreOf(post) }],
      extractors: [{ extract: ({ text }) => text.split(' ') }],
      detector: null,
    },
    state,
    new ThreadActivity(),
    { onDrop: () => {}, onFailure: (_, reason, detail) => expect.unreachable(`${reason} ${detail}`) },
  )
  for (let at = 0, epoch = 1; at < all.length; at += perEpoch, epoch++) {
    const records = all.slice(at, at + perEpoch).map(post => JSON.stringify(post))
    const job = testJob(records, { receivedAt: START + 24 * HOUR })
    for (let record = 0; record < records.length; record++) pipeline.record(job, record)
    database.commit({
      epoch,
      ticks: [],
      now: 0,
      deltas: [state.encode()],
      ids: [],
      positions: [['src', '', at]],
    })
    state.reset()
  }
}

const between = (all: readonly Post[], from: number, to: number) =>
  all.filter(({ createdAt }) => createdAt >= from && createdAt < to)

test('at each step the state equals that of a running exporter, for any order of posts', () => {
  const database = new BackfillDatabase(dir, SHAPE, 'one')
  const all = posts(3000)
  commit(database, all, 170)
  const span = database.span()
  expect(span).toEqual({ first: START, last: START + 2 * HOUR - STEP })
  let steps = 0
  for (const { at, state } of playback(database, SHAPE, START, START + 2 * HOUR)) {
    steps++
    const before = between(all, 0, at)
    const collectors = stateCollectors(state)
    const counted = Object.fromEntries(collectors.mood_posts_total())
    for (const topic of ['nova', 'rust'])
      for (const [sentiment, score] of [
        ['positive', 0.5],
        ['negative', -1],
        ['unknown', null],
      ] as const)
        expect(counted[labelKey('src', topic, 'other', 'one', sentiment)] ?? 0).toBe(
          before.filter(post => topicsOf(post).includes(topic) && scoreOf(post) === score).length,
        )
    for (const [key, cell] of collectors.mood_positivity_ratio()) {
      const scores = before.flatMap(post =>
        topicsOf(post).includes(labelValues(key)[1] as string) ? (scoreOf(post) ?? []) : [],
      )
      expect(cell.counts.reduce((sum, n) => sum + n, 0)).toBe(scores.length)
      expect(cell.sum).toBe(scores.reduce((sum, score) => sum + (score + 1) / 2, 0))
    }
    const windows = Object.fromEntries(collectors.mood_window_posts())
    const means = Object.fromEntries(collectors.mood_window_score())
    for (const { label, size, slide, lateness } of SHAPE.windows) {
      const end = Math.floor((at - lateness) / slide) * slide
      const inside = between(before, end - size, end).filter(post => topicsOf(post).includes('nova'))
      expect(windows[labelKey('nova', 'one', 'negative', label)] ?? 0, `${label} at ${at - START}`).toBe(
        inside.filter(post => scoreOf(post) === -1).length,
      )
      const scores = inside.flatMap(post => scoreOf(post) ?? [])
      const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
      expect(means[labelKey('nova', 'one', label)] ?? Number.NaN).toBe(mean)
    }
    const terms = Object.fromEntries(collectors.mood_top_term_posts())
    for (const { label, size, slide } of SHAPE.extractors[0]?.windows ?? []) {
      // Slices that began less than the size of the window ago.
      const from = Math.floor((at - size) / slide) * slide + slide
      const good = between(before, from, at).filter(
        ({ text }) => text.includes('rust') && text.startsWith('good'),
      )
      expect(terms[labelKey('words', 'rust', label, 'good')] ?? 0, `${label} at ${at - START}`).toBe(
        good.length,
      )
    }
  }
  expect(steps).toBe(121)
  database.close()
})

test('a series begins at 0 a step before its first post, with all of its sentiments', () => {
  const database = new BackfillDatabase(dir, SHAPE, 'one')
  commit(
    database,
    [
      { text: 'good nova', createdAt: START + 5 * STEP + 1 },
      { text: 'bad rust', createdAt: START },
    ],
    10,
  )
  const seen = Array.from(playback(database, SHAPE, START, START + 7 * STEP), ({ state }) =>
    Object.fromEntries(
      [...stateCollectors(state).mood_posts_total()].flatMap(([key, n]) => {
        const [, topic, , , sentiment] = labelValues(key)
        return topic === 'nova' ? [[sentiment, n]] : []
      }),
    ),
  )
  const none = { positive: 0, neutral: 0, negative: 0, unknown: 0 }
  const one = { ...none, positive: 1 }
  expect(seen).toEqual([{}, {}, {}, {}, {}, none, one, one])
  database.close()
})

test('what is committed survives, and continues', () => {
  const all = posts(400)
  const first = new BackfillDatabase(dir, SHAPE, 'one')
  commit(first, all.slice(0, 200), 200)
  first.close()
  const second = new BackfillDatabase(dir, SHAPE, 'one')
  expect(second.resumePoint()).toEqual({
    epoch: 1,
    positions: new Map([['src', new Map([['', 0]])]]),
    ids: [],
  })
  commit(second, all.slice(200), 200)
  const posted = second.totals().find(({ metric }) => metric === 'mood_source_posts_total')
  expect(posted?.n).toBe(400)
  second.close()
})

test('a folder of another configuration, in use, or that cannot be created, is refused', () => {
  const open = (fingerprint: string) => () => new BackfillDatabase(dir, SHAPE, fingerprint)
  const database = open('one')()
  expect(open('one')).toThrow(/is in use by another process/)
  database.close()
  expect(open('another')).toThrow(/was begun with another configuration/)
  expect(() => new BackfillDatabase('/dev/null/out', SHAPE, 'one')).toThrow(
    expect.objectContaining({
      code: 'ERR_BACKFILL_FOLDER',
      message: expect.stringContaining('/dev/null/out'),
    }),
  )
  open('one')().close()
})
