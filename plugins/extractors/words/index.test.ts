import { post, testExtractor } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import words from './index.ts'

const { extract, extractor } = await testExtractor(words)

/** All that it names, however many and however often. */
const named = (text: string) => [...extractor.extract(post(text))]

test('returns words in lower case and NFKC, in order', () => {
  expect(extract('The Camera of this ＧＡＬＡＸＹ takes CAFÉ photos, photos!')).toEqual([
    'camera',
    'galaxy',
    'takes',
    'café',
    'photos',
  ])
})

test('stop words are left out, English and Korean, with whichever apostrophe', () => {
  expect(extract("I don't think it’s just me, we'll see")).toEqual([])
  expect(extract('그리고 이건 정말 너무 좋은 영화')).toEqual(['좋은', '영화'])
})

test('a possessive counts as the noun', () => {
  expect(extract("Samsung's phone and Maria’s rock'n'roll")).toEqual([
    'samsung',
    'phone',
    'maria',
    "rock'n'roll",
  ])
})

test.each(['’', '‘', 'ʼ', '＇', '´', '`', '′'])('an apostrophe typed as %s is one', apostrophe => {
  expect(
    extract(`I don${apostrophe}t see Samsung${apostrophe}s rock${apostrophe}n${apostrophe}roll`),
  ).toEqual(['samsung', "rock'n'roll"])
})

test('keycaps, variation selectors and emoji that look like letters are not words', () => {
  expect(extract('1️⃣ 2️⃣3️⃣ #️⃣ *️⃣ 🔟 ™️ ℹ️ Ⓜ️ 🅰️ 🆗 ㊗️ 🇰🇷 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️ ☎︎')).toEqual([])
  expect(extract('Galaxy™️ top1️⃣ love❤️phone')).toEqual(['galaxy', 'top1', 'love', 'phone'])
})

test('invisible characters neither end nor change a word', () => {
  expect(extract('gal\u200baxy gal\u00adaxy galaxy\ufeff g\u200dalaxy ＧＡＬＡＸＹ')).toEqual(['galaxy'])
  expect(extract('İstanbul istanbul')).toEqual(['istanbul'])
  expect(extract('می‌خواهم')).toEqual(['می‌خواهم'])
})

test('links, mentions, hashtags and numbers are not words', () => {
  const text = 'https://example.com/path www.example.com/a @someone #tag ＃태그 2026 3.14 ٣ camera'
  expect(extract(text)).toEqual(['camera'])
})

test('a word may hold digits', () => {
  expect(extract('galaxy s26 4k 10점 2nd')).toEqual(['galaxy', 's26', '4k', '10점', '2nd'])
})

test('single jamo are not words, nor part of words', () => {
  expect(extract('ㅋㅋㅋ 대박ㅋㅋ 슬퍼요ㅠㅠ')).toEqual(['대박', '슬퍼요'])
})

test('Korean particles are removed, so a noun is one term', () => {
  expect(extract('영화는 영화가 영화를 영화의 영화와 영화에서 영화')).toEqual(['영화'])
  expect(extract('마지막은 마지막을 마지막으로 감동과')).toEqual(['마지막', '감동'])
})

test('endings that only look like particles are kept', () => {
  const kept = ['고양이', '제주도', '소설가', '재미있는', '괜찮은', '휴가', '회의', '작가', '학과']
  expect(extract(kept.join(' '))).toEqual(kept)
})

test('particles can be kept', async () => {
  const keeping = await testExtractor(words, { particles: 'keep' })
  expect(keeping.extract('영화는 영화를')).toEqual(['영화는', '영화를'])
})

test('scripts without spaces are segmented into words', () => {
  expect(extract('東京で美味しいラーメン')).toEqual(['東京', '美味しい', 'ラーメン'])
  expect(extract('ภาษาไทยสวย')).toEqual(expect.arrayContaining(['ภาษา', 'ไทย']))
  expect(extract('galaxy新手机 good')).toEqual(expect.arrayContaining(['galaxy', '手机', 'good']))
})

test('the shortest word is of `min_length` characters', async () => {
  const longer = await testExtractor(words, { min_length: 4 })
  expect(longer.extract('new phone 영화 텔레비전')).toEqual(['phone', '텔레비전'])
  expect(extract('a x 값 tv')).toEqual(['tv'])
})

test('stop words can be added, and those of a language disabled', async () => {
  const own = await testExtractor(words, { stop_words: ['Phone', '영화'], languages: ['ko'] })
  expect(own.extract('the PHONE and 영화를 정말')).toEqual(['the', 'and'])
})

test('rejects a language without a stop word list', () => {
  expect(words.options.safeParse({ languages: ['xx'] }).success).toBe(false)
})

test('names of object members are words like any other', () => {
  expect(extract('constructor __proto__ hasOwnProperty')).toEqual(['constructor', 'proto', 'hasownproperty'])
})

test('posts of all languages are handled in the same way', () => {
  expect(words.options.parse({}).languages).toEqual(['en', 'ko'])
  expect(extract(post('мир и любовь').text)).toEqual(['мир', 'любовь'])
})

test('any text is read in one pass', () => {
  for (const piece of ['a', "a'", '1', '1a', '#', '@a', 'http://', 'ㅋ', '가', '漢', 'ไ', '\u0301', '\ud800'])
    expect(named(piece.repeat(100_000 / piece.length)).length).toBeLessThanOrEqual(100_000)
})
