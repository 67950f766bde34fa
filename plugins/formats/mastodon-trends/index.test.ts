import { expect, test } from 'vitest'
import { fixture, rankingsOf } from '../ranking/testing.ts'
import format from './index.ts'

test('reads hashtags in their order, with the uses of the latest day', async () => {
  const { outcome } = await rankingsOf(format)
  expect(outcome(fixture('tags.json', import.meta.url), { receivedAt: 5 })).toEqual({
    rankings: [
      {
        at: 5,
        items: [
          { rank: 1, term: '#FirstSnow', count: 812 },
          { rank: 2, term: '#silentsunday', count: 300 },
        ],
      },
    ],
  })
})

test('a hashtag without a history has no count', async () => {
  const { list } = await rankingsOf(format)
  expect(list('[{"name":"a"},{"name":"b","history":[]}]')).toBe('1 #a, 2 #b')
})

test.each([
  ['{"error":"This method requires an authenticated user"}', 'record: expected an array, got an object'],
  ['[]', 'record: expected terms, got an empty list'],
  ['[{"tag":"a"}]', '[0].name: expected a term, got nothing'],
  ['[{"name":"a","history":{}}]', '[0].history: expected an array, got an object'],
])('a response of another structure is invalid: %s', async (record, message) => {
  const { list } = await rankingsOf(format)
  expect(list(record)).toBe(`invalid: ${message}`)
})
