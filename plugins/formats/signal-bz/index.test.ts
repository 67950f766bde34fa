import { expect, test } from 'vitest'
import { fixture, rankingsOf } from '../ranking/testing.ts'
import format from './index.ts'

const answer = fixture('realtime.json', import.meta.url)

test('reads the list with the time that the service gives it', async () => {
  const { outcome } = await rankingsOf(format)
  expect(outcome(answer)).toEqual({
    rankings: [
      {
        at: Date.parse('2026-11-27T00:10:00+09:00'),
        items: [
          { rank: 1, term: '수능 만점자' },
          { rank: 2, term: '갤럭시 S26' },
          { rank: 3, term: '첫눈' },
          { rank: 4, term: '김장 배추값' },
        ],
      },
    ],
  })
})

test.each([
  ['[]', 'record: expected an object, got an array'],
  ['{"top10":[]}', 'now: expected a time, got nothing'],
  ['{"now":1,"top10":{}}', 'top10: expected an array, got an object'],
  ['{"now":1,"top10":[]}', 'top10: expected terms, got an empty list'],
  ['{"now":1,"top10":[{"rank":1,"title":"a"}]}', 'top10[0].keyword: expected a term, got nothing'],
  ['{"now":1,"top10":[{"rank":0,"keyword":"a"}]}', 'top10[0].rank: expected a whole number from 1, got 0'],
  [
    '{"now":"soon","top10":[{"rank":1,"keyword":"a"}]}',
    'now: expected a time (ISO 8601, RFC 2822 or Unix time), got "soon"',
  ],
])('a response of another structure is invalid: %s', async (record, message) => {
  const { list } = await rankingsOf(format)
  expect(list(record)).toBe(`invalid: ${message}`)
})

test('an HTML page is invalid', async () => {
  const { list } = await rankingsOf(format)
  expect(list('<html>')).toMatch(/^invalid: expected JSON, got "<html>"/)
})
