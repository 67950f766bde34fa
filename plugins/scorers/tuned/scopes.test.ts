import { expect, test } from 'vitest'
import { REVERSED, SPENT } from './flags.ts'
import { hashWord } from './hash.ts'
import { Lexicon, Moods } from './lexicon.ts'
import { Reader } from './tools/reader.ts'

const features = {
  slots: 8192,
  words: { scale: 1 },
  pairs: { scale: 1, reach: 1, beginning: 0 },
  characters: { scale: 1, shortest: 3, longest: 4 },
  reversal: 1,
}
const nothing = new Lexicon(new Int32Array(0), new Int8Array(0))
const readerOf = (language: string, moods: readonly string[]) =>
  new Reader(language, features, nothing, new Moods(Int32Array.from(moods, hashWord)))
const english = readerOf('en', [
  ...['good', 'bad', 'terrible', 'problem', 'problems', 'hate', 'like', 'happy', 'happier', 'praise'],
  ...['recommend', 'clean', 'friendly', 'hassle', 'regret', 'impress'],
])
const korean = readerOf('ko', [
  '좋',
  '나쁘',
  '나쁜',
  '재미',
  '문제',
  '아까',
  '추천',
  '흠잡',
  '마음',
  '지루',
  '힘들',
])

/** The words that are reversed, and the negators that are spent on them. */
function scopesOf(reader: Reader, text: string): { reversed: string[]; spent: string[] } {
  reader.cut(text)
  const { units } = reader
  const texts = reader.texts(text)
  const of = (state: number) => texts.filter((_, unit) => units.states[unit] === state)
  return { reversed: of(REVERSED), spent: of(SPENT) }
}

test.each([
  ['not good', ['good'], ['not']],
  ["it isn't really that bad", ['bad'], ["isn't"]],
  ["I don't think this is a terrible one", ['terrible'], ["don't"]],
  ['no problems with it', ['problems'], ['no']],
  ['not good or clean', ['good', 'clean'], ['not']],
  ['not good, but clean', ['good'], ['not']],
  ['far from terrible', ['terrible'], ['far']],
  ['hassle-free', ['hassle'], ['free']],
  ['it fails to impress', ['impress'], ['fails']],
  ["I don't think that the good old team is bad", ['bad'], ["don't"]],
  ['zero downsides here', ['downsides'], ['zero']],
  ['nothing about the show is good', ['good'], ['nothing']],
])('English: %s', (text, reversed, spent) => {
  const found = scopesOf(english, text)
  expect(found.reversed.filter(word => word !== 'think')).toEqual(reversed)
  expect(found.spent).toEqual(spent)
})

test.each([
  'not only good',
  "couldn't be happier",
  "can't recommend it enough",
  'nothing but praise',
  "I can't say that I don't like it",
])('English: %s reverses nothing', text => {
  const moods = ['good', 'happier', 'recommend', 'praise', 'like']
  expect(scopesOf(english, text).reversed.filter(word => moods.includes(word))).toEqual([])
})

test.each([
  ['안 좋아요', ['좋아요'], ['안']],
  ['안좋아요', ['좋아요'], ['안']],
  ['좋지 않아요', ['좋지'], ['않아요']],
  ['좋지않아요', ['좋지'], ['않아요']],
  ['나쁘진 않네', ['나쁘진'], ['않네']],
  ['문제없어요', ['문제'], ['없어요']],
  ['문제가 하나도 없어요', ['문제가', '하나도'], ['없어요']],
  ['흠잡을 데가 없다', ['흠잡을', '데가'], ['없다']],
  ['나쁜 영화는 아니다', ['나쁜', '영화는'], ['아니다']],
  ['추천은 안 해요', ['추천은', '해요'], ['안']],
  ['마음에 들지 않는다', ['마음에', '들지'], ['않는다']],
  ['추천하기 어렵다', ['추천하기'], ['어렵다']],
])('Korean: %s', (text, reversed, spent) => {
  expect(scopesOf(korean, text)).toEqual({ reversed, spent })
})

test.each([
  '좋지 않나요',
  '좋아할 수밖에 없다',
  '이보다 더 좋을 수 없다',
  '안녕하세요',
  '안드로이드',
  '좋잖아',
])('Korean: %s reverses nothing', text => {
  expect(scopesOf(korean, text).reversed).toEqual([])
})

test('힘들다 is a sentiment word if it does not negate a verb', () => {
  expect(scopesOf(korean, '안 힘들어요')).toEqual({ reversed: ['힘들어요'], spent: ['안'] })
})
