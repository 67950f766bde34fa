import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { CallError } from './call-error.ts'
import type { BatchScorer, PostScorer, Scorer } from './scorer.ts'
import { type CallObserver, ScorerCaller } from './scorer-caller.ts'
import { post } from './testing.ts'

const posts = (count: number) => Array.from({ length: count }, (_, i) => post(`${i / 100}`))

/** What a scorer that returns this makes of a post, whichever way it scores. */
async function outcomesOf(returned: () => unknown, emotions: string[] = []) {
  const one = new ScorerCaller({ emotions, score: returned } as PostScorer)
  const many = new ScorerCaller({ emotions, scoreBatch: async () => [returned()] } as BatchScorer)
  const [synchronous] = await one.score([post('x')])
  const [batched] = await many.score([post('x')])
  return { synchronous, batched }
}

test.each([-1, -0.05, 0, 1, null])('%d is a score', async score => {
  const { synchronous, batched } = await outcomesOf(() => score)
  expect(synchronous).toEqual({ score })
  expect(batched).toEqual({ score })
})

test.each<[returned: unknown, shown: string]>([
  [Number.NaN, 'NaN'],
  [1.0001, '1.0001'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
  ['good', '"good"'],
  [undefined, 'nothing'],
  [1n, '1'],
  [{}, 'an object'],
  [{ emotions: ['joy'] }, 'an object'],
  [{ score: 2 }, '2'],
  [[0.5], 'an array'],
  [() => 1, 'a function'],
])('%s is invalid: the post has no score', async (returned, shown) => {
  const error = { reason: 'invalid_result', message: `expected a number from -1 to 1 or null, got ${shown}` }
  const { synchronous, batched } = await outcomesOf(() => returned)
  expect(synchronous).toEqual({ score: null, error })
  expect(batched).toEqual({ score: null, error })
})

test('a promise is not a score, and the error says what to do', async () => {
  const { error } = new ScorerCaller({ score: async () => 0.5 } as never).scoreOne(post('x')) as {
    error: CallError
  }
  expect(error.message).toBe(
    'expected a number from -1 to 1 or null, got a promise: `score` cannot be asynchronous; use `scoreBatch`',
  )
})

test('a score may include declared emotions, each once, and a disagreement', async () => {
  const returned = { score: 0.5, emotions: ['joy', 'fear', 'joy'], disagreement: 0.2, more: 'ignored' }
  const details = { emotions: ['joy', 'fear'], disagreement: 0.2 }
  const { synchronous, batched } = await outcomesOf(() => returned, ['joy', 'anger', 'fear'])
  expect(synchronous).toEqual({ score: 0.5, details })
  expect(batched).toEqual({ score: 0.5, details })
  expect((await outcomesOf(() => ({ score: null }))).synchronous).toEqual({ score: null })
})

test.each([
  [{ score: 1, emotions: ['envy'] }, 'expected emotions that the scorer declares, got "envy"'],
  [{ score: 1, emotions: new Array(1) }, 'expected emotions that the scorer declares, got nothing'],
  [{ score: 1, emotions: 'joy' }, 'expected a list of emotions, got "joy"'],
  [{ score: 1, disagreement: 2 }, 'expected a disagreement from 0 to 1, got 2'],
  [{ score: 1, disagreement: 'much' }, 'expected a disagreement from 0 to 1, got "much"'],
])('if the details of %j are invalid, the score still counts', async (returned, message) => {
  const { synchronous, batched } = await outcomesOf(() => returned, ['joy'])
  const expected = { score: 1, error: { reason: 'invalid_result', message } }
  expect(synchronous).toEqual(expected)
  expect(batched).toEqual(expected)
})

test('what a scorer returns is read once, and later changes to it are without effect', async () => {
  let reads = 0
  const emotions = ['joy']
  const changing = {
    emotions,
    get score() {
      return reads++ === 0 ? 0.5 : 7
    },
  }
  const outcome = new ScorerCaller({ emotions: ['joy', 'fear'], score: () => changing } as never).scoreOne(
    post('x'),
  )
  emotions.push('fear')
  expect(outcome).toEqual({ score: 0.5, details: { emotions: ['joy'] } })
})

test('a getter that throws affects only its post', async () => {
  const throwing = {
    get score() {
      throw new Error('no score for you')
    },
  }
  const results = [0.1, throwing, 0.3]
  Object.defineProperty(results, 3, {
    get: () => {
      throw new Error('not even a result')
    },
  })
  const outcomes = await new ScorerCaller({ scoreBatch: async () => results } as never).score(posts(4))
  expect(outcomes).toMatchObject([
    { score: 0.1 },
    { score: null, error: { reason: 'threw', message: 'no score for you' } },
    { score: 0.3 },
    { score: null, error: { reason: 'threw', message: 'not even a result' } },
  ])
  const one = new ScorerCaller({ score: () => throwing } as never)
  expect(one.scoreOne(post('x'))).toMatchObject({ score: null, error: { reason: 'threw' } })
})

test('a scorer that throws any value fails only for the post', () => {
  const thrown = [new Error('no'), 'no', undefined, Object.create(null)]
  for (const value of thrown) {
    const caller = new ScorerCaller({
      score() {
        throw value
      },
    })
    expect(caller.scoreOne(post('x'))).toMatchObject({
      score: null,
      error: { reason: 'threw', cause: value },
    })
  }
})

test('posts are cut into batches, no more calls are under way than the scorer takes, and scores keep their order', async () => {
  const sizes: number[] = []
  let underWay = 0
  let most = 0
  const caller = new ScorerCaller({
    batchSize: 3,
    concurrency: 2,
    async scoreBatch(given) {
      sizes.push(given.length)
      most = Math.max(most, ++underWay)
      // The first call is the last to end.
      for (let i = given[0]?.text === '0' ? 20 : 1; i > 0; i--) await turn()
      underWay--
      return given.map(({ text }) => Number(text))
    },
  })
  expect(caller.capacity).toBe(6)
  const outcomes = await caller.score(posts(10))
  expect(outcomes.map(({ score }) => score)).toEqual(posts(10).map(({ text }) => Number(text)))
  expect({ sizes, most }).toEqual({ sizes: [3, 3, 3, 1], most: 2 })
})

test('by default 32 posts in a call, and one call at a time', async () => {
  const sizes: number[] = []
  const scoreBatch: BatchScorer['scoreBatch'] = async given => {
    sizes.push(given.length)
    return given.map(() => 0)
  }
  await new ScorerCaller({ scoreBatch }).score(posts(70))
  expect(sizes).toEqual([32, 32, 6])
  expect(await new ScorerCaller({ scoreBatch }).score([])).toEqual([])
})

const failing: [what: string, scoreBatch: (count: number) => unknown, reason: string, message: string][] = [
  ['rejects', () => Promise.reject(new Error('503')), 'threw', '503'],
  [
    'throws',
    () => {
      throw new Error('503')
    },
    'threw',
    '503',
  ],
  [
    'gives too few',
    count => new Array(count - 1).fill(0),
    'invalid_result',
    'expected 2 scores, got 1 of them',
  ],
  ['gives no list', () => 0.5, 'invalid_result', 'expected 2 scores, got 0.5'],
  ['gives text', () => 'ab', 'invalid_result', 'expected 2 scores, got "ab"'],
  ['never ends', () => new Promise(() => {}), 'timeout', 'no result within 20 ms'],
  [
    'gives a promise that cannot be waited for',
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: a thenable that cannot be waited for is what is tested
      get then() {
        throw new Error('not a promise')
      },
    }),
    'threw',
    'not a promise',
  ],
]

test.each(failing)(
  'a call that %s affects all of its posts, and no others',
  async (_, respond, reason, message) => {
    const errors: CallError[] = []
    const caller = new ScorerCaller(
      {
        batchSize: 2,
        scoreBatch: given =>
          (given[0]?.text === '0.02' ? respond(given.length) : given.map(() => 0.5)) as never,
      },
      { timeout: 20 },
    )
    const outcomes = await caller.score(posts(6), observer({ failed: error => errors.push(error) }))
    const failed = { score: null, error: { reason, message } }
    expect(outcomes).toMatchObject([
      { score: 0.5 },
      { score: 0.5 },
      failed,
      failed,
      { score: 0.5 },
      { score: 0.5 },
    ])
    // One call failed, and so it is one failure.
    expect(errors).toMatchObject([{ reason, message }])
  },
)

test('without a time limit a call may take as long as it does', async () => {
  const late = Promise.withResolvers<number[]>()
  const scoring = new ScorerCaller({ scoreBatch: () => late.promise }).score(posts(1))
  await turn()
  late.resolve([0.5])
  expect(await scoring).toEqual([{ score: 0.5 }])
})

test('what a call gives after it timed out is ignored, a rejection too', async () => {
  const late = Promise.withResolvers<number[]>()
  const caller = new ScorerCaller({ scoreBatch: () => late.promise }, { timeout: 1 })
  const outcomes = await caller.score(posts(1))
  late.reject(new Error('too late'))
  await turn()
  expect(outcomes).toMatchObject([{ score: null, error: { reason: 'timeout' } }])
})

const observer = (more: Partial<CallObserver>): CallObserver => ({
  begin() {},
  waiting() {},
  end() {},
  failed() {},
  ...more,
})

test('an observer sees each call begin, wait and end, with the places of its posts', async () => {
  const seen: unknown[] = []
  const caller = new ScorerCaller({
    batchSize: 2,
    scoreBatch: async given => {
      seen.push('call')
      return given.map(() => 7)
    },
  })
  await caller.score(
    posts(3),
    observer({
      begin: (from, to) => seen.push(['begin', from, to]),
      waiting: (from, to) => seen.push(['waiting', from, to]),
      end: (from, to, ms) => seen.push(['end', from, to, ms >= 0]),
      failed: ({ reason }) => seen.push(reason),
    }),
  )
  const of = (from: number, to: number, invalid: string[]) => [
    ['begin', from, to],
    'call',
    ['waiting', from, to],
    ...invalid,
    ['end', from, to, true],
  ]
  expect(seen).toEqual([...of(0, 2, ['invalid_result', 'invalid_result']), ...of(2, 3, ['invalid_result'])])
})

test('an explanation is validated and copied, and a failure affects nothing else', () => {
  const explained = (explain?: () => unknown) =>
    new ScorerCaller({ score: () => 0, ...(explain ? { explain } : {}) } as PostScorer).explain(post('x'))
  expect(explained()).toBeNull()
  const pieces = [
    { text: 'not', weight: -1, why: 'x' },
    { text: 'bad', weight: 1 },
  ]
  expect(explained(() => pieces)).toEqual({ pieces })
  expect(explained(() => 'x')).toMatchObject({ error: { reason: 'invalid_result' } })
  expect(explained(() => [null])).toMatchObject({ error: { reason: 'invalid_result' } })
  expect(explained(() => [{ text: 'a', weight: Number.NaN }])).toMatchObject({
    error: { message: 'expected a piece with a text and a weight, got "a" and NaN' },
  })
  expect(
    explained(() => {
      throw new Error('no idea')
    }),
  ).toMatchObject({ error: { reason: 'threw', message: 'no idea' } })
})

test.each<[scorer: unknown, message: string]>([
  [undefined, 'expected `create` to give a scorer, got nothing'],
  [{}, 'expected a scorer to have a function `score` or `scoreBatch`'],
  [{ score: 0.5 }, 'expected a scorer to have a function `score` or `scoreBatch`'],
  [{ scoreBatch() {}, batchSize: 0 }, 'expected `batchSize` to be a whole number from 1 to 10000, got 0'],
  [
    { scoreBatch() {}, batchSize: Number.NaN },
    'expected `batchSize` to be a whole number from 1 to 10000, got NaN',
  ],
  [
    { scoreBatch() {}, concurrency: 1.5 },
    'expected `concurrency` to be a whole number from 1 to 1000, got 1.5',
  ],
  [{ score() {}, emotions: 'joy' }, 'expected a list of emotions, got "joy"'],
  [
    { score() {}, emotions: ['a\nb'] },
    'expected emotions of up to 40 letters, digits, spaces, "_" or "-", got "a\\nb"',
  ],
  [{ score() {}, emotions: new Array(51).fill('a') }, 'expected at most 50 emotions, got 51'],
])('%j is refused when it is made', (scorer, message) => {
  expect(() => new ScorerCaller(scorer as Scorer)).toThrow(new TypeError(message))
})

test.each([
  [{ batchSize: 10_001 }, { batchSize: 10_000, concurrency: 1 }, ['`batchSize` is 10001: 10000 is used']],
  [{ concurrency: 1e9 }, { batchSize: 32, concurrency: 1000 }, ['`concurrency` is 1000000000: 1000 is used']],
  [
    { batchSize: Number.POSITIVE_INFINITY, concurrency: 1000.5 },
    { batchSize: 10_000, concurrency: 1000 },
    ['`batchSize` is Infinity: 10000 is used', '`concurrency` is 1000.5: 1000 is used'],
  ],
  [{ batchSize: 10_000, concurrency: 1000 }, { batchSize: 10_000, concurrency: 1000 }, []],
])('limits of %j are lowered to the maximum, with a warning', async (declared, traits, said) => {
  const caller = new ScorerCaller({ scoreBatch: async posts => posts.map(() => 0.5), ...declared })
  expect(caller.traits).toMatchObject(traits)
  expect(caller.traits.clamped).toEqual(said.map(text => `${text}, the most that is possible`))
  expect(await caller.score([post('a'), post('b')])).toEqual([{ score: 0.5 }, { score: 0.5 }])
})
