import { expect, test } from 'vitest'
import { fixture, rankingsOf } from '../ranking/testing.ts'
import format from './index.ts'

const answer = fixture('top.json', import.meta.url)

test('reads articles in order as of the end of the day, without main pages and searches', async () => {
  const { outcome } = await rankingsOf(format)
  expect(outcome(answer)).toEqual({
    rankings: [
      {
        at: Date.parse('2026-11-27T00:00Z'),
        items: [
          { rank: 1, term: '대학수학능력시험', count: 20_400 },
          { rank: 2, term: '갤럭시 S26', count: 12_010 },
          { rank: 3, term: '첫눈', count: 860 },
        ],
      },
    ],
  })
})

test('the articles to leave out can be configured', async () => {
  const { list } = await rankingsOf(format, { skip: ['위키백과:', '특수:', '갤럭시_S26'] })
  expect(list(answer)).toBe('1 대학수학능력시험, 2 Main Page, 3 첫눈')
})

test.each([
  ['{"type":"not_found"}', 'items: expected an array, got nothing'],
  ['{"items":[]}', 'items[0]: expected an object, got nothing'],
  ['{"items":[{"articles":[]}]}', 'items[0].year: expected a whole number from 1, got nothing'],
  [
    '{"items":[{"year":"2026","month":"11","day":"26","articles":[]}]}',
    'items[0].articles: expected terms, got an empty list',
  ],
  [
    '{"items":[{"year":"2026","month":"11","day":"26","articles":[{"title":"a","rank":1}]}]}',
    'items[0].articles[0].article: expected a term, got nothing',
  ],
])('a response of another structure is invalid: %s', async (record, message) => {
  const { list } = await rankingsOf(format)
  expect(list(record)).toBe(`invalid: ${message}`)
})
