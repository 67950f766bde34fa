import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { BatchScorer } from '../plugin/scorer.ts'
import { ScorerCaller } from '../plugin/scorer-caller.ts'
import { testCallGuard, testJob } from './pipeline-testing.ts'
import { type PipelinePost, scoreMany, scoreOne } from './scoring.ts'

const item = (text: string, record = 0, index = 0): PipelinePost => ({
  post: { text, createdAt: 0 },
  record,
  index,
  eventTime: 0,
  topics: [0],
  lang: 'en',
  scores: [],
})

function scoredOne(score: () => unknown, job = testJob(['x'])) {
  const { guard, activity, failures } = testCallGuard()
  const one = item('x')
  scoreOne(new ScorerCaller({ score } as never), 0, guard, job, one)
  expect(activity.read().calls % 2).toBe(0)
  return { answer: one.scores[0], failures: failures.map(([reason]) => reason) }
}

test.each([-1, -0.05, 0, 1, null])('%d is a score', score => {
  expect(scoredOne(() => score)).toEqual({ answer: score, failures: [] })
})

test.each([Number.NaN, 1.0001, -2, Number.POSITIVE_INFINITY, 'good', undefined, 1n, {}])(
  '%s is invalid: the post has no score, and the scorer failed',
  score => {
    expect(scoredOne(() => score)).toEqual({ answer: null, failures: ['invalid_result'] })
  },
)

test('a scorer that throws gives no score', () => {
  const throws = () => {
    throw new Error('no')
  }
  expect(scoredOne(throws)).toEqual({ answer: null, failures: ['threw'] })
})

test('a post that ended a worker is not given to that scorer again', () => {
  const skip = { plugin: 0, record: 0, lastRecord: 0, post: 0, reason: 'memory' as const }
  const unreachable = () => expect.unreachable()
  expect(scoredOne(unreachable, testJob(['x'], { skips: [skip] }))).toEqual({
    answer: null,
    failures: ['memory'],
  })
  // Another post of the record, and another scorer, are.
  expect(
    scoredOne(
      () => 1,
      testJob(['x'], {
        skips: [
          { ...skip, post: 1 },
          { ...skip, plugin: 1 },
        ],
      }),
    ).answer,
  ).toBe(1)
})

async function scoredMany(scorer: BatchScorer, posts = 10, skips: ReturnType<typeof testJob>['skips'] = []) {
  const { guard, activity, failures } = testCallGuard()
  const items = Array.from({ length: posts }, (_, i) => item(`${i / 10}`, i))
  for (const { scores } of items) scores[0] = null
  const job = testJob(
    Array.from({ length: posts }, () => 'x'),
    { skips },
  )
  await scoreMany(new ScorerCaller(scorer, { timeout: 50 }), 0, guard, job, items, activity)
  const { calls, waiting } = activity.read()
  expect({ isInCall: calls % 2 !== 0, waiting }).toEqual({ isInCall: false, waiting: false })
  return { scores: items.map(({ scores }) => scores[0]), failures: failures.map(([reason]) => reason) }
}

const tenths = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => (from + i) / 10)

test('a scorer that takes batches is given as many as it takes, and no more calls at once than it says', async () => {
  const sizes: number[] = []
  let underWay = 0
  let most = 0
  const { scores, failures } = await scoredMany({
    batchSize: 3,
    concurrency: 2,
    async scoreBatch(posts) {
      sizes.push(posts.length)
      most = Math.max(most, ++underWay)
      await sleep(1)
      underWay--
      return posts.map(({ text }) => Number(text))
    },
  })
  expect(scores).toEqual(tenths(0, 10))
  expect({ sizes, most, failures }).toEqual({ sizes: [3, 3, 3, 1], most: 2, failures: [] })
})

test.each<[what: string, answer: (count: number) => Promise<unknown> | unknown, reason: string]>([
  ['rejects', () => Promise.reject(new Error('no')), 'threw'],
  [
    'throws',
    () => {
      throw new Error('no')
    },
    'threw',
  ],
  ['answers too few', count => new Array(count - 1).fill(0), 'invalid_result'],
  ['answers no list', () => 0.5, 'invalid_result'],
  ['never answers', () => new Promise(() => {}), 'timeout'],
])('a scorer that %s fails for its batch', async (_what, answer, reason) => {
  const { scores, failures } = await scoredMany({
    batchSize: 4,
    scoreBatch: posts =>
      (posts[0]?.text === '0.4' ? answer(posts.length) : posts.map(({ text }) => Number(text))) as never,
  })
  expect(scores).toEqual([...tenths(0, 4), null, null, null, null, ...tenths(8, 10)])
  expect(failures).toEqual([reason])
})

test('an invalid score affects only its post', async () => {
  const { scores, failures } = await scoredMany(
    { scoreBatch: async posts => posts.map(({ text }) => (text === '0.1' ? 7 : Number(text))) },
    3,
  )
  expect(scores).toEqual([0, null, 0.2])
  expect(failures).toEqual(['invalid_result'])
})

test('notes of calls in progress cover exactly their posts', async () => {
  const { guard, activity } = testCallGuard()
  const items = Array.from({ length: 6 }, (_, i) => item('x', 10 + i))
  const noted: unknown[] = []
  const scorer: BatchScorer = {
    batchSize: 2,
    async scoreBatch(posts) {
      const { record, lastRecord, post, calls } = activity.read()
      noted.push([record, lastRecord, post, calls % 2])
      return posts.map(() => 0)
    },
  }
  await scoreMany(new ScorerCaller(scorer), 0, guard, testJob(['x']), items, activity)
  expect(noted).toEqual([
    [10, 11, -1, 1],
    [12, 13, -1, 1],
    [14, 15, -1, 1],
  ])
})

test('posts of a call that ended a worker are skipped, and the failure counts once', async () => {
  const skips = [{ plugin: 0, record: 2, lastRecord: 5, post: -1, reason: 'crash' as const }]
  const { scores, failures } = await scoredMany(
    { scoreBatch: async posts => posts.map(({ text }) => Number(text)) },
    8,
    skips,
  )
  expect(scores).toEqual([0, 0.1, null, null, null, null, 0.6, 0.7])
  expect(failures).toEqual(['crash'])
})

test('details of a score are kept by scorer, and a failed call reports the text of its post', () => {
  const state = testCallGuard()
  const excerpts: string[] = []
  state.guard.failed = (_failure, excerpt) => excerpts.push(excerpt())
  const one = item('joyful')
  const details = { score: 0.5, emotions: ['joy'] }
  scoreOne(new ScorerCaller({ score: () => 1 }), 0, state.guard, testJob(['x']), one)
  expect(one.details).toBeUndefined()
  scoreOne(new ScorerCaller({ emotions: ['joy'], score: () => details }), 1, state.guard, testJob(['x']), one)
  expect(one.scores).toEqual([1, 0.5])
  expect(one.details).toHaveLength(2)
  expect(one.details?.[1]).toMatchObject({ emotions: ['joy'] })
  expect(excerpts).toEqual([])
  scoreOne(new ScorerCaller({ score: () => 7 as never }), 0, state.guard, testJob(['x']), one)
  expect(excerpts).toEqual(['joyful'])
  expect(one.scores[0]).toBeNull()
})

test('a failed call of a batch reports the text of its first post', async () => {
  const { guard, activity } = testCallGuard()
  const excerpts: string[] = []
  guard.failed = (_failure, excerpt) => excerpts.push(excerpt())
  const items = ['a', 'b', 'c', 'd'].map((text, i) => item(text, i))
  const scorer: BatchScorer = { batchSize: 2, scoreBatch: () => Promise.reject(new Error('no')) }
  await scoreMany(new ScorerCaller(scorer), 0, guard, testJob(['x']), items, activity)
  expect(excerpts).toEqual(['a', 'c'])
})

test('while a call of a batch runs its thread is busy, and while its promise is open it waits', async () => {
  const { guard, state, activity } = testCallGuard()
  const waiting: boolean[] = []
  const scorer: BatchScorer = {
    batchSize: 1,
    concurrency: 2,
    async scoreBatch(posts) {
      waiting.push(activity.read().waiting)
      await sleep(2)
      waiting.push(activity.read().waiting)
      return posts.map(() => 0)
    },
  }
  await scoreMany(new ScorerCaller(scorer), 0, guard, testJob(['x']), [item('a', 0), item('b', 1)], activity)
  expect(waiting).toEqual([false, false, true, true])
  expect(activity.read().waiting).toBe(false)
  const [seconds] = [...state.counter('mood_plugin_seconds_total').entries()].map(([, n]) => n)
  expect(seconds).toBeGreaterThan(0)
})
