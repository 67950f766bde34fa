import { testFormat } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { fuzz, rejection } from '../testing.ts'
import format from './index.ts'

const { decode } = await testFormat(format)
const receivedAt = 1_700_000_000_000
const createdAt = 1_637_291_730_000

/** Written by hand: JSON.stringify would lose digits of the ids. */
const eneco =
  '{"id":1461526788904562689,"created_at":"2021-11-19T03:15:30.000+0000","user":{"id":12,"name":"Jane D.","screen_name":"jane","location":null,"verified":false,"friends_count":1,"followers_count":2,"statuses_count":3},"text":"cats &amp; dogs &lt;3 #pets https://t.co/a","clear_text":"cats &amp; dogs &lt;3","lang":"en","is_retweet":false,"entities":{"hashtags":[{"text":"pets"}],"media":[],"urls":[],"user_mentions":[],"symbols":[]}}'
const jcustenborder =
  '{"CreatedAt":1637291730000,"Id":1461526788904562689,"Text":"cats &amp; dogs &lt;3","Source":"<a>web</a>","Truncated":false,"InReplyToStatusId":-1,"InReplyToUserId":-1,"InReplyToScreenName":null,"GeoLocation":null,"Place":null,"Favorited":false,"Retweeted":false,"FavoriteCount":0,"User":{"Id":1461526788904562691,"Name":"Jane D.","ScreenName":"jane","WithheldInCountries":[]},"Retweet":false,"Contributors":[],"RetweetCount":0,"RetweetedByMe":false,"CurrentUserRetweetId":-1,"PossiblySensitive":false,"Lang":"en","WithheldInCountries":[]}'
const version2 =
  '{"id":"1461526788904562689","created_at":1637291730000,"text":"cats &amp; dogs &lt;3","author_id":"12","in_reply_to_user_id":null,"conversation_id":null,"reply_settings":null,"referenced_tweets":null,"attachments":null,"entities":null,"geo":null,"possibly_sensitive":null,"lang":"en","source":null}'

const post = {
  id: '1461526788904562689',
  text: 'cats & dogs <3',
  createdAt,
  lang: 'en',
  author: 'jane',
  url: 'https://twitter.com/jane/status/1461526788904562689',
}

const withSchema = (payload: string) =>
  `{"schema":{"type":"struct","fields":[{"type":"int64","optional":true,"field":"Id"}],"optional":false,"name":"Status"},"payload":${payload}}`

test("reads Eneco's structure, with the text as it was written", () => {
  const whole = { ...post, text: 'cats & dogs <3 #pets https://t.co/a' }
  expect(decode(eneco)).toEqual(whole)
  expect(decode(withSchema(eneco))).toEqual(whole)
})

test("reads jcustenborder's structure", () => {
  expect(decode(jcustenborder)).toEqual(post)
  expect(decode(withSchema(jcustenborder))).toEqual(post)
})

test("reads jcustenborder's structure of the API v2", () => {
  expect(decode(version2)).toEqual({
    ...post,
    author: '12',
    url: 'https://x.com/i/web/status/1461526788904562689',
  })
  expect(decode(withSchema(version2))).toMatchObject({ id: post.id, createdAt })
})

test('ids beyond 2^53 keep their digits, so that two posts are two', () => {
  const other = jcustenborder.replace('904562689', '904562690')
  expect([decode(jcustenborder), decode(other)]).toMatchObject([
    { id: '1461526788904562689' },
    { id: '1461526788904562690' },
  ])
  const nameless = jcustenborder.replace('"ScreenName":"jane",', '')
  expect(decode(nameless)).toMatchObject({ author: '1461526788904562691' })
})

test('leaves text that looks like an id unchanged', () => {
  const text = 'my "id":1461526788904562689, is "Id" : 1461526788904562689}'
  const record = JSON.stringify({ Id: 1, Text: text })
  expect(decode(record)).toMatchObject({ id: '1', text })
  expect(decode(`{"\\u0049d":1461526788904562689,"Text":"a"}`)).toMatchObject({ id: '1461526788904562689' })
})

test('takes the time from the id if there is none', () => {
  expect(decode('{"Id":1461526788904562689,"Text":"hi","CreatedAt":null}', { receivedAt })).toMatchObject({
    createdAt: Number(1461526788904562689n >> 22n) + 1_288_834_974_657,
  })
  expect(decode('{"Text":"hi"}', { receivedAt })).toEqual({ text: 'hi', createdAt: receivedAt })
})

test.each([
  ['StringConverter', 'so good "today" <3'],
  ['JsonConverter without schemas', '"so good \\"today\\" <3"'],
  [
    'JsonConverter with schemas',
    '{"schema":{"type":"string","optional":false},"payload":"so good \\"today\\" <3"}',
  ],
])('reads plain strings as written by %s', (_, record) => {
  expect(decode(record, { receivedAt })).toEqual({ text: 'so good "today" <3', createdAt: receivedAt })
})

test('a plain text may begin like JSON, or be valid JSON', async () => {
  for (const text of ['"hi" she said', '[live] now', '123', 'true', '"'])
    expect(decode(text, { receivedAt })).toEqual({ text, createdAt: receivedAt })
  expect(rejection(() => decode('{hi} all'))).toMatch(/^expected JSON, got "\{hi\} all"/)
  const plain = await testFormat(format, { output: 'string' })
  for (const text of ['{hi} all', '{"text":"hi"}', '"hi"', 'null'])
    expect(plain.decode(text)).toMatchObject({ text })
  const structured = await testFormat(format, { output: 'structured' })
  expect(rejection(() => structured.decode('so good'))).toMatch(/expected JSON/)
})

test('tombstones, empty texts and deletion notices are not posts', () => {
  for (const record of [
    'null',
    '{"schema":{"type":"struct"},"payload":null}',
    '""',
    '  ',
    '{"StatusId":1461526788904562689,"UserId":12}',
    withSchema('{"StatusId":1461526788904562689,"UserId":12}'),
  ])
    expect(decode(record), record).toBeNull()
})

test('leaves out retweets if configured, in each structure', async () => {
  const own = await testFormat(format, { retweets: false })
  const retweets = [
    eneco.replace('"is_retweet":false', '"is_retweet":true'),
    jcustenborder.replace('"Retweet":false', '"Retweet":true'),
    '{"Id":1,"Text":"RT @other: all of i…"}',
    version2.replace('"referenced_tweets":null', '"referenced_tweets":[{"type":"retweeted","id":"5"}]'),
  ]
  for (const record of retweets) {
    expect(own.decode(record)).toBeNull()
    expect(decode(record)).toMatchObject({ text: expect.any(String) })
  }
  for (const record of [eneco, jcustenborder, version2])
    expect(own.decode(record)).toMatchObject({ id: post.id })
})

test.each([
  ['Struct{Id=1,Text=hi}', /StringConverter prints it.+JsonConverter/],
  ['{"payload":7,"schema":{}}', 'record: expected a tweet, got 7'],
  ['{"id":1}', 'text: expected a string, got nothing'],
  ['{"Id":1,"Text":7}', 'Text: expected a string, got 7'],
  ['{"Id":1.5,"Text":"a"}', 'Id: expected a string or a whole number, got 1.5'],
  ['{"Text":"a","CreatedAt":"soon"}', /^CreatedAt: expected a time .+, got "soon"$/],
  ['{"schema":{"type":"struct"},"payload":{"Id":1,"Te', /expected JSON/],
])('rejects %s', (record, message) => {
  expect(rejection(() => decode(record))).toMatch(message)
})

test('a damaged record yields posts or a rejection, and never another error', () => {
  const records = [eneco, jcustenborder, version2, withSchema('"hi"'), '"hi"']
  expect(fuzz(record => decode(record), records, 5000)).toEqual([])
})
