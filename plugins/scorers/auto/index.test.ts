import { readFileSync } from 'node:fs'
import { post, testScorer } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import emoji from '../emoji/index.ts'
import tuned from '../tuned/index.ts'
import vader from '../vader/index.ts'
import auto from './index.ts'

const { score, scorer } = await testScorer(auto, {}, '.', { tuned, vader, emoji } as never)
const trained = await testScorer(tuned)
const ruled = await testScorer(vader)
const drawn = await testScorer(emoji)

/** The score of the combination: the sign of the model, and half of the rules' magnitude. */
async function english(text: string): Promise<number> {
  const score = (await trained.score(post(text, { lang: 'en' }))) as number
  const rule = (await ruled.score(post(text, { lang: 'en' }))) as number
  if (Math.abs(score) < 0.05) return score
  return Math.sign(score) * Math.max(0.05, (Math.abs(score) + Math.sign(score) * rule) / 2)
}

test('English and Korean are scored by the trained scorer', async () => {
  for (const [text, lang] of [
    ['the train leaves from platform 3 on Tuesday', 'en'],
    ['정말 지루하고 돈이 아까운 영화였다', 'ko'],
  ] as const)
    expect(await score(post(text, { lang })), text).toBe(await trained.score(post(text, { lang })))
})

test('the trained scorer decides the sign of an English post, and the rules half of the magnitude', async () => {
  for (const text of [
    'I really love this phone, best purchase of the year',
    'this is the worst update ever, I want my money back',
    'not terrible',
    'the meeting is at three',
  ])
    expect(await score(post(text, { lang: 'en-GB' })), text).toBeCloseTo(await english(text), 12)
  expect(await score(post('I LOVE this very much!!!', { lang: 'en' }))).toBeGreaterThan(
    (await score(post('I love this', { lang: 'en' }))) as number,
  )
})

test('without a declared language, script and words decide', async () => {
  const english = 'what a lovely day at the beach with my friends'
  expect(await score(english)).toBe(await score(post(english, { lang: 'en' })))
  const korean = '배우들 연기가 좋았고 다시 보고 싶다'
  expect(await score(korean)).toBe(await trained.score(post(korean, { lang: 'ko' })))
  expect(await score(post(korean, { lang: 'en' }))).toBe(await trained.score(post(korean, { lang: 'ko' })))
})

test('a few words of unknown language are English if the rules know one of them', async () => {
  expect(await score('LOVE IT!!!')).toBe(await score(post('LOVE IT!!!', { lang: 'en' })))
  expect(await score('muy normal')).toBe(await ruled.score('muy normal'))
})

test('English declared as another language is English, another language is scored only by its emoji', async () => {
  const english = 'this is so good and you should all try it'
  expect(await score(post(english, { lang: 'tl' }))).toBe(await score(post(english, { lang: 'en' })))
  for (const [text, lang] of [
    ['me encanta este teléfono 😍', 'es'],
    ['この映画は最高だった 😭', 'ja'],
  ] as const)
    expect(await score(post(text, { lang })), text).toBe(await drawn.score(text))
  expect(await score(post('no me gusta nada, fatal', { lang: 'es' }))).toBeNull()
})

test('emoji count as emoji, not as the English names that rules read them by', async () => {
  for (const text of ['🔥🔥🔥', '❤️‍🔥', '❤️', '❤️ this song', 'gracias ❤️', 'New drop 🔥', "it's lit 🔥🔥🔥"])
    expect(await score(text), text).toBeGreaterThan(0.05)
  for (const text of ['💔', '😢', '😭😭', 'el fin 💔']) expect(await score(text), text).toBeLessThan(-0.05)
  expect(await score('gracias ❤️')).toBe(await score('gracias ❤'))
})

test('in a post in both languages, both count', async () => {
  const good = '오늘 공연 진짜 best concert of my whole life'
  const bad = '오늘 배송 진짜 worst service ever, never again'
  expect(await score(good)).toBeGreaterThan(0.05)
  expect(await score(bad)).toBeLessThan(-0.05)
  const [ko, en] = [await trained.score(post(bad, { lang: 'ko' })), await english(bad)]
  const both = (await score(bad)) as number
  expect(both).toBeGreaterThan(Math.min(ko as number, en as number))
  expect(both).toBeLessThan(Math.max(ko as number, en as number))
})

test('a brand in Latin letters does not make a Korean post English', async () => {
  const text = '갤럭시 S26 카메라가 생각보다 별로라서 실망했다'
  expect(await score(text)).toBe(await trained.score(post(text, { lang: 'ko' })))
})

test('emoji shift the score of a Korean post towards their side', async () => {
  const pulled = async (text: string) =>
    ((await score(text)) as number) - ((await trained.score(post(text, { lang: 'ko' }))) as number)
  expect(await pulled('오늘 택배 왔다')).toBe(0)
  expect(await score(post('we moved house 😍', { lang: 'en' }))).toBeGreaterThan(0.05)
  expect(await score(post('we moved house 😡', { lang: 'en' }))).toBeLessThan(-0.05)
  expect(await pulled('오늘 택배 왔다 😍')).toBeGreaterThan(0)
  expect(await pulled('오늘 택배 왔다 😡')).toBeLessThan(0)
})

test('a heart between two Korean names is neutral', async () => {
  const names = '김철수♥이영희, 결혼 발표'
  expect(await score(names)).toBe(await trained.score(post(names.replace('♥', ' '), { lang: 'ko' })))
})

test('the explanation matches the score', () => {
  const pieces = scorer.explain?.(post('the battery is awful', { lang: 'en' })) ?? []
  expect(pieces.map(({ text }) => text)).toContain('awful')
  expect(scorer.explain?.(post('여기 정말 좋아요 😍'))?.some(({ weight }) => weight > 0)).toBe(true)
})

test('every text gets null or a number from -1 to 1', async () => {
  const pieces = [
    '😀',
    '가',
    'ㅋ',
    'a',
    ' ',
    '\0',
    '\ud800',
    '!',
    'not ',
    'http://',
    '@',
    '#',
    '\n',
    'ﷺ',
    '좋',
    'the ',
  ]
  let state = 7
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
  for (let i = 0; i < 2000; i++) {
    const text = Array.from({ length: next(40) }, () => pieces[next(pieces.length)]).join('')
    const lang = [undefined, 'en', 'ko', 'es', '', 'und', 'x-y'][next(7)]
    const answer = await score(post(text, lang === undefined ? {} : { lang }))
    if (answer !== null) expect(Math.abs(answer), JSON.stringify({ text, lang })).toBeLessThanOrEqual(1)
  }
  expect(await score('가'.repeat(1_000_000))).not.toBeNaN()
})

test('its README shows its example', () => {
  const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
  expect(read('README.md')).toContain(read('example.yml'))
})
