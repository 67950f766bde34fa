import { post, testExtractor } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import mentions from './index.ts'

const { extract, extractor } = await testExtractor(mentions)

/** All that it names, however many and however often. */
const named = (text: string) => [...extractor.extract(post(text))]

/** Twitter's own twitter-text 3.1.0 finds the same in each of these. */
test.each<[text: string, ...names: string[]]>([
  ['nobody here'],
  ['@one and @Two_2', '@one', '@two_2'],
  ['＠wide (@inside) .@all "@quoted"', '@wide', '@inside', '@all', '@quoted'],
  ['안녕@friend님', '@friend'],
  ['RT @who: yes', '@who'],
  ['RT@who rt:@you', '@who', '@you'],
  ['start@who xRT@who'],
  ['mail me@example.com or me.too@example.org'],
  ['!@a #@a $@a %@a &@a *@a @@a'],
  ['@a@b @c', '@c'],
  ['@café @cafe', '@cafe'],
  ['@http://example.com'],
  ['@user/list @user/2 @user/', '@user'],
  ['@12345', '@12345'],
  ['@한글 @ @! @'],
  ["@who's", '@who'],
  ['@abcdefghijklmnopqrstuvwxyz', '@abcdefghijklmnopqrst'],
])('finds in %j: %s %s %s %s', (text, ...names) => {
  expect(extract(text)).toEqual(names)
})

test.each<[text: string, ...names: string[]]>([
  ['https://example.com/@user'],
  ['https://example.com/?to=@user and @real', '@real'],
  ['example.com/@user'],
  ['this/@that', '@that'],
])('finds no mention in a URL: %j', (text, ...names) => {
  expect(extract(text)).toEqual(names)
})

test('names of object members are names like any other', () => {
  expect(extract('@__proto__ @constructor')).toEqual(['@__proto__', '@constructor'])
})

test('a post of mention characters only is read in one pass', () => {
  for (const piece of ['@', '/@a', '@a', 'a@', 'rt@', 'x.co/@('])
    expect(named(piece.repeat(100_000 / piece.length)).length).toBeLessThan(100_000)
})
