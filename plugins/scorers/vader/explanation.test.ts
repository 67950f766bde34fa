import { post, testScorer } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import plugin from './index.ts'
import { Vader } from './vader.ts'

const vader = new Vader()

const TEXTS = [
  'I love it',
  "It isn't the WORST, it is kind of fun :) 😂😂 but never so sad!!! ok???",
  'no good or fine day, at least',
  `${'good '.repeat(600)}but bad`,
  'ALL BAD',
  'bus stop',
  '',
]

test('lists each word that changed the score with its weight, in the order of the text', () => {
  expect(vader.explain('A GOOD day, a sad (but fine!) evening.')).toEqual([
    { text: 'GOOD', weight: expect.closeTo((1.9 + 0.733) / 2), why: 'in capitals, counts ½ before "but"' },
    { text: 'sad', weight: expect.closeTo(-2.1 / 2), why: 'counts ½ before "but"' },
    { text: 'fine', weight: expect.closeTo(0.8 * 1.5), why: 'counts 1½ after "but"' },
    { text: '!', weight: expect.closeTo(0.292), why: '! ×1' },
  ])
})

test('the words behind a rule are quoted', () => {
  const why = (text: string) => vader.explain(text).map(piece => piece.why)
  expect(why("I don't love it")).toEqual(['negated by "don\'t"'])
  expect(why('a VERY, very good one')).toEqual(['strengthened by "very", strengthened by "VERY"'])
  expect(why('it was sort of good')).toEqual(['weakened by "sort of"'])
  expect(why('no fun')).toEqual(['negated by "no"'])
  expect(why('the least fun')).toEqual(['negated by "least"'])
  expect(why('never so good')).toEqual(['strengthened by "so", strengthened by "never so"'])
  expect(why('And this is the shit')).toEqual(['in "the shit"'])
  expect(why('good')).toEqual([undefined])
})

test('an emoji is one piece, with its name', () => {
  expect(vader.explain('wow 😂!')).toEqual([
    { text: 'wow', weight: expect.closeTo(2.8) },
    { text: '😂', weight: expect.any(Number), why: 'read as "face with tears of joy"' },
    { text: '!', weight: expect.closeTo(0.292), why: '! ×1' },
  ])
})

test('the weights of the pieces add up to the score, and explaining does not change scores', () => {
  for (const text of TEXTS) {
    const score = vader.compound(text)
    const sum = vader.explain(text).reduce((sum, { weight }) => sum + weight, 0)
    expect(sum / Math.sqrt(sum * sum + 15), text.slice(0, 80)).toBeCloseTo(score, 4)
    expect(vader.compound(text)).toBe(score)
  }
})

test('a post that is not scored has no explanation', async () => {
  const { scorer } = await testScorer(plugin)
  const explain = (lang: string) => scorer.explain?.(post('so good', { lang }))
  expect(explain('ko')).toEqual([])
  expect(explain('en')).toHaveLength(1)
})
