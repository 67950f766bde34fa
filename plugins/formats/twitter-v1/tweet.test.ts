import { expect, test } from 'vitest'
import { snowflakeTime, tweetLanguage, tweetUrl, unescapeTweet } from './tweet.ts'

test('decodes the three entities once, and no others', () => {
  expect(unescapeTweet('a &lt;b&gt; &amp; c')).toBe('a <b> & c')
  expect(unescapeTweet('&amp;lt;')).toBe('&lt;')
  expect(unescapeTweet('AT&T &quot; &#39; &amp')).toBe('AT&T &quot; &#39; &amp')
})

test('treats codes for no language as absent', () => {
  for (const code of ['und', 'zxx', 'qme', 'qht']) expect(tweetLanguage(code)).toBeUndefined()
  expect(tweetLanguage('ko')).toBe('ko')
  expect(tweetLanguage(undefined)).toBeUndefined()
})

test('replaces old language codes of Twitter by the current ones', () => {
  expect(tweetLanguage('in')).toBe('id')
  expect(tweetLanguage('iw')).toBe('he')
})

test('creates a URL if the id can be part of one', () => {
  expect(tweetUrl('x.com', 'jack', '20')).toBe('https://x.com/jack/status/20')
  expect(tweetUrl('x.com', undefined, '20')).toBe('https://x.com/i/web/status/20')
  expect(tweetUrl('x.com', 'a/../b?', '20')).toBe('https://x.com/i/web/status/20')
  expect(tweetUrl('x.com', 'jack', '20?')).toBeUndefined()
  expect(tweetUrl('x.com', 'jack', undefined)).toBeUndefined()
})

test('takes the time of a tweet from its id', () => {
  expect(snowflakeTime('1461526788904562688')).toBe(Number(1461526788904562688n >> 22n) + 1_288_834_974_657)
  expect(snowflakeTime('20')).toBeUndefined()
  expect(snowflakeTime('not-a-number')).toBeUndefined()
  expect(snowflakeTime(undefined)).toBeUndefined()
})
