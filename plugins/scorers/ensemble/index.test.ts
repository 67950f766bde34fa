import { defineScorer, type Score, z } from 'mood-exporter/plugin'
import { post, testScorer } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import ensemble from './index.ts'

/** Always answers the same. */
const fixed = defineScorer({
  name: 'fixed',
  description: 'The same for each post.',
  options: z.strictObject({ answer: z.any(), emotions: z.array(z.string()).default([]) }),
  create: ({ answer, emotions }) => ({ emotions, score: () => answer }),
})

const closed: string[] = []

/** The number in the text, by the batch; fails on a text with "down". */
const remote = defineScorer({
  name: 'remote',
  description: 'Reads numbers.',
  options: z.strictObject({ batch: z.int().optional(), id: z.string().default('') }),
  create: ({ batch, id }) => ({
    ...(batch === undefined ? {} : { batchSize: batch, concurrency: 3 }),
    async scoreBatch(posts) {
      if (posts.some(({ text }) => text.includes('down'))) throw new Error('no connection')
      return posts.map(({ text }): Score => (text === '' ? null : Number(text)))
    },
    close: () => void closed.push(id),
  }),
})

const throwing = defineScorer({
  name: 'throwing',
  description: 'Fails.',
  options: z.strictObject({}),
  create: () => ({
    score() {
      throw new Error('out of order')
    },
  }),
})

const words = defineScorer({
  name: 'words',
  description: 'Explains itself.',
  options: z.strictObject({}),
  create: () => ({
    score: () => 0.5,
    explain: ({ text }) => text.split(' ').map((text, i) => ({ text, weight: i + 1 })),
  }),
})

type Specs = Parameters<typeof testScorer<typeof ensemble.options>>[1]

const made = (scorers: NonNullable<Specs>['scorers']) =>
  testScorer(ensemble, { scorers }, undefined, { fixed, remote, throwing, words } as never)

const answering = (...answers: unknown[]) => made(answers.map(answer => ({ use: 'fixed', answer })))

test('the score is the weighted mean', async () => {
  const { score } = await made([
    { use: 'fixed', answer: 1, weight: 3 },
    { use: 'fixed', answer: -0.6 },
  ])
  expect(await score('x')).toBeCloseTo(0.6)
})

test('disagreement is half of the distance between the highest and the lowest', async () => {
  const { answer } = await answering(0.8, -0.4, 0.1)
  expect(await answer('x')).toEqual({ score: expect.closeTo(1 / 6), disagreement: expect.closeTo(0.6) })
  expect(await (await answering(1, -1)).answer('x')).toMatchObject({ disagreement: 1 })
  expect(await (await answering(0.3, 0.3, 0.3)).answer('x')).toEqual({ score: 0.3, disagreement: 0 })
})

test('a scorer without a score is left out, also of the disagreement', async () => {
  expect(await (await answering(null, 0.4)).answer('x')).toBe(0.4)
  expect(await (await answering(null, { score: null })).answer('x')).toBeNull()
})

test('returns the emotions of all members', async () => {
  const { scorer, answer } = await made([
    { use: 'fixed', answer: { score: 1, emotions: ['joy', 'love'] }, emotions: ['joy', 'love', 'fear'] },
    { use: 'fixed', answer: { score: null, emotions: ['joy', 'anger'] }, emotions: ['joy', 'anger'] },
  ])
  expect(scorer.emotions).toEqual(['joy', 'love', 'fear', 'anger'])
  expect(await answer('x')).toEqual({ score: 1, emotions: ['joy', 'love', 'anger'] })
})

test('scores synchronously if all members do, otherwise in batches of the smallest size', async () => {
  expect((await answering(1, 0)).scorer).toHaveProperty('score')
  const { scorer } = await made([{ use: 'fixed', answer: 1 }, { use: 'remote', batch: 7 }, { use: 'remote' }])
  expect(scorer).toMatchObject({ batchSize: 7, concurrency: 1 })
  if (!('scoreBatch' in scorer)) return expect.unreachable()
  expect(await scorer.scoreBatch(['0.5', '', '-1'].map(text => post(text)))).toEqual([
    { score: expect.closeTo(2 / 3), disagreement: 0.25 },
    1,
    { score: expect.closeTo(-1 / 3), disagreement: 1 },
  ])
})

test.each([
  ['throws', { use: 'throwing' }],
  ['rejects', { use: 'remote' }],
  ['answers 7', { use: 'fixed', answer: 7 }],
  ['answers NaN', { use: 'fixed', answer: { score: Number.NaN } }],
  ['answers nothing', { use: 'fixed', answer: undefined }],
])('a member that %s is left out and reported; the others count', async (_, failing) => {
  const { answer, logged } = await made([{ use: 'fixed', answer: 0.4 }, failing])
  expect(await answer('down')).toBe(0.4)
  expect(logged).toMatchObject([{ level: 'warn', fields: { scorer: failing.use } }])
})

test('if no member has a score, a failure of one is an error', async () => {
  const alone = await made([{ use: 'fixed', answer: null }, { use: 'throwing' }])
  await expect(alone.answer('x')).rejects.toThrow('failed')
  const batch = await made([{ use: 'fixed', answer: null }, { use: 'remote' }])
  await expect(batch.answer('down')).rejects.toThrow('failed')
})

test('an error of a member names its place, and the other members are closed', async () => {
  closed.length = 0
  const making = made([{ use: 'remote', id: 'first' }, { use: 'fixed', anser: 1 }, { use: 'nowhere' }])
  await expect(making).rejects.toMatchObject({
    code: 'ERR_ENSEMBLE_SCORERS',
    message: expect.stringMatching(/scorers\[1\]: .*anser.*; scorers\[2\]: the test has no scorer nowhere/s),
  })
  expect(closed).toEqual(['first'])
})

test('closing closes every member, even if one fails', async () => {
  closed.length = 0
  const { scorer } = await made([
    { use: 'remote', id: 'a' },
    { use: 'remote', id: 'b' },
  ])
  await scorer.close?.()
  expect(closed).toEqual(['a', 'b'])
})

test('an explanation names the member of each piece and its weight', async () => {
  const { scorer } = await made([
    { use: 'fixed', answer: 1 },
    { use: 'words', weight: 3 },
  ])
  expect(scorer.explain?.(post('not bad'))).toEqual([
    { text: 'not', weight: 0.75, why: 'words' },
    { text: 'bad', weight: 1.5, why: 'words' },
  ])
  expect((await answering(1)).scorer.explain).toBeUndefined()
})

test('a name alone is a scorer with the weight 1', () => {
  const { scorers } = ensemble.options.parse({ scorers: ['vader', { use: 'afinn', weight: 2 }] })
  expect(scorers).toEqual([
    { use: 'vader', weight: 1 },
    { use: 'afinn', weight: 2 },
  ])
})

test('weights must be above 0, and there must be scorers', () => {
  const message = (scorers: unknown) => ensemble.options.safeParse({ scorers }).error?.message
  expect(message([{ use: 'vader', weight: 0 }])).toMatch(/>0/)
  expect(message([])).toMatch(/>=1/)
})
