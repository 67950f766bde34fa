import { testFormat } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { fuzz, rejection } from '../testing.ts'
import format from './index.ts'

const { decode } = await testFormat(format)
const receivedAt = 1_700_000_000_000

const tweet = {
  id: '1461526788904562688',
  text: 'cats &amp; dogs &lt;3',
  created_at: '2021-11-19T03:15:30.000Z',
  lang: 'en',
  author_id: '12',
}
const users = [
  { id: '11', name: 'Other', username: 'other' },
  { id: '12', name: 'Jane', username: 'jane' },
]
const streamed = {
  data: tweet,
  includes: { users },
  matching_rules: [
    { id: '1', tag: 'pets' },
    { id: '2', tag: '' },
    { id: '3', tag: 'love' },
  ],
}

test('reads a message of the stream, with the tags of its rules as topics', () => {
  expect(decode(JSON.stringify(streamed))).toEqual({
    id: '1461526788904562688',
    text: 'cats & dogs <3',
    createdAt: 1_637_291_730_000,
    lang: 'en',
    author: 'jane',
    url: 'https://x.com/jane/status/1461526788904562688',
    topics: ['pets', 'love'],
  })
})

test('uses the id of the author if the message does not include the user', () => {
  expect(decode(JSON.stringify({ data: { ...tweet, lang: 'und' } }))).toEqual({
    id: '1461526788904562688',
    text: 'cats & dogs <3',
    createdAt: 1_637_291_730_000,
    author: '12',
    url: 'https://x.com/i/web/status/1461526788904562688',
  })
})

test('takes the time from the id if there is no created_at', () => {
  const data = { id: tweet.id, text: 'hi' }
  expect(decode(JSON.stringify({ data }))).toMatchObject({
    createdAt: Number(BigInt(tweet.id) >> 22n) + 1_288_834_974_657,
  })
  expect(decode('{"data":{"id":"1","text":"hi"}}', { receivedAt })).toMatchObject({ createdAt: receivedAt })
})

test('takes the whole text of a long tweet', () => {
  const note_tweet = { text: 'all of it &amp; more' }
  expect(decode(JSON.stringify({ data: { ...tweet, note_tweet } }))).toMatchObject({
    text: 'all of it & more',
  })
})

const retweet = {
  data: {
    ...tweet,
    text: 'RT @other: all of i…',
    referenced_tweets: [{ type: 'retweeted', id: '5' }],
  },
  includes: { users, tweets: [{ id: '5', text: 'all of i…', note_tweet: { text: 'all of it' } }] },
}

test('a retweet has the whole text of the original', () => {
  expect(decode(JSON.stringify(retweet))).toMatchObject({ id: tweet.id, text: 'all of it', author: 'jane' })
  expect(decode(JSON.stringify({ data: retweet.data }))).toMatchObject({ text: 'RT @other: all of i…' })
})

test('takes a quoting tweet by its own text', () => {
  const data = { ...tweet, text: 'so true', referenced_tweets: [{ type: 'quoted', id: '5' }] }
  expect(decode(JSON.stringify({ ...retweet, data }))).toMatchObject({ text: 'so true' })
})

test('leaves retweets out if configured', async () => {
  const own = await testFormat(format, { retweets: false })
  expect(own.decode(JSON.stringify(retweet))).toBeNull()
  expect(own.decode(JSON.stringify(streamed))).toMatchObject({ id: tweet.id })
})

test('reads a page of search results', () => {
  const page = {
    data: [tweet, { ...tweet, id: '7', author_id: '11' }],
    includes: { users },
    meta: { result_count: 2 },
  }
  expect(decode(JSON.stringify(page))).toMatchObject([
    { id: tweet.id, author: 'jane' },
    { id: '7', author: 'other' },
  ])
})

test.each([
  '{"meta":{"result_count":0}}',
  '{"data":[],"meta":{"result_count":0}}',
  '{"errors":[{"title":"ConnectionException","detail":"too many connections"}]}',
  '{"title":"operational-disconnect","disconnect_type":"UpstreamOperationalDisconnect","type":"https://api.twitter.com/2/problems/operational-disconnect"}',
])('finds no post in %s', record => {
  expect(decode(record)).toBeNull()
})

test('reads a tweet with errors about referenced objects', () => {
  expect(decode(JSON.stringify({ data: tweet, errors: [{ title: 'Not Found Error' }] }))).toMatchObject({
    id: tweet.id,
  })
})

test.each([
  ['7', 'record: expected an object, got 7'],
  ['{}', 'data: expected a tweet, got nothing'],
  ['{"data":7}', 'data: expected a tweet, got 7'],
  ['{"data":{"id":"1"}}', 'text: expected a string, got nothing'],
  ['{"data":{"id":1.5,"text":"a"}}', 'id: expected a string or a whole number, got 1.5'],
  ['{"data":[{"id":"1","text":"a"},{"id":"2"}]}', 'data[1] text: expected a string, got nothing'],
])('rejects %s', (record, message) => {
  expect(rejection(() => decode(record))).toBe(message)
})

test('rejects an invalid time', () => {
  expect(rejection(() => decode('{"data":{"text":"a","created_at":"soon"}}'))).toMatch(
    /^created_at: expected a time .+, got "soon"$/,
  )
})

test('a damaged record yields posts or a rejection, and never another error', () => {
  const page = { data: [tweet, retweet.data], includes: retweet.includes, meta: { result_count: 2 } }
  const records = [streamed, retweet, page].map(record => JSON.stringify(record))
  expect(fuzz(record => decode(record), records)).toEqual([])
})

test('reads a tweet without a message around it, and arrays of any', () => {
  expect(decode(JSON.stringify(tweet))).toMatchObject({ id: tweet.id, text: 'cats & dogs <3', author: '12' })
  expect(decode(JSON.stringify([tweet, streamed]))).toMatchObject([{ author: '12' }, { author: 'jane' }])
  expect(decode('[]')).toBeNull()
})

test('reads output of twarc: the author and the retweeted tweet are within the tweet', () => {
  const flat = {
    ...tweet,
    author: { id: '12', username: 'jane' },
    text: 'RT @other: all of i…',
    referenced_tweets: [{ type: 'retweeted', id: '5', text: 'all of it' }],
    __twarc: { version: '2' },
  }
  expect(decode(JSON.stringify(flat))).toMatchObject({
    author: 'jane',
    text: 'all of it',
    url: 'https://x.com/jane/status/1461526788904562688',
  })
})

test('reads tweets and messages as printed by Python', () => {
  const dict =
    "{'edit_history_tweet_ids': ['1461526788904562688'], 'id': '1461526788904562688', 'text': \"it's\"}"
  expect(decode(dict)).toMatchObject({ id: tweet.id, text: "it's" })
  expect(decode(`{'data': ${dict}, 'matching_rules': [{'id': '1', 'tag': 'pets'}]}`)).toMatchObject({
    id: tweet.id,
    topics: ['pets'],
  })
  expect(decode(`b'{"data":{"id":"1461526788904562688","text":"hi"}}'`)).toMatchObject({ id: tweet.id })
  const response = `Response(data=[<Tweet id=1461526788904562688 text='hi > you'>], includes={'users': [<User id=12 name=Jane D. username=jane>]}, errors=[], meta={'result_count': 1})`
  expect(decode(response)).toMatchObject([{ id: tweet.id, text: 'hi > you' }])
  expect(
    decode(
      "StreamResponse(data=<Tweet id=7 text='a'>, includes={}, errors=[], matching_rules=[StreamRule(value=None, tag='x', id='1')])",
    ),
  ).toMatchObject({
    id: '7',
    topics: ['x'],
  })
})

test('reads JSON within a JSON string', () => {
  expect(decode(JSON.stringify(JSON.stringify(streamed)))).toMatchObject({ id: tweet.id, author: 'jane' })
})

test('all versions of an edited tweet are one post', () => {
  const edit_history_tweet_ids = ['1461526788904562600', tweet.id]
  expect(decode(JSON.stringify({ data: { ...tweet, edit_history_tweet_ids } }))).toMatchObject({
    id: '1461526788904562600',
    url: 'https://x.com/i/web/status/1461526788904562688',
  })
})

test('reads tweets of Tweepy, whose ids are numbers', () => {
  // json.dumps(dict(tweet), default=str)
  const dumped =
    '{"id": 1461526788904562689, "text": "hi", "author_id": 1461526788904562691, "created_at": "2021-11-19 03:15:30+00:00", "edit_history_tweet_ids": [1461526788904562689], "referenced_tweets": null}'
  expect(decode(dumped)).toEqual({
    id: '1461526788904562689',
    text: 'hi',
    author: '1461526788904562691',
    createdAt: 1_637_291_730_000,
    url: 'https://x.com/i/web/status/1461526788904562689',
  })
  const printed =
    "{'id': 1461526788904562689, 'text': 'hi', 'author_id': 1461526788904562691, 'created_at': datetime.datetime(2021, 11, 19, 3, 15, 30, tzinfo=datetime.timezone.utc)}"
  expect(decode(printed)).toMatchObject({ id: '1461526788904562689', author: '1461526788904562691' })
})

test('recognises retweets in all structures', async () => {
  const own = await testFormat(format, { retweets: false })
  const retweets = [
    '{"id":"1","text":"RT @other: all of i…"}',
    '{"id":"1","text":"RT @other: x","referenced_tweets":["<ReferencedTweet id=5 type=retweeted"]}',
    '{"id":"1","text":"RT @other: x","referenced_tweets":"[<ReferencedTweet id=5 type=retweeted>]"}',
    "{'id': 1, 'text': 'RT @other: x', 'referenced_tweets': [<ReferencedTweet id=5 type=retweeted], 'lang': 'en'}",
    "{'id': 1, 'text': 'RT @other: x', 'referenced_tweets': [<ReferencedTweet id=5 type=retweeted>], 'lang': 'en'}",
  ]
  for (const record of retweets) {
    expect(own.decode(record), record).toBeNull()
    expect(decode(record), record).toMatchObject({ text: expect.stringMatching(/^RT @other/) })
  }
  for (const record of [
    '{"id":"1","text":"RT @other: so true","referenced_tweets":[{"type":"quoted","id":"5"}]}',
    '{"id":"1","text":"RT @other: so true","referenced_tweets":[]}',
    "{'id': 1, 'text': 'hi', 'referenced_tweets': [<ReferencedTweet id=5 type=quoted, <ReferencedTweet id=6 type=replied_to]}",
  ])
    expect(own.decode(record), record).toMatchObject({ id: '1' })
})

test('uses the id of the author if a flattened tweet lacks the user', () => {
  expect(
    decode(JSON.stringify({ ...tweet, author: {}, referenced_tweets: [{ type: 'retweeted', id: '5' }] })),
  ).toMatchObject({
    author: '12',
    text: 'cats & dogs <3',
  })
})
