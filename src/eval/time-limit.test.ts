import { expect, test } from 'vitest'
import type { Post } from '../plugin/post.ts'
import { ScorerCaller } from '../plugin/scorer-caller.ts'
import { limited, scoreEach, TimeLimitError, within } from './time-limit.ts'

const LIMIT = 500

/** For calls that must not exceed it, however busy the machine is; milliseconds. */
const GENEROUS = 60_000

const post = (text: string): Post => ({ text, createdAt: 0 })

function forever(): never {
  for (;;);
}

test('a call returns what its function returns, and throws what it throws', () => {
  expect(within(GENEROUS, () => within(GENEROUS, () => 5))).toBe(5)
  const error = new Error('no')
  expect(() =>
    within(GENEROUS, () => {
      throw error
    }),
  ).toThrow(error)
})

test('a call that never ends is terminated, and the next one works', () => {
  expect(() => within(LIMIT, forever)).toThrow(new TimeLimitError(`no result within ${LIMIT} ms`))
  expect(() => within(LIMIT, () => /^(a+)+$/.test(`${'a'.repeat(60)}!`))).toThrow(TimeLimitError)
  expect(within(GENEROUS, () => 1)).toBe(1)
})

test('a scorer that loops affects only the post on which it loops', () => {
  const scorer = new ScorerCaller({ score: ({ text }) => (text === 'loop' ? forever() : Number(text)) })
  const outcomes = scoreEach(scorer, ['0', 'loop', '1', 'loop', '2'].map(post), LIMIT)
  const timedOut = { score: null, error: { reason: 'timeout', message: `no result within ${LIMIT} ms` } }
  expect(outcomes).toMatchObject([
    { score: 0 },
    timedOut,
    { score: 1 },
    timedOut,
    { score: null, error: { reason: 'invalid_result' } },
  ])
})

test('a batch scorer that loops fails the whole call, and stays usable', async () => {
  class Batches {
    readonly batchSize = 2
    readonly emotions = ['joy']
    #closed = false
    async scoreBatch(posts: readonly Post[]) {
      if (posts.some(({ text }) => text === 'loop')) forever()
      return posts.map(() => 0.5)
    }
    explain = forever
    close() {
      this.#closed = true
    }
    get closed() {
      return this.#closed
    }
  }
  const batches = new Batches()
  const caller = new ScorerCaller(limited(batches, LIMIT))
  expect(caller.traits).toMatchObject({ batchSize: 2, concurrency: 1, explains: true })
  const outcomes = await caller.score(['a', 'b', 'loop', 'c'].map(post))
  expect(outcomes.map(({ score }) => score)).toEqual([0.5, 0.5, null, null])
  expect(outcomes[2]?.error?.message).toBe(`no result within ${LIMIT} ms`)
  expect(caller.explain(post('a'))).toMatchObject({ error: { message: `no result within ${LIMIT} ms` } })
  await caller.close()
  expect(batches.closed).toBe(true)
})
