import { post, testScorer } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import { EMOTICONS } from './emoticons.ts'
import emoji from './index.ts'
import { NEWER, readRanking } from './ranking.ts'

const { score } = await testScorer(emoji)

test('a post with emoji has their mean weight', async () => {
  const joy = (await score('😍')) as number
  const grief = (await score('😩')) as number
  expect(joy).toBeGreaterThan(0.6)
  expect(grief).toBeLessThan(-0.3)
  expect(await score('first 😍, then 😩')).toBeCloseTo((joy + grief) / 2)
  expect(await score('😍😍😍😩')).toBeCloseTo((3 * joy + grief) / 4)
})

test('the language does not matter', async () => {
  for (const lang of ['ko', 'ja', 'und']) expect(await score(post('…😍', { lang }))).toBe(await score('😍'))
})

test('a post without known emoji is not scored', async () => {
  for (const text of ['', 'plain words', '좋아요', '©®™', '12 #*', 'ㅋ ㅎ', '\ud83d', '__proto__'])
    expect(await score(text)).toBeNull()
})

test('skin tones and styles make no difference', async () => {
  expect(await score('👍🏽')).toBe(await score('👍'))
  expect(await score('❤️')).toBe(await score('❤'))
})

test('a sequence counts once, as its first emoji if the sequence is unknown', async () => {
  expect(await score('❤️‍🔥')).toBe(await score('❤'))
  expect(await score('🤦🏽‍♀️')).toBe(await score('🤦'))
})

test('emoji newer than the ranking are known, and are not in the ranking', async () => {
  const ranking = readRanking()
  for (const [newer, weight] of Object.entries(NEWER)) {
    expect(ranking.has(newer)).toBe(false)
    expect(await score(newer)).toBe(weight)
  }
})

test('the ranking has hundreds of emoji, all within [-1, 1]', () => {
  const scores = [...readRanking().values()]
  expect(scores.length).toBeGreaterThan(250)
  for (const value of scores) expect(Math.abs(value)).toBeLessThanOrEqual(1)
})

test.each([
  [':)', 'fine :) and :-) or =) and :))))'],
  [':(', 'no :( or :-( or =['],
  [';)', ';) ;-)'],
  [':D', ':D =DDD'],
  [':P', ':P =p'],
  [":'(", ":'( :’("],
  [':/', 'well :/ hm :-/'],
  ['<3', 'I <3 you <3'],
  ['</3', '</3'],
  ['xD', 'haha xD XDDD'],
  ['T_T', 'T_T ;_;'],
  ['^^', '좋아요^^ ^_^'],
  ['ㅋㅋ', 'ㅋㅋ 대박ㅋㅋㅋㅋㅋ'],
  ['ㅎㅎ', '네ㅎㅎ'],
  ['ㅠㅠ', '아ㅠㅠ ㅜㅜ ㅠ ㅜ_ㅜ'],
  ['ㅡㅡ', '하ㅡㅡ ㅡ_ㅡ'],
  ['ㅉㅉ', 'ㅉㅉㅉ'],
])('knows the emoticon %s in "%s"', async (name, text) => {
  expect(await score(text)).toBeCloseTo(EMOTICONS.find(emoticon => emoticon.name === name)?.weight as number)
})

test('links, times and ends of words are not emoticons', async () => {
  for (const text of [
    'https://example.com/x',
    'at 8:30',
    'maxD LMAXD',
    'KATT_Twin',
    'a:Dog',
    '<30',
    'C:\\Users',
  ])
    expect(await score(text)).toBeNull()
})

test('every emoticon of the table is found by its own name', async () => {
  for (const { name, weight } of EMOTICONS) expect(await score(`so ${name} it is`)).toBeCloseTo(weight)
})

test('weights can be added and changed, for emoji and emoticons', async () => {
  const own = await testScorer(emoji, { weights: { '🐄': 0.9, '👍🏽': -1, ㅠㅠ: 0.5, '❤️‍🔥': 1 } })
  expect(await own.score('🐄')).toBe(0.9)
  expect(await own.score('👍')).toBe(-1)
  expect(await own.score('ㅜㅜ')).toBe(0.5)
  expect(await own.score('❤️‍🔥')).toBe(1)
  expect(await own.score('❤')).toBe(await score('❤'))
})

test('rejects a weight for anything else', () => {
  for (const key of ['good', '', '😀😀', ':-)'])
    expect(emoji.options.safeParse({ weights: { [key]: 0.5 } }).error?.message).toMatch(/expected one emoji/)
  expect(emoji.options.safeParse({ weights: { '😀': 2 } }).success).toBe(false)
})

test('any text is read in one pass', async () => {
  for (const piece of [':', '-_', 'ㅠ_', 'ㅡ_', '😀\u200d', '❤\ufe0f', '^', ';', '<', '='])
    expect(await score(piece.repeat(100_000 / piece.length))).not.toBeNaN()
})

test.each([
  '<3 hours left',
  'only <3 Hours to go',
  'in <3 min',
  '<3 %',
  '<3%',
  '<3.5 stars',
  '<3,000 people',
  '<3-4 days',
  '<3h',
  '<3km away',
  '<3k views',
  '<3 years old',
  '<3 stars, avoid',
  '<3시간 남음',
  '<3 개월',
  '<3일 남음',
  '<3명만',
  '<3퍼센트',
  'it is 5<3',
])('"%s" is less than three and not a heart', async text => {
  expect(await score(text)).toBeNull()
})

test.each([
  'I <3 you',
  'x <3 y',
  'love you <3',
  '<3<3<3',
  'thanks <3 everyone',
  'so good <3! ',
  '<3you',
  'my S26<3',
  'class of 2026 <3',
  'I <3 days off',
  'we <3 minutes of silence',
  '<3 hourglass figures',
  '<3 일본 여행',
  '보고싶다 <3 분위기 최고',
  '<3 :',
])('"%s" has a heart', async text => {
  expect(await score(text)).toBeCloseTo(0.7)
})

test('less-than signs and numbers are read in one pass', async () => {
  for (const piece of ['<3', '<3 ', '1', '<31', '3<', '< 3'])
    await score(`${piece.repeat(100_000 / piece.length)}<3`)
})
