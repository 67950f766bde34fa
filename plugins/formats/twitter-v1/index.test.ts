import { testFormat } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { fuzz, rejection } from '../testing.ts'
import format from './index.ts'

const { decode } = await testFormat(format)
const receivedAt = 1_700_000_000_000

const status = {
  created_at: 'Fri Nov 19 03:15:30 +0000 2021',
  id: 1461526788904562700,
  id_str: '1461526788904562688',
  text: 'cats &amp; dogs &lt;3',
  truncated: false,
  lang: 'en',
  user: { id_str: '12', screen_name: 'jane' },
}
const post = {
  id: '1461526788904562688',
  text: 'cats & dogs <3',
  createdAt: 1_637_291_730_000,
  lang: 'en',
  author: 'jane',
  url: 'https://twitter.com/jane/status/1461526788904562688',
}

test('reads a status', () => {
  expect(decode(JSON.stringify(status))).toEqual(post)
})

test('needs only a text', () => {
  expect(decode('{"text":"hi","lang":"und"}', { receivedAt })).toEqual({ text: 'hi', createdAt: receivedAt })
})

test('keeps all digits of an id that is only present as a number', () => {
  expect(decode('{"id":1461526788904562689,"text":"hi"}')).toMatchObject({
    id: '1461526788904562689',
    url: 'https://twitter.com/i/web/status/1461526788904562689',
  })
})

test('takes milliseconds from a stream that provides them', () => {
  expect(decode(JSON.stringify({ ...status, timestamp_ms: '1637291730123' }))).toMatchObject({
    createdAt: 1_637_291_730_123,
  })
})

test('takes the whole text of an extended status', () => {
  const extended_tweet = { full_text: 'all of it &amp; more' }
  expect(decode(JSON.stringify({ ...status, extended_tweet }))).toMatchObject({ text: 'all of it & more' })
  const { text, ...rest } = status
  expect(decode(JSON.stringify({ ...rest, full_text: 'all of it' }))).toMatchObject({ text: 'all of it' })
})

const retweet = {
  ...status,
  text: 'RT @other: all of i…',
  retweeted_status: {
    ...status,
    id_str: '5',
    text: 'all of i…',
    extended_tweet: { full_text: 'all of it' },
    user: { screen_name: 'other' },
  },
}

test('a retweet has the whole text of the original, and its own id and author', () => {
  expect(decode(JSON.stringify(retweet))).toEqual({ ...post, text: 'all of it' })
})

test('leaves retweets out if configured', async () => {
  const own = await testFormat(format, { retweets: false })
  expect(own.decode(JSON.stringify(retweet))).toBeNull()
  expect(own.decode(JSON.stringify(status))).toEqual(post)
})

test('takes a quoting status by its own text', () => {
  const quoting = { ...status, text: 'so true', quoted_status: { ...status, text: 'what I said' } }
  expect(decode(JSON.stringify(quoting))).toMatchObject({ text: 'so true' })
})

test('reads a page of search results, and an array', () => {
  const page = { statuses: [status, { ...status, id_str: '7' }], search_metadata: { count: 2 } }
  expect(decode(JSON.stringify(page))).toMatchObject([{ id: post.id }, { id: '7' }])
  expect(decode(JSON.stringify([status, { delete: { status: { id_str: '3' } } }]))).toEqual([post])
  expect(decode('{"statuses":[]}')).toBeNull()
})

test.each([
  '{"delete":{"status":{"id":1234,"id_str":"1234","user_id":3,"user_id_str":"3"}}}',
  '{"limit":{"track":1234}}',
  '{"scrub_geo":{"user_id":14090452,"up_to_status_id":23260136625}}',
  '{"disconnect":{"code":4,"stream_name":"","reason":""}}',
  '{"warning":{"code":"FALLING_BEHIND","percent_full":60}}',
  '{"status_withheld":{"id":1234567890,"user_id":123456}}',
  "{'limit': {'track': 1234}}",
])('finds no post in %s', record => {
  expect(decode(record)).toBeNull()
})

test.each([
  ['7', 'record: expected a status, got 7'],
  ['{}', 'text: expected a string, got nothing'],
  ['{"text":["a"]}', 'text: expected a string, got an array'],
  ['{"text":"a","lang":7}', 'lang: expected a string, got 7'],
  ['{"text":"a","user":{"screen_name":7}}', 'user.screen_name: expected a string, got 7'],
  ['{"statuses":[{"text":"a"},{}]}', 'statuses[1] text: expected a string, got nothing'],
  ["{'text': 'a', 'id': 1.5}", 'id: expected a string or a whole number, got 1.5'],
  ["b'{}", 'expected a closing quote at character 5 of the Python literal, got the end'],
  ["b'\\xff'", 'record: expected UTF-8 in a bytes literal, got bytes'],
])('rejects %s', (record, message) => {
  expect(rejection(() => decode(record))).toBe(message)
})

test('rejects an invalid time', () => {
  expect(rejection(() => decode('{"text":"a","created_at":"soon"}'))).toMatch(
    /^created_at: expected a time .+, got "soon"$/,
  )
})

// What python3 prints for print(status).
const printed = `{'created_at': 'Fri Nov 19 03:15:30 +0000 2021', 'id': 1461526788904562688, 'text': "it's 😀 &amp; 갤럭시", 'geo': None, 'truncated': False, 'user': {'screen_name': 'jane'}, 'lang': 'en'}`

test('reads the dict that a Tweepy relay prints', () => {
  expect(decode(printed)).toEqual({ ...post, text: "it's 😀 & 갤럭시" })
  expect(decode(`[${printed}, ${printed}]`)).toMatchObject([{ id: post.id }, { id: post.id }])
})

test('reads the bytes that a Tweepy relay prints as they came', () => {
  const asPrinted = String.raw`b'{"created_at": "Fri Nov 19 03:15:30 +0000 2021", "id": 1461526788904562689, "text": "it\'s \xea\xb0\xa4\xeb\x9f\xad\xec\x8b\x9c \\ud83d\\ude00\\n"}'`
  expect(decode(asPrinted)).toMatchObject({ id: '1461526788904562689', text: "it's 갤럭시 😀\n" })
})

test('a damaged record yields posts or a rejection, and never another error', () => {
  const bytes = String.raw`b'{"id": 1461526788904562689, "text": "it\'s \xea\xb0\xa4 \\ud83d\n"}'`
  const json = [status, retweet, { statuses: [status, retweet] }].map(record => JSON.stringify(record))
  expect(fuzz(record => decode(record), [...json, printed, bytes])).toEqual([])
})

test('reads JSON within a JSON string, and several values in a record', () => {
  expect(decode(JSON.stringify(JSON.stringify(status)))).toEqual(post)
  expect(decode(JSON.stringify(status) + JSON.stringify({ ...status, id_str: '7' }))).toMatchObject([
    { id: post.id },
    { id: '7' },
  ])
})

test('reads the entries of the archive that X gives its users', () => {
  const { user, text, ...tweet } = status
  expect(decode(JSON.stringify({ tweet: { ...tweet, full_text: text } }))).toMatchObject({
    id: post.id,
    text: post.text,
    createdAt: post.createdAt,
  })
})

test('reads the objects that Tweepy prints', () => {
  const object = `Status(_api=<tweepy.api.API object at 0x7f3c>, _json=${printed}, created_at=datetime.datetime(2021, 11, 19, 3, 15, 30, tzinfo=datetime.timezone.utc), id=1461526788904562688)`
  expect(decode(object)).toEqual({ ...post, text: "it's 😀 & 갤럭시" })
  expect(decode(`[${object}]`)).toMatchObject([{ id: post.id }])
  const dict =
    "{'text': 'a', 'created_at': datetime.datetime(2021, 11, 19, 3, 15, 30, tzinfo=datetime.timezone.utc)}"
  expect(decode(dict)).toMatchObject({ createdAt: post.createdAt })
})

test('all versions of an edited tweet are one post', () => {
  const id = '1461526788904562600'
  for (const more of [
    { edit_history: { initial_tweet_id: id } },
    { edit_history: { edit_tweet_ids: [id, status.id_str] } },
    { edit_info: { edit: { initialTweetId: id } } },
    { edit_info: { initial: { editTweetIds: [id] } } },
  ])
    expect(decode(JSON.stringify({ ...status, ...more }))).toMatchObject({ id, url: post.url })
})

test('names the other format for records of the API v2', () => {
  expect(rejection(() => decode('{"data":{"id":"1","text":"a"}}'))).toMatch(
    /which the format `twitter-v2` reads$/,
  )
})
