import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { post, testScorer } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { labelledPosts } from '../../../tools/stack/labelled-posts.ts'
import afinn from './index.ts'

const { scorer, score } = await testScorer(afinn)

test('a score is the sum of weights, scaled to [-1, 1]', async () => {
  expect(await score('what a good day')).toBeCloseTo(3 / Math.sqrt(9 + 15))
  expect(await score('what a bad day')).toBeCloseTo(-3 / Math.sqrt(9 + 15))
  expect(await score('not a good day, not good at all')).toBe(0)
})

test('a score of any text is within [-1, 1]', async () => {
  const most = (await score('superb '.repeat(10_000))) as number
  expect(most).toBeGreaterThan(0.999)
  expect(most).toBeLessThanOrEqual(1)
  expect(await score('bastard '.repeat(10_000))).toBeGreaterThanOrEqual(-1)
})

test('English without a word of the list is neutral', async () => {
  expect(await score('the table is brown')).toBe(0)
  expect(await score(post('…', { lang: 'en' }))).toBe(0)
})

test('a post in another language is not scored', async () => {
  for (const lang of ['ko', 'es', 'de-AT', 'KO'])
    expect(await score(post('no me gusta, bad', { lang }))).toBeNull()
})

test('English of any region is scored', async () => {
  for (const lang of ['en', 'EN', 'en-GB', 'en_US'])
    expect(await score(post('good', { lang }))).toBeGreaterThan(0)
})

test('with an unknown language, words in Latin letters may be English', async () => {
  expect(await score('정말 good')).toBeGreaterThan(0)
  for (const lang of ['und', '', 'zxx', 'qme'])
    expect(await score(post('so good', { lang }))).toBeGreaterThan(0)
})

test('without such words a post of unknown language is not scored', async () => {
  for (const text of [
    '',
    '정말 좋아요',
    '😂😂',
    '2026!',
    'https://example.com/good 좋아요',
    '@good #good 좋아요',
    'RT @good: 좋아요',
  ])
    expect(await score(text)).toBeNull()
})

test('words can be added and given other weights', async () => {
  const scorer = await testScorer(afinn, { words: { Lit: 4, sick: 3, 'best-of': 2, '🫠': -2 } })
  expect(await scorer.score('this is LIT')).toBeCloseTo(4 / Math.sqrt(16 + 15))
  expect(await scorer.score('that trick was sick')).toBeGreaterThan(0)
  expect(await scorer.score('a best-of album')).toBeGreaterThan(0)
  expect(await scorer.score('Monday 🫠')).toBeLessThan(0)
  expect(await score('that trick was sick')).toBeLessThan(0)
})

test('a configured word may have the name of an object member', async () => {
  const scorer = await testScorer(afinn, { words: { constructor: 5 } })
  expect(await scorer.score('constructor')).toBeGreaterThan(0)
})

test('rejects words that can never match and weights out of range', () => {
  const message = (words: Record<string, number>) => afinn.options.safeParse({ words }).error?.message
  expect(message({ 'two words': 1 })).toMatch(/expected one word/)
  expect(message({ good: 6 })).toMatch(/<=5/)
})

test('other languages can be configured, for additional words', async () => {
  const scorer = await testScorer(afinn, { languages: ['de'], words: { toll: 4 } })
  expect(await scorer.score(post('toll!', { lang: 'de-CH' }))).toBeGreaterThan(0)
  expect(await scorer.score(post('good', { lang: 'en' }))).toBeNull()
})

test('typographic apostrophes and quotes count as plain ones', async () => {
  for (const text of ['I don’t like it', 'I donʼt like it', 'I don´t like it', 'it isn’t “good”'])
    expect(await score(post(text, { lang: 'en' }))).toBeLessThan(0)
  expect(await score('it is “good”')).toBe(await score('it is "good"'))
  expect(await score('haters’ gonna')).toBe(await score('haters gonna'))
  const own = await testScorer(afinn, { words: { 'y’all': 3 } })
  expect(await own.score("y'all")).toBeGreaterThan(0)
})

test('with keep, apostrophes are read as in the package', async () => {
  const { score } = await testScorer(afinn, { apostrophes: 'keep' })
  expect(await score('I don’t like it')).toBeGreaterThan(0)
  expect(await score('it is “good”')).toBe(0)
})

test('an explanation shows the original text', () => {
  expect(scorer.explain?.(post('I don’t like it', { lang: 'en' }))).toEqual([
    { text: 'like', weight: -2, why: 'negated by "don\'t"' },
  ])
  expect(scorer.explain?.(post('can’t', { lang: 'en' }))).toEqual([])
})

const explain = (text: string, lang = 'en') => scorer.explain?.(post(text, { lang })) ?? []

/** Texts whose score is not the one that the pieces add up to. */
async function unexplained(texts: readonly string[]): Promise<string[]> {
  const wrong: string[] = []
  for (const text of texts) {
    const sum = explain(text).reduce((sum, { weight }) => sum + weight, 0)
    if (sum / Math.sqrt(sum * sum + 15) !== (await score(post(text, { lang: 'en' })))) wrong.push(text)
  }
  return wrong
}

test('lists each word with a weight, in the order of the text, and its negator', () => {
  expect(explain("A GOOD day. It isn't bad, not at all good 😂!")).toEqual([
    { text: 'GOOD', weight: 3 },
    { text: 'bad', weight: 3, why: 'negated by "isn\'t"' },
    { text: 'good', weight: 3 },
    { text: '😂', weight: 1 },
  ])
  expect(explain('the table is brown')).toEqual([])
})

test('a post that is not scored has no explanation', () => {
  expect(explain('so good', 'ko')).toEqual([])
})

test('the weights of the pieces add up to the score', async () => {
  const texts = [
    '',
    'good\tbad',
    'good\t bad',
    '\tnot\u00a0good\r\n not not good',
    'İ good İ',
    "can't stand; won’t not_love",
  ]
  expect(await unexplained([...texts, 'good '.repeat(20_000), 'x\t'.repeat(50_000)])).toEqual([])
})

test('the weights of the pieces add up to the score of real tweets', async context => {
  const lines = gunzipSync(readFileSync(labelledPosts(context, 'en-tweets.tsv.gz')))
    .toString('utf8')
    .split('\n', 5000)
  expect(await unexplained(lines.map(line => line.slice(line.indexOf('\t') + 1)))).toEqual([])
})
