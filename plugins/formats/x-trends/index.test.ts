import { expect, test } from 'vitest'
import { fixture, rankingsOf } from '../ranking/testing.ts'
import format from './index.ts'

test('reads trends in order, with their number of posts if X provides it', async () => {
  const { outcome } = await rankingsOf(format)
  expect(outcome(fixture('trends.json', import.meta.url), { receivedAt: 5 })).toEqual({
    rankings: [
      {
        at: 5,
        items: [
          { rank: 1, term: '수능 만점자', count: 48_210 },
          { rank: 2, term: '#갤럭시S26' },
          { rank: 3, term: '첫눈', count: 9120 },
        ],
      },
    ],
  })
})

test.each([
  ['{"errors":[{"title":"Not Found Error"}]}', 'data: expected an array, got nothing'],
  ['{"data":[],"meta":{"result_count":0}}', 'data: expected terms, got an empty list'],
  ['{"data":[{"name":"a"}]}', 'data[0].trend_name: expected a term, got nothing'],
  [
    '{"data":[{"trend_name":"a","tweet_count":"many"}]}',
    'data[0].tweet_count: expected a number from 0, got "many"',
  ],
])('a response of another structure is invalid: %s', async (record, message) => {
  const { list } = await rankingsOf(format)
  expect(list(record)).toBe(`invalid: ${message}`)
})
