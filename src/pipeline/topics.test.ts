import { expect, test } from 'vitest'
import type { TopicRule } from '../plugin/topics.ts'
import { TopicMatcher } from './topics.ts'

const matches = (rule: Omit<TopicRule, 'name'>, text: string) =>
  new TopicMatcher([{ name: 'topic', ...rule }]).match(text).length === 1

const contains = (keyword: string, text: string) => matches({ any: [keyword] }, text)

test('any: one keyword is enough', () => {
  const rule = { any: ['galaxy', '갤럭시'] }
  expect(matches(rule, 'my new galaxy')).toBe(true)
  expect(matches(rule, '새 갤럭시')).toBe(true)
  expect(matches(rule, 'my new phone')).toBe(false)
})

test('all: each must be there, in any order', () => {
  const rule = { all: ['galaxy', 'camera'] }
  expect(matches(rule, 'the camera of this galaxy')).toBe(true)
  expect(matches(rule, 'galaxy galaxy galaxy')).toBe(false)
})

test('not: none may be there', () => {
  const rule = { any: ['galaxy'], not: ['galaxy watch', 'milky way'] }
  expect(matches(rule, 'galaxy phone')).toBe(true)
  expect(matches(rule, 'a galaxy watch')).toBe(false)
  expect(matches(rule, 'our galaxy is the Milky Way')).toBe(false)
})

test('any and all together want one of the first and each of the second', () => {
  const rule = { any: ['s25', 's26'], all: ['galaxy'] }
  expect(matches(rule, 'galaxy s26')).toBe(true)
  expect(matches(rule, 'galaxy')).toBe(false)
  expect(matches(rule, 's26')).toBe(false)
})

test('a rule with `not` alone is about everything else', () => {
  const rule = { not: ['spam'] }
  expect(matches(rule, '')).toBe(true)
  expect(matches(rule, 'hello')).toBe(true)
  expect(matches(rule, 'Spam!')).toBe(false)
})

test('a keyword may serve several rules, and the indices ascend', () => {
  const matcher = new TopicMatcher([
    { name: 'both', all: ['b', 'a'] },
    { name: 'a', any: ['A'] },
    { name: 'no c', not: ['c'] },
    { name: 'c', any: ['c'] },
    { name: 'b', any: ['b'], not: ['a'] },
  ])
  expect(matcher.match('b a')).toEqual([0, 1, 2])
  expect(matcher.match('b')).toEqual([2, 4])
  expect(matcher.match('c')).toEqual([3])
  expect(matcher.match('b c a')).toEqual([0, 1, 3])
})

test('a keyword given twice, in whatever form, counts as one', () => {
  expect(matches({ all: ['Galaxy', 'ＧＡＬＡＸＹ', 'galaxy '] }, 'galaxy')).toBe(true)
})

test('what one text held is forgotten before the next', () => {
  const matcher = new TopicMatcher([{ name: 'both', all: ['left', 'right'] }])
  expect(matcher.match('left')).toEqual([])
  expect(matcher.match('right')).toEqual([])
  expect(matcher.match('left right')).toEqual([0])
})

test('case and width do not matter', () => {
  expect(contains('galaxy s26', 'GALAXY S26')).toBe(true)
  expect(contains('galaxy s26', 'Ｇａｌａｘｙ　Ｓ２６')).toBe(true)
  expect(contains('Ｇａｌａｘｙ', 'galaxy')).toBe(true)
  expect(contains('CAFÉ', 'cafe\u0301')).toBe(true)
  expect(contains('Ελλάσ', 'ΕΛΛΆΣ')).toBe(true)
})

test('white space in a phrase matches any run of it', () => {
  for (const space of ['  ', '\n', ' \t ', '\u00a0', '\u3000'])
    expect(contains('galaxy s26', `a galaxy${space}s26!`)).toBe(true)
  expect(contains(' galaxy \t s26 ', 'galaxy s26')).toBe(true)
  expect(contains('galaxy s26', 'mygalaxy    s26')).toBe(false)
  expect(contains('galaxy s26', 'galaxys26')).toBe(false)
})

test('in scripts with spaces a keyword is a whole word', () => {
  expect(contains('galaxy s26', 'galaxy s265')).toBe(false)
  expect(contains('galaxy s26', 'mygalaxy s26')).toBe(false)
  expect(contains('galaxy', 'galaxy_s26')).toBe(false)
  expect(contains('art', 'party')).toBe(false)
  expect(contains('мир', 'мировой')).toBe(false)
  expect(contains('été', 'répété')).toBe(false)
  expect(contains('a', 'a\u0335')).toBe(false)
  for (const text of ['galaxy', '#galaxy', '@galaxy', "galaxy's", '(galaxy)', 'galaxy-s26', '🎉galaxy🎉'])
    expect(contains('galaxy', text)).toBe(true)
})

test('a later whole word counts where an earlier one was torn', () => {
  expect(contains('art', 'party art')).toBe(true)
})

test('in scripts without spaces, or with particles, a keyword matches anywhere', () => {
  expect(contains('갤럭시', '갤럭시는')).toBe(true)
  expect(contains('갤럭시', '새갤럭시가')).toBe(true)
  expect(contains('東京', '大東京都')).toBe(true)
  expect(contains('ラーメン', '味噌ラーメン屋')).toBe(true)
  expect(contains('ไทย', 'ประเทศไทยของ')).toBe(true)
  expect(contains('ㅋㅋ', 'ㅋㅋㅋㅋ')).toBe(true)
})

test('each end is judged on its own, by the characters that meet there', () => {
  expect(contains('galaxy', 'galaxy는')).toBe(true)
  expect(contains('s26', '갤럭시s26은')).toBe(true)
  expect(contains('갤럭시 s26', '새갤럭시 s26')).toBe(true)
  expect(contains('갤럭시 s26', '갤럭시 s265')).toBe(false)
  expect(contains('c++', 'c++11')).toBe(true)
  expect(contains('c++', 'objc++')).toBe(false)
  expect(contains('#galaxy', 'my#galaxy')).toBe(true)
})

test('characters beyond the BMP are seen whole', () => {
  expect(contains('😀', 'x😀y')).toBe(true)
  expect(contains('𐐀𐐁', '𐐀𐐁')).toBe(true)
  expect(contains('b', '𐐀b')).toBe(false)
  expect(contains('b', '𐐀 b')).toBe(true)
  expect(contains('bold', '𝐛𝐨𝐥𝐝')).toBe(true)
})

test('lone surrogates and names of object members are text like any other', () => {
  expect(contains('b', '\udc00b\ud800')).toBe(true)
  expect(contains('__proto__', 'x __proto__ constructor')).toBe(true)
  expect(contains('constructor', 'x')).toBe(false)
})

test('a keyword of nothing but white space is refused by name', () => {
  expect(() => new TopicMatcher([{ name: 'empty', all: ['\u00a0 '] }])).toThrow(/topic "empty".*`all`/)
})

test('without rules nothing matches', () => {
  expect(new TopicMatcher([]).match('anything')).toEqual([])
})

test('agrees with a search for each keyword on its own over a thousand of them', () => {
  const words = Array.from({ length: 1000 }, (_, i) => `w${(i * 7919) % 1009}${i % 3 ? '' : ` x${i}`}`)
  const matcher = new TopicMatcher(words.map(word => ({ name: word, any: [word] })))
  for (let i = 0; i < 300; i++) {
    const text = `${words[(i * 31) % 1000]} and W${i * 3} ${words[(i * 17) % 1000]}7 x${i}`
    const expected = words.flatMap((word, index) =>
      new RegExp(`(?<![a-z0-9])${word}(?![a-z0-9])`, 'i').test(text) ? [index] : [],
    )
    expect(matcher.match(text)).toEqual(expected)
  }
})
