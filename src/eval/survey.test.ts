import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DataError } from './data-error.ts'
import { openTable } from './open-table.ts'
import { type LabelOptions, survey } from './survey.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mood-eval-survey-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function surveyOf(content: string | Uint8Array, options: LabelOptions = {}) {
  const file = join(folder, 'data.tsv')
  await writeFile(file, content)
  return survey(await openTable(file, { columns: { names: ['label', 'text'] } }), options)
}

const lines = (...labels: (string | number)[]) => labels.map(label => `${label}\tpost\n`).join('')

async function problemsOf(content: string | Uint8Array, options: LabelOptions = {}) {
  const error = await surveyOf(content, options).catch((error: unknown) => error)
  if (!(error instanceof DataError)) throw new Error('it was taken', { cause: error })
  return error.problems.map(({ line, message }) => ({ line, message }))
}

test('labels are recognised in any usual spelling', async () => {
  const found = await surveyOf(lines('positive', 'NEG', '중립', '긍정'))
  expect(found).toMatchObject({ rows: 4, posts: 4, byLabel: { negative: 1, neutral: 1, positive: 2 } })
  expect(found.truthOf('긍정')).toEqual({ label: 'positive', value: 1 })
  expect(found).not.toHaveProperty('scale')
})

test.each([
  [[-1, 0, 1], { negative: 1, neutral: 1, positive: 1 }],
  [[0, 1, 1], { negative: 1, neutral: 0, positive: 2 }],
  [[0, 1, 2], { negative: 1, neutral: 1, positive: 1 }],
  [[0, 4, 4], { negative: 1, neutral: 0, positive: 2 }],
  [[1, 2, 3, 4, 5], { negative: 2, neutral: 1, positive: 2 }],
])('ratings of %j determine the scale', async (ratings, byLabel) => {
  expect((await surveyOf(lines(...ratings))).byLabel).toEqual(byLabel)
})

test('the scale and its neutral part can be configured', async () => {
  const options = { scale: { low: 1, high: 10 }, neutral: { low: 5, high: 8 } }
  const found = await surveyOf(lines(4, 5, 8, 9), options)
  expect(found.byLabel).toEqual({ negative: 1, neutral: 2, positive: 1 })
  expect(found.truthOf('10')).toEqual({ label: 'positive', value: 1, rating: 10 })
})

test('labels mean what they are mapped to, and can be left out', async () => {
  const map = new Map([
    ['meh', 'neutral'],
    ['spam', 'skip'],
    ['pos', 'negative'],
  ] as const)
  const found = await surveyOf(lines('Meh', 'spam', 'pos', 'neg'), { map })
  expect(found).toMatchObject({ rows: 4, posts: 3, skipped: 1 })
  expect(found.byLabel).toEqual({ negative: 2, neutral: 1, positive: 0 })
  expect(found.truthOf('spam')).toBeNull()
})

test('unknown labels are reported all at once, each with its first line', async () => {
  expect(await problemsOf(lines('pos', 'meh', 'neg', 'huh', 'meh'))).toEqual([
    {
      line: 2,
      message: expect.stringMatching(
        /^the label "meh" is not known \(2 posts have it\): expected .*--map "meh=/,
      ),
    },
    { line: 4, message: expect.stringMatching(/^the label "huh" is not known: /) },
  ])
})

test('a rating beyond the scale is reported with its line', async () => {
  const scale = { low: 1, high: 5 }
  expect(await problemsOf(lines(3, 7, 0, 7), { scale })).toEqual([
    { line: 3, message: 'expected a rating from 1 to 5, as --scale says, got 0' },
    { line: 2, message: 'expected a rating from 1 to 5, as --scale says, got 7' },
  ])
})

test('equal ratings do not determine the scale', async () => {
  expect(await problemsOf(lines(5, 5))).toEqual([
    { line: 0, message: 'every rating is 5: say which there may be, such as --scale 1..5' },
  ])
})

test.each([
  [{ low: 9, high: 10 }, '9..10'],
  [{ low: 0, high: 3 }, '0..3'],
])('--neutral beyond the ratings is refused: %j', async (neutral, said) => {
  const within = 'expected --neutral within the ratings, which are from 1 to 5'
  expect(await problemsOf(lines(1, 3, 5), { neutral })).toEqual([
    { line: 0, message: `${within}, got ${said}; if there may be others, say so with --scale` },
  ])
  expect(await problemsOf(lines(2, 3), { neutral, scale: { low: 1, high: 5 } })).toEqual([
    { line: 0, message: `${within}, got ${said}` },
  ])
  const all = await surveyOf(lines(1, 3, 5), { neutral, scale: { low: 0, high: 10 } })
  expect(all.scale?.neutral).toEqual(neutral)
})

test.each([
  ['--scale', { scale: { low: 1, high: 5 } }],
  ['--neutral', { neutral: { low: 3, high: 3 } }],
])('%s is refused where no label is a rating', async (option, options) => {
  expect(await problemsOf(lines('positive', 'negative'), options)).toEqual([
    { line: 0, message: `${option} is for ratings, but no label is a number` },
  ])
})

test('unreadable lines are counted, and do not affect others', async () => {
  const found = await surveyOf('pos\ta\npos\nneg\tb\n\tc\n')
  expect(found).toMatchObject({ rows: 4, posts: 2, unreadable: 2 })
  expect(found.firstUnreadable.map(({ line }) => line)).toEqual([2, 4])
  expect(await problemsOf('pos\nneg\n')).toEqual([
    { line: 1, message: 'no line could be made out: expected 2 columns, got 1' },
  ])
})

test('ratings with decimals may be of any number', async () => {
  const ratings = Array.from({ length: 3001 }, (_, i) => (i - 1500) / 1500)
  const found = await surveyOf(lines(...ratings))
  expect(found.labels).toEqual([])
  expect(found.byLabel).toEqual({ negative: 1001, neutral: 999, positive: 1001 })
})

test('invalid UTF-8 is reported, or rejected if it is most of the file', async () => {
  const bad = Buffer.from([...Buffer.from('neg\t'), 0xb0, 0xa1, 10])
  const found = await surveyOf(Buffer.concat([Buffer.from(lines('pos', 'pos', 'pos')), bad]))
  expect(found).toMatchObject({ posts: 4, damaged: 1, firstDamaged: 4 })
  expect(await problemsOf(Buffer.concat([bad, bad, bad]))).toEqual([
    { line: 1, message: expect.stringContaining('expected UTF-8') },
  ])
})
