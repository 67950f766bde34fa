import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { post, testScorer } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { labelledPosts } from '../../../tools/stack/labelled-posts.ts'
import afinn from './index.ts'

const { scorer, score } = await testScorer(afinn)
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
