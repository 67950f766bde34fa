import { testFormat } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { fuzz, rejection } from '../testing.ts'
import format from './index.ts'

const { decode } = await testFormat(format)
const receivedAt = 1_700_000_000_000
const createdAt = 1_637_291_730_000

const brief = {
  '@timestamp': '2021-11-19T03:15:30.000Z',
  '@version': '1',
  message: 'cats &amp; dogs &lt;3 #pets',
  user: 'jane',
  client: '<a href="https://example.org">web</a>',
  retweeted: false,
  source: 'http://twitter.com/jane/status/1461526788904562689',
  hashtags: [{ text: 'pets', indices: [15, 20] }],
  symbols: [],
  user_mentions: [],
  'in-reply-to': null,
  urls: ['https://example.org/'],
}
const full = {
  '@timestamp': '2021-11-19T03:15:30.000Z',
  '@version': '1',
  created_at: 'Fri Nov 19 03:15:30 +0000 2021',
  id_str: '1461526788904562689',
  text: 'cats &amp; dogs &lt;3 #pets',
  lang: 'en',
  user: { id_str: '12', screen_name: 'jane' },
}
const post = {
  id: '1461526788904562689',
  text: 'cats & dogs <3 #pets',
  createdAt,
  author: 'jane',
  url: 'https://twitter.com/jane/status/1461526788904562689',
}

test('reads a brief event', () => {
  expect(decode(JSON.stringify(brief))).toEqual(post)
})

test('reads a full tweet', () => {
  expect(decode(JSON.stringify(full))).toEqual({ ...post, lang: 'en' })
  const id = JSON.stringify(full).replace('"id_str":"1461526788904562689"', '"id":1461526788904562689')
  expect(decode(id)).toMatchObject({ id: '1461526788904562689' })
})

test('accepts a full tweet with fields added by filters', () => {
  expect(decode(JSON.stringify({ ...full, message: 'other', tags: ['x'] }))).toMatchObject({
    text: post.text,
  })
})

test('takes the whole text of a retweet in a full tweet', () => {
  const retweet = { ...full, text: 'RT @other: all…', retweeted_status: { text: 'all of it' } }
  expect(decode(JSON.stringify(retweet))).toMatchObject({ text: 'all of it', author: 'jane' })
})

test('uses @timestamp if a full tweet has no time', () => {
  const { created_at, ...rest } = full
  expect(decode(JSON.stringify(rest), { receivedAt })).toMatchObject({ createdAt })
  const { '@timestamp': _, ...bare } = rest
  expect(decode(JSON.stringify(bare), { receivedAt })).toMatchObject({ createdAt: receivedAt })
})

test('needs only a text', () => {
  expect(decode('{"message":"hi"}', { receivedAt })).toEqual({ text: 'hi', createdAt: receivedAt })
  expect(decode('{"message":"hi","source":"https://example.org/"}', { receivedAt })).toEqual({
    text: 'hi',
    createdAt: receivedAt,
  })
})

test('leaves out retweets if configured, recognised by their text', async () => {
  const own = await testFormat(format, { retweets: false })
  const retweet = { ...brief, message: 'RT @other: all of i…' }
  expect(own.decode(JSON.stringify(retweet))).toBeNull()
  expect(decode(JSON.stringify(retweet))).toMatchObject({ text: 'RT @other: all of i…' })
  expect(own.decode(JSON.stringify({ ...brief, retweeted: true }))).toMatchObject({ id: post.id })
  expect(own.decode(JSON.stringify({ ...full, retweeted_status: {} }))).toBeNull()
})

test('reads several events of an array', () => {
  expect(decode(JSON.stringify([brief, full]))).toMatchObject([{ id: post.id }, { lang: 'en' }])
})

test.each([
  ['7', 'record: expected an event, got 7'],
  ['{"@timestamp":"2021-11-19T03:15:30.000Z"}', 'text: expected a string, got nothing'],
  ['{"message":7}', 'text: expected a string, got nothing'],
  ['{"message":"a","user":7}', 'user: expected a string, got 7'],
  ['{"message":"a","source":7}', 'source: expected a string, got 7'],
  ['{"message":"a","@timestamp":"soon"}', /^@timestamp: expected a time .+, got "soon"$/],
  ['2021-11-19T03:15:30.000Z %{host} cats & dogs', /expected JSON/],
])('rejects %s', (record, message) => {
  expect(rejection(() => decode(record))).toMatch(message)
})

test('a damaged record yields posts or a rejection, and never another error', () => {
  const records = [brief, full].map(event => JSON.stringify(event))
  expect(fuzz(record => decode(record), records, 5000)).toEqual([])
})
