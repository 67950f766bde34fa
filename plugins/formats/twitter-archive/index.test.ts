import { LINES, recordSplitter } from 'mood-exporter/plugin'
import { testFormat } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { fuzz, rejection } from '../testing.ts'
import format from './index.ts'

const { decode, format: instance } = await testFormat(format)
const receivedAt = 1_700_000_000_000
const createdAt = 1_637_291_730_000

const tweet = {
  edit_info: {
    initial: { editTweetIds: ['1461526788904562689'], editableUntil: '2021-11-19T03:45:30.000Z' },
  },
  retweeted: false,
  source: '<a href="https://example.org">web</a>',
  entities: { hashtags: [], symbols: [], user_mentions: [], urls: [] },
  display_text_range: ['0', '14'],
  favorite_count: '3',
  id_str: '1461526788904562689',
  truncated: false,
  retweet_count: '0',
  id: '1461526788904562689',
  created_at: 'Fri Nov 19 03:15:30 +0000 2021',
  favorited: false,
  full_text: 'cats &amp; dogs &lt;3',
  lang: 'en',
}
const post = {
  id: '1461526788904562689',
  text: 'cats & dogs <3',
  createdAt,
  lang: 'en',
  url: 'https://twitter.com/i/web/status/1461526788904562689',
}

/** The texts of the posts of a file, which is cut as the format says. */
function textsOf(file: string, from = instance) {
  const texts: (string | undefined)[] = []
  const splitter = recordSplitter(from.framing ?? LINES, 65_536, {
    record(bytes) {
      const text = Buffer.from(bytes).toString()
      const decoded = from.decode(text, { bytes: Buffer.from(bytes), receivedAt })
      for (const { text } of [decoded ?? []].flat()) texts.push(text)
    },
    oversized: () => {},
  })
  splitter.write(Buffer.from(file))
  splitter.end()
  return texts
}

test('reads an entry', () => {
  expect(decode(JSON.stringify({ tweet }))).toEqual(post)
})

test('sets the author from the options', async () => {
  const jane = await testFormat(format, { author: '@jane' })
  const named = { ...post, author: 'jane', url: 'https://twitter.com/jane/status/1461526788904562689' }
  expect(jane.decode(JSON.stringify({ tweet }))).toEqual(named)
  expect(jane.decode(JSON.stringify({ ...tweet, user: { screen_name: 'j' } }))).toMatchObject({ author: 'j' })
  expect(() => format.options.parse({ author: 'Jane D.' })).toThrow('expected a name')
})

const second = { tweet: { ...tweet, id_str: '2', full_text: 'two' } }
const entries = JSON.stringify([{ tweet }, second], null, 2)

test.each([
  ['tweets.js', `window.YTD.tweets.part0 = ${entries}`],
  ['tweets-part1.js', `window.YTD.tweets.part1 = ${entries};\n`],
  ['tweet.js of older archives', `window.YTD.tweet.part0 = ${entries}`],
  ['deleted-tweets.js', `window.YTD.deleted_tweets.part0 = ${entries}`],
  ['community-tweet.js', `window.YTD.community_tweet.part0 = ${entries}`],
  ['a file line by line', `${JSON.stringify({ tweet })}\n${JSON.stringify(second)}\n`],
  ['an array without the JavaScript', entries],
])('reads %s', (_, file) => {
  expect(textsOf(file)).toEqual(['cats & dogs <3', 'two'])
})

test('reads a whole file as one record', () => {
  const file = `window.YTD.tweets.part0 = ${entries}`
  expect(decode(file)).toMatchObject([{ text: 'cats & dogs <3' }, { text: 'two' }])
})

test('reads archives from before 2018, which have users and times of their own', () => {
  const old = {
    source: 'web',
    id_str: '5',
    created_at: '2015-01-24 02:02:37 +0000',
    text: 'My time is 6:01',
    user: { screen_name: 'jane', id_str: '12' },
  }
  expect(textsOf(`Grailbird.data.tweets_2015_01 = \n${JSON.stringify([old])}`)).toEqual(['My time is 6:01'])
  expect(decode(JSON.stringify(old))).toMatchObject({
    author: 'jane',
    createdAt: Date.UTC(2015, 0, 24, 2, 2, 37),
  })
})

test('reads long tweets from note-tweet.js', async () => {
  const note = {
    noteTweetId: '7',
    createdAt: '2021-11-19T03:15:30.000Z',
    core: { text: 'all of it &amp; more', mentions: [], hashtags: [] },
  }
  const jane = await testFormat(format, { author: 'jane' })
  expect(jane.decode(JSON.stringify({ noteTweet: note }))).toMatchObject({
    id: '7',
    text: 'all of it & more',
    createdAt,
    author: 'jane',
  })
  expect(textsOf(`window.YTD.note_tweet.part0 = [${JSON.stringify({ noteTweet: note })}]`)).toHaveLength(1)
})

test('leaves out retweets if configured, recognised by their text', async () => {
  const own = await testFormat(format, { retweets: false })
  const retweet = { tweet: { ...tweet, full_text: 'RT @other: all of i…' } }
  expect(own.decode(JSON.stringify(retweet))).toBeNull()
  expect(own.decode(JSON.stringify({ tweet: { ...tweet, full_text: 'RT if you agree' } }))).toMatchObject({
    text: 'RT if you agree',
  })
  expect(decode(JSON.stringify(retweet))).toMatchObject({ text: 'RT @other: all of i…' })
  expect(own.decode(JSON.stringify({ text: 'RT @o: x', retweeted_status: { text: 'x' } }))).toBeNull()
})

test('all versions of an edited tweet are one post', () => {
  const edit = { initialTweetId: '1', editControlInitial: { editTweetIds: ['1', '2'] } }
  expect(decode(JSON.stringify({ tweet: { ...tweet, edit_info: { edit } } }))).toMatchObject({ id: '1' })
})

test.each([
  ['7', 'record: expected an entry of an archive, got 7'],
  ['{"like":{"tweetId":"5","fullText":"hi"}}', 'full_text: expected a string, got nothing'],
  ['{"tweet":{"full_text":7}}', 'full_text: expected a string, got 7'],
  ['{"noteTweet":{"core":{}}}', 'noteTweet.core.text: expected a string, got nothing'],
  ['{"tweet":{"full_text":"a","created_at":"soon"}}', /^created_at: expected a time/],
  ['{"tweet":{"full_text":"a"', /expected JSON/],
])('rejects %s', (record, message) => {
  expect(rejection(() => decode(record))).toMatch(message)
})

test('a damaged entry yields posts or a rejection, and never another error', () => {
  const records = [JSON.stringify({ tweet }), '{"noteTweet":{"noteTweetId":"7","core":{"text":"a"}}}']
  expect(fuzz(record => decode(record), records, 5000)).toEqual([])
})
