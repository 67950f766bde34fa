import { post, testScorer } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import vader from './index.ts'

const { score } = await testScorer(vader)

test('a score is the compound of VADER, to four decimals', async () => {
  // What Python's vaderSentiment 3.3.2 says of these.
  for (const [text, compound] of [
    ['The soup was good.', 0.4404],
    ['The soup was VERY good!!', 0.6715],
    ['The soup was not good.', -0.3412],
    ['The soup was good, but the waiter was horrible', -0.5859],
    ['soup 😍 :)', 0.7184],
    ['The table is brown', 0],
  ] as const)
    expect(await score(text), text).toBe(compound)
})

test('a post in another language is not scored', async () => {
  for (const lang of ['ko', 'es', 'de-AT', 'KO'])
    expect(await score(post('no me gusta, bad 😂', { lang }))).toBeNull()
})

test('English of any region is scored, even without a word of the list', async () => {
  for (const lang of ['en', 'EN', 'en-GB', 'en_US']) {
    expect(await score(post('good', { lang }))).toBeGreaterThan(0)
    expect(await score(post('', { lang }))).toBe(0)
  }
})

test('with an unknown language, words in Latin letters may be English', async () => {
  expect(await score('정말 good')).toBeGreaterThan(0)
  expect(await score('jeongmal table')).toBe(0)
  for (const lang of ['und', '', 'zxx', 'qme'])
    expect(await score(post('so good', { lang }))).toBeGreaterThan(0)
})

test('with an unknown language, emoji and emoticons are sufficient', async () => {
  expect(await score('정말 😍')).toBeGreaterThan(0)
  expect(await score('정말 :(')).toBeLessThan(0)
  expect(await score('😭😭')).toBeLessThan(0)
})

test('with an unknown language and no known words, there is no score', async () => {
  for (const text of [
    '',
    '정말 좋아요',
    '2026!',
    '🧱',
    'https://example.com/table 좋아요',
    '@table #table 좋아요',
  ])
    expect(await score(text), text).toBeNull()
})

test('words can be added and given other weights', async () => {
  const scorer = await testScorer(vader, {
    words: { Lit: 3, sick: 2, 'best-of': 2, '🫠': -2, '🫠🫠': -3, ':-B': 1, 좋아요: 3 },
  })
  for (const text of ['this is LIT', 'that trick was sick!', 'a best-of album', 'well :-B', '정말 좋아요!!'])
    expect(await scorer.score(text), text).toBeGreaterThan(0)
  expect(await scorer.score('not lit')).toBeLessThan(0)
  expect(await scorer.score('Monday 🫠')).toBeLessThan(0)
  // Next to punctuation words of one or two characters are no words, as in the reference: they may be emoticons.
  for (const text of ['Monday 🫠!', 'Monday 🫠🫠!']) expect(await scorer.score(text), text).toBe(0)
  expect(await score('that trick was sick!')).toBeLessThan(0)
  expect(await score('this is LIT')).toBe(0)
})

test('a configured word may have the name of an object member', async () => {
  const scorer = await testScorer(vader, { words: { constructor: 3, __proto__: 1 } })
  expect(await scorer.score('constructor')).toBeGreaterThan(0)
  expect(await score('constructor __proto__ toString')).toBe(0)
})

test('rejects words that can never match or have a rule of their own, and weights out of range', () => {
  const message = (words: Record<string, number>) => vader.options.safeParse({ words }).error?.message
  for (const word of ['', 'two words', 'meh!', '#tag', '😂', 'x'.repeat(1000)])
    expect(message({ [word]: 1 }), word).toMatch(/expected one word or emoticon/)
  for (const word of ['but', 'very', 'Hardly'])
    expect(message({ [word]: 1 }), word).toMatch(/changes no other/)
  expect(message({ good: 5 })).toMatch(/<=4/)
})

test('other languages can be configured, for additional words', async () => {
  const scorer = await testScorer(vader, { languages: ['de'], words: { toll: 3 } })
  expect(await scorer.score(post('toll!', { lang: 'de-CH' }))).toBeGreaterThan(0)
  expect(await scorer.score(post('good', { lang: 'en' }))).toBeNull()
})

test('any text has no score or one in [-1, 1]', async () => {
  let state = 7
  const next = (n: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
  const pieces = [
    'good',
    'but',
    'no',
    "n't",
    'VERY',
    '!',
    '?',
    ' ',
    '\n',
    '\u0000',
    '\ud83d',
    '\ude02',
    '😂',
    '\u200d',
    '좋',
    'İ',
    'K',
  ]
  const piece = () =>
    next(3) > 0 ? (pieces[next(pieces.length)] as string) : String.fromCharCode(next(0x10000))
  let scored = 0
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({ length: next(60) }, piece).join('')
    const value = await score(post(text, next(2) === 0 ? { lang: 'en' } : {}))
    if (value === null) continue
    scored++
    if (!(value >= -1 && value <= 1)) expect.fail(`${value} of ${JSON.stringify(text)}`)
  }
  expect(scored).toBeGreaterThan(10_000)
})

test('typographic apostrophes and quotes count as plain ones', async () => {
  for (const [typed, plain] of [
    ['I don’t like it', "I don't like it"],
    ['it isnʼt good', "it isn't good"],
    ['such a “great” phone', 'such a "great" phone'],
    ['‘love’ it', '"love" it'],
  ] as const)
    expect(await score(typed), typed).toBe(await score(plain))
  expect(await score('I don’t like it')).toBeLessThan(0)
})

test('with keep, apostrophes are read as in the reference', async () => {
  const { score } = await testScorer(vader, { apostrophes: 'keep' })
  // What Python's vaderSentiment 3.3.2 says of these.
  expect(await score('I don’t like it')).toBe(0.3612)
  expect(await score('such a “great” phone')).toBe(0)
})

test('an explanation shows the original text', async () => {
  const { scorer } = await testScorer(vader)
  expect(scorer.explain?.(post('it isn’t “can’t-miss” great', { lang: 'en' }))).toEqual([
    { text: 'great', weight: expect.any(Number), why: expect.stringContaining('negated by') },
  ])
})
