import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { post, testScorer } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { labelledPosts } from '../../../tools/stack/labelled-posts.ts'
import tuned, { builtInModel, languageOf } from './index.ts'

const { scorer, score } = await testScorer(tuned)
const pieces = (text: string) => scorer.explain?.(post(text)) ?? []

test('clear sentiments are recognised in both languages', async () => {
  for (const text of [
    'I love this phone, best day ever!',
    'so happy :)',
    '정말 재밌어요 최고!',
    '감동적인 명작',
  ])
    expect(await score(text), text).toBeGreaterThan(0.05)
  for (const text of [
    'worst service ever, I hate it',
    'so sad and angry',
    '재미없다 돈 아깝다',
    '최악의 쓰레기',
  ])
    expect(await score(text), text).toBeLessThan(-0.05)
})

test('text without a sentiment is neutral', async () => {
  for (const text of ['The meeting is on Tuesday at 10.', 'Train 12 leaves from platform 3'])
    expect(Math.abs((await score(text)) as number), text).toBeLessThan(0.05)
})

test('numbers and years are not sentiment words', () => {
  for (const text of ['143 people', 'since 2015', '86 pages', 'page 7 of 1337'])
    expect(
      pieces(text).filter(({ why }) => why?.includes('lists')),
      text,
    ).toEqual([])
})

test('a negator reverses a word', async () => {
  const plain = (await score('this is good')) as number
  expect(await score('this is not good')).toBeLessThan(plain)
})

test('the score of a word does not depend on earlier texts', () => {
  for (const [earlier, text] of [
    ['재미없지않았다', '재미없지 않았다'],
    ['안되지않아요', '안되지 않아요'],
    // Words with equal hashes.
    ['스타뎀영화중', '연기는나름괜찮'],
    ['만들었음이', '재밌겠어서'],
    ['도배를', '계절들'],
    ['재미지당', '또보고잡다'],
    ['오지는데', 'ost중'],
  ] as const) {
    const fresh = builtInModel('ko').score(text)
    const model = builtInModel('ko')
    model.score(earlier)
    expect(model.score(text), text).toBe(fresh)
  }
})

test('emoji count although no training post has one', async () => {
  expect(await score('on my way 😍')).toBeGreaterThan((await score('on my way')) as number)
  expect(await score('on my way 😡')).toBeLessThan((await score('on my way')) as number)
})

test('runs of a letter count equally, regardless of length', async () => {
  expect(await score('sooooo good')).toBe(await score('soooooooooo good'))
  expect(await score('진짜아아아 재밌다ㅋㅋㅋㅋ')).toBe(await score('진짜아아아아아 재밌다ㅋㅋㅋㅋㅋㅋㅋ'))
})

test('decomposed letters equal composed ones', async () => {
  expect(await score('재밌다'.normalize('NFD'))).toBe(await score('재밌다'))
  expect(await score('caf\u0065\u0301 was great')).toBe(await score('café was great'))
})

test('all mentions and links count equally', async () => {
  expect(await score('@lovely hello')).toBe(await score('@terrible hello'))
  expect(await score('see https://example.com/great')).toBe(await score('see https://example.com/awful'))
})

test('a post without a language is scored by its script', async () => {
  expect(await score(post('재밌다', { lang: 'und' }))).toBe(await score(post('재밌다', { lang: 'ko' })))
  expect(await score(post('so good', {}))).toBe(await score(post('so good', { lang: 'en-GB' })))
})

test('a post in another language, or without letters, is not scored', async () => {
  for (const given of [post('muy bien', { lang: 'es' }), '', '   ', '\u200b', 'これは', '12'])
    expect(await score(given)).toBeNull()
  const english = await testScorer(tuned, { languages: ['en'] })
  expect(await english.score('재밌다')).toBeNull()
})

test('pieces add up to the log odds of positive against negative', async () => {
  for (const [language, text] of [
    ['en', 'I do not love this phone, sooo bad :( but #great camera 😀'],
    ['ko', '솔직히 재미없다ㅠㅠ 배우는 최고 ^^'],
  ] as const) {
    const { negative = 0, positive = 0 } = builtInModel(language).probabilities(text) ?? {}
    const sum = pieces(text).reduce((total, { weight }) => total + weight, 0)
    expect(sum).toBeCloseTo(Math.log(positive / negative), 6)
  }
})

test('pieces are the tokens of the text, in order, then features without a token', () => {
  const texts = pieces('Love it, 😀!').map(({ text }) => text)
  expect(texts).toEqual(['Love', 'it', ',', '😀', '!', '(the whole text)'])
  const [love] = pieces('Love it')
  expect(love?.weight).toBeGreaterThan(0)
  expect(pieces('')).toEqual([])
})

test('a negation shows what it reverses, in one word or in two', () => {
  const why = (text: string, lang: string) =>
    (scorer.explain?.(post(text, { lang })) ?? []).map(({ text, why = '' }) => [text, why.split(',')[0]])
  expect(why('안 좋아요', 'ko').slice(0, 2)).toEqual([
    ['안', 'reverses 좋아요'],
    ['좋아요', 'reversed by 안'],
  ])
  expect(why('재미없다', 'ko').slice(0, 2)).toEqual([
    ['재미', 'reversed by 없다'],
    ['없다', 'reverses 재미'],
  ])
  expect(why('no real problems', 'en')).toContainEqual(['problems', 'reversed by no'])
})

test.each([
  ['en', 'good', 'not good'],
  ['en', 'I love this hotel', "I don't love this hotel"],
  ['ko', '추천합니다', '추천하지 않습니다'],
  ['ko', '화면이 좋아요', '화면이 안 좋아요'],
  ['ko', '서비스가 좋네요', '서비스가 좋지 않네요'],
])('%s: negated praise is blame: "%s", "%s"', async (lang, plain, negated) => {
  expect(await score(post(plain, { lang }))).toBeGreaterThan(0.05)
  expect(await score(post(negated, { lang }))).toBeLessThan(-0.05)
})

test.each([
  ['en', 'terrible', 'not terrible'],
  ['en', 'I hate it', "I don't hate it"],
  ['en', 'complaints', 'zero complaints'],
  ['en', 'a problem with this kettle', 'never had a problem with this kettle'],
  ['ko', '돈이 아까워요', '돈이 안 아까워요'],
  ['ko', '나쁘다', '나쁘지 않다'],
  ['ko', '문제 있어요', '문제없어요'],
])('%s: negated blame is not blame: "%s", "%s"', async (lang, plain, negated) => {
  expect(await score(post(plain, { lang }))).toBeLessThan(-0.05)
  expect(await score(post(negated, { lang }))).toBeGreaterThan(0)
})

test.each(['오늘 회의 3시', '출시일 언제인가요?', '사전예약 시작', '내일 오전 10시 서버 점검 안내'])(
  'plain Korean is neutral: "%s"',
  async text => {
    expect(Math.abs((await score(post(text, { lang: 'ko' }))) as number)).toBeLessThan(0.05)
  },
)

test('probabilities of a built-in model add up to 1', () => {
  for (const language of ['en', 'ko'] as const) {
    const { negative, neutral, positive } = builtInModel(language).probabilities('good 재밌다') as never
    expect(negative + neutral + positive).toBeCloseTo(1)
  }
})

test('a built-in model is at most 4 MB', () => {
  for (const language of ['en', 'ko'])
    expect(readFileSync(join(import.meta.dirname, `${language}.model`)).length).toBeLessThanOrEqual(4e6)
})

test('any text has a score from -1 to 1 or none, and long texts are truncated', async () => {
  const bits = [
    'a',
    '!',
    ' ',
    '@',
    '#',
    '&lt;',
    'http://',
    '😀',
    '\ud83d',
    '\udc00',
    '가',
    'ㅋ',
    "n't",
    '\0',
    '\u200d',
    ':D',
    'İ',
    '각',
    '\u0301',
  ]
  let state = 1
  const next = (n: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
  const texts = Array.from({ length: 1000 }, () =>
    Array.from({ length: next(60) }, () => bits[next(bits.length)]).join(''),
  )
  for (const bit of bits) texts.push(bit.repeat(200_000 / bit.length))
  for (const text of texts)
    for (const lang of ['en', 'ko']) {
      const given = await score(post(text, { lang }))
      if (given !== null) expect(Math.abs(given)).toBeLessThanOrEqual(1)
      expect(given).not.toBeNaN()
    }
})

test('reads a custom model relative to the configuration, and rejects a damaged one in one line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tuned-'))
  const bytes = readFileSync(join(import.meta.dirname, 'en.model'))
  writeFileSync(join(folder, 'own.model'), bytes)
  const own = await testScorer(tuned, { languages: [], models: ['own.model'] }, folder)
  expect(await own.score('good')).toBe(await score('good'))
  expect(await own.score('재밌다')).toBeNull()

  const rejection = async (damaged: Uint8Array) => {
    writeFileSync(join(folder, 'bad.model'), damaged)
    return String(await testScorer(tuned, { models: ['bad.model'] }, folder).catch(error => error))
  }
  const changed = Uint8Array.from(bytes)
  changed[5000] = (changed[5000] as number) ^ 1
  const version = Uint8Array.from(bytes)
  version[10] = 99
  expect(await rejection(changed)).toMatch(/bad\.model: the checksum is wrong/)
  expect(await rejection(bytes.subarray(0, 100_000))).toMatch(/bad\.model: the checksum is wrong/)
  expect(await rejection(bytes.subarray(0, 200))).toMatch(/bad\.model: the model is cut short/)
  expect(await rejection(version)).toMatch(/bad\.model: expected a model of version 4, got version 99/)
  expect(await rejection(Buffer.from('label\ttext\n'))).toMatch(/bad\.model: expected a model made by/)
  await expect(testScorer(tuned, { models: ['none.model'] }, folder)).rejects.toMatchObject({
    code: 'ERR_TUNED_MODEL',
    message: expect.stringMatching(/none\.model: cannot be read/),
  })
})

test('most tweets of the training set are classified correctly', async context => {
  const { readLabelled } = await import('./tools/data.ts')
  const { texts, labels } = readLabelled(labelledPosts(context, 'en-tweets.tsv.gz'))
  let right = 0
  for (let row = 0; row < 3000; row++) {
    const given = (await score(post(texts[row] as string, { lang: 'en' }))) as number
    if ((given >= 0.05 ? 2 : given <= -0.05 ? 0 : 1) === labels[row]) right++
  }
  expect(right).toBeGreaterThan(2000)
})

test('a text with mostly Hangul is Korean', () => {
  for (const text of ['재밌다', 'ㅋㅋㅋ', '갤럭시 S26 대박', '오늘 good day 좋다'])
    expect(languageOf(text)).toBe('ko')
})

test('a text in Latin letters is English, even with a little Hangul', () => {
  for (const text of ['so good', 'listening to the new song of 아이유 all day long', 'é bien'])
    expect(languageOf(text)).toBe('en')
})

test('mentions and links are ignored', () => {
  expect(languageOf('@someone https://example.com/some/page 좋아')).toBe('ko')
  expect(languageOf('@someone')).toBe('')
})

test('a text without Hangul and Latin letters has no language', () => {
  for (const text of ['', '123', 'これは', 'привет', '😀']) expect(languageOf(text)).toBe('')
})
