import { expect, test } from 'vitest'
import { fixture, rankingsOf } from '../ranking/testing.ts'
import format, { trafficOf } from './index.ts'

const feed = fixture('rss.xml', import.meta.url)

test('reads items in order, although they share one link and have no id', async () => {
  const { outcome } = await rankingsOf(format)
  expect(outcome(feed, { receivedAt: 5 })).toEqual({
    rankings: [
      {
        at: 5,
        items: [
          { rank: 1, term: '수능 만점자', count: 20_000 },
          { rank: 2, term: '갤럭시 & 버즈', count: 5000 },
          { rank: 3, term: '첫눈', count: 200 },
        ],
      },
    ],
  })
})

test.each([
  ['200+', 200],
  ['2000+', 2000],
  ['50,000+', 50_000],
  ['50.000+', 50_000],
  ['20K+', 20_000],
  ['1.5M+', 1_500_000],
  ['2만+', 20_000],
  ['5천+', 5000],
  ['2万+', 20_000],
  ['2 mil+', 2000],
  ['2 тыс.+', 2000],
  ['5 000+', 5000],
  ['', undefined],
  ['many', undefined],
  ['2 zillion+', undefined],
])('the approximate number of searches is read: %s', (text, count) => {
  expect(trafficOf(text)).toBe(count)
})

test('a list counts even if a number of searches cannot be read', async () => {
  const { list } = await rankingsOf(format)
  expect(list(feed.replace('2만+', 'viele'))).toBe('1 수능 만점자, 2 갤럭시 & 버즈, 3 첫눈')
})

test('reads any namespace prefix', async () => {
  const { outcome } = await rankingsOf(format)
  const { rankings } = outcome(feed.replaceAll('ht:', 'trends:'))
  expect(rankings[0]?.items[0]).toMatchObject({ count: 20_000 })
})

test.each([
  [
    'a feed without items',
    feed.replace(/<item>.*<\/item>/s, ''),
    /^invalid: item: expected terms, got an empty list$/,
  ],
  [
    'items without a title',
    feed.replaceAll('title>', 'name>'),
    /^invalid: item\[0\]\.title: expected a term, got nothing$/,
  ],
  ['a feed that is cut off', feed.slice(0, 900), /^invalid: expected a whole feed, got "<\?xml/],
  ['no XML', '{"error":404}', /^invalid: expected a whole feed, got "{/],
])('%s is invalid', async (_, record, message) => {
  const { list } = await rankingsOf(format)
  expect(list(record)).toMatch(message)
})
