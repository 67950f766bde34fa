import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import Sentiment from 'sentiment'
import emoji from 'sentiment/build/emoji.json' with { type: 'json' }
import labels from 'sentiment/languages/en/labels.json' with { type: 'json' }
import negators from 'sentiment/languages/en/negators.json' with { type: 'json' }
import { expect, test } from 'vitest'
import { labelledPosts } from '../../../tools/stack/labelled-posts.ts'
import { isToken, Lexicon } from './lexicon.ts'

const lexicon = new Lexicon(
  new Map([...Object.entries(labels), ...Object.entries(emoji)]),
  new Set(Object.keys(negators)),
)
const sentiment = new Sentiment()

/** The texts on which the package and the lexicon differ. */
const differing = (texts: string[]) =>
  texts.filter(text => lexicon.sum(text) !== sentiment.analyze(text).score)

/** Numbers from 0 to n - 1, the same ones on every run (a linear congruential generator). */
function seeded(seed: number) {
  let state = seed
  return (n: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

test('the sum equals that of the package, negation included', () => {
  expect(lexicon.sum('What a good, good day')).toBe(6)
  expect(lexicon.sum('This is not good.')).toBe(-3)
  expect(lexicon.sum("I don't love it; it isn't BAD")).toBe(0)
  expect(lexicon.sum('not so good')).toBe(3)
  expect(lexicon.sum('thanks 😂 !')).toBe(3)
  expect(lexicon.sum('')).toBe(0)
})

test('equals the package on generated texts of every kind', () => {
  const next = seeded(1)
  const words = [...Object.keys(labels), ...Object.keys(emoji), ...Object.keys(negators)]
  const fillers = ['the', 'phone', 'I', "it's", 'é', '갤럭시', 'İ', 'K', '-', '@who', '#tag', '2026']
  const gaps = [
    ' ',
    ' ',
    ' ',
    '  ',
    '\n',
    '\t',
    '\r\n',
    ' \u00a0',
    '\u3000',
    '. ',
    ', ',
    '!!!',
    '',
    '"',
    '_',
    ' not ',
  ]
  const pick = (list: string[]) => list[next(list.length)] as string
  const word = () => {
    const chosen = next(2) ? pick(words) : pick(fillers)
    return next(4) ? chosen : chosen.toUpperCase()
  }
  const texts = Array.from({ length: 2000 }, () =>
    Array.from({ length: next(15) }, () => word() + pick(gaps)).join(''),
  )
  expect(differing(texts)).toEqual([])
  expect(texts.filter(text => lexicon.sum(text) !== 0).length).toBeGreaterThan(1000)
})

test('equals the package on real tweets', context => {
  const lines = gunzipSync(readFileSync(labelledPosts(context, 'en-tweets.tsv.gz')))
    .toString('utf8')
    .split('\n', 5000)
  const texts = lines.map(line => line.slice(line.indexOf('\t') + 1))
  expect(texts).toHaveLength(5000)
  expect(differing(texts)).toEqual([])
})

test('names of object members are not words', () => {
  for (const text of ['constructor', '__proto__', 'toString hasOwnProperty valueOf proto'])
    expect(lexicon.sum(text)).toBe(0)
  // Here the package finds a negator, since it looks the word up in a plain object.
  expect(sentiment.analyze('constructor good').score).toBe(-3)
  expect(lexicon.sum('constructor good')).toBe(3)
})

test('any text is read in one pass', () => {
  const pieces = ['a', ' ', '\t', 'a\t', 'good ', 'not ', "can't", '😀', '\ud800', '!']
  for (const piece of pieces) {
    const text = piece.repeat(100_000 / piece.length)
    expect(Number.isFinite(lexicon.sum(text))).toBe(true)
  }
})

test('a word is one token', () => {
  for (const word of ['good', "can't", '좋아요', '😂', 'wi-fi']) expect(isToken(word)).toBe(true)
  for (const word of ['', 'two words', 'a.b', 'tab\t', '#tag']) expect(isToken(word)).toBe(false)
})
