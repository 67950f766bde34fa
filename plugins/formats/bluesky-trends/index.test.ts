import { expect, test } from 'vitest'
import { fixture, rankingsOf } from '../ranking/testing.ts'
import format from './index.ts'

test('reads trends in order, by their display names', async () => {
  const { outcome } = await rankingsOf(format)
  expect(outcome(fixture('trends.json', import.meta.url), { receivedAt: 5 })).toEqual({
    rankings: [
      {
        at: 5,
        items: [
          { rank: 1, term: 'First Snow', count: 2310 },
          { rank: 2, term: 'Kettle Day', count: 120 },
        ],
      },
    ],
  })
})

test('a trend without a display name has its topic', async () => {
  const { list } = await rankingsOf(format)
  expect(list('{"trends":[{"topic":"kettle"}]}')).toBe('1 kettle')
})

test.each([
  ['{"error":"MethodNotImplemented"}', 'trends: expected an array, got nothing'],
  ['{"trends":[]}', 'trends: expected terms, got an empty list'],
  ['{"trends":[{"name":"a"}]}', 'trends[0].displayName: expected a term, got nothing'],
])('a response of another structure is invalid: %s', async (record, message) => {
  const { list } = await rankingsOf(format)
  expect(list(record)).toBe(`invalid: ${message}`)
})
