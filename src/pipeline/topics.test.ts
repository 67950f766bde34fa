import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { TopicRule } from '../plugin/topics.ts'
import { TopicMatcher } from './topics.ts'

const matches = (rule: Omit<TopicRule, 'name'>, text: string) =>
  new TopicMatcher([{ name: 'topic', ...rule }]).match(text).length === 1

const contains = (keyword: string, text: string) => matches({ any: [keyword] }, text)

test('any: one keyword is sufficient', () => {
  const rule = { any: ['galaxy', '갤럭시'] }
  expect(matches(rule, 'my new galaxy')).toBe(true)
  expect(matches(rule, '새 갤럭시')).toBe(true)
  expect(matches(rule, 'my new phone')).toBe(false)
})

test('all: every keyword must occur, in any order', () => {
  const rule = { all: ['galaxy', 'camera'] }
  expect(matches(rule, 'the camera of this galaxy')).toBe(true)
  expect(matches(rule, 'galaxy galaxy galaxy')).toBe(false)
})

test('not: no keyword may occur', () => {
  const rule = { any: ['galaxy'], not: ['galaxy watch', 'milky way'] }
  expect(matches(rule, 'galaxy phone')).toBe(true)
  expect(matches(rule, 'a galaxy watch')).toBe(false)
  expect(matches(rule, 'our galaxy is the Milky Way')).toBe(false)
})

test('any and all together require one of the first and each of the second', () => {
  const rule = { any: ['s25', 's26'], all: ['galaxy'] }
  expect(matches(rule, 'galaxy s26')).toBe(true)
  expect(matches(rule, 'galaxy')).toBe(false)
  expect(matches(rule, 's26')).toBe(false)
})

test('a rule with only `not` matches every other post', () => {
  const rule = { not: ['spam'] }
  expect(matches(rule, '')).toBe(true)
  expect(matches(rule, 'hello')).toBe(true)
  expect(matches(rule, 'Spam!')).toBe(false)
})

test('a rule without keywords matches every post', () => {
  const matcher = new TopicMatcher([{ name: 'tea', any: ['tea'] }, { name: 'everything' }])
  expect(matcher.match('')).toEqual([1])
  expect(matcher.match('hello')).toEqual([1])
  expect(matcher.match('a cup of tea')).toEqual([0, 1])
  expect(matcher.explain('hello')).toEqual([{ rule: 1, keywords: [] }])
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

test('matches of one text do not carry over to the next', () => {
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

test('explains a match by the keywords that the text contains, as the rule spells them', () => {
  const matcher = new TopicMatcher([
    { name: 'galaxy', any: ['Galaxy S26', '갤럭시', 'iphone'], all: ['camera'] },
    { name: 'no spam', not: ['spam'] },
    { name: 'tea', any: ['tea', 'TEA'] },
  ])
  const galaxy = { rule: 0, keywords: ['Galaxy S26', '갤럭시', 'camera'] }
  expect(matcher.explain('camera of #galaxys26, 갤럭시는')).toEqual([galaxy, { rule: 1, keywords: [] }])
  expect(matcher.explain('spam, Tea')).toEqual([{ rule: 2, keywords: ['tea', 'TEA'] }])
  expect(matcher.explain('iphone spam')).toEqual([])
})

test('the table of the documentation is right', () => {
  const document = readFileSync(new URL('../../docs/topics.md', import.meta.url), 'utf8')
  const rows = [...document.matchAll(/^\| (`[^|]+`) \| ([^|]+) \| ([^|]*) ?\|$/gm)]
  const unescaped = (text: string) =>
    text.replace(/\\u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const examples = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(match => unescaped(match[1] as string))
  for (const [, keyword, found, notFound] of rows) {
    const [name] = examples(keyword) as [string]
    expect(examples(found).filter(text => !contains(name, text))).toEqual([])
    expect(examples(notFound).filter(text => contains(name, text))).toEqual([])
  }
  expect(rows.length).toBeGreaterThan(20)
})

test('a phrase may be written with hyphens or underscores, but not across a dash between spaces', () => {
  for (const text of ['Galaxy-S26', 'galaxy\u2011s26', 'my galaxy_s26!', 'a galaxy-s26, really'])
    expect(contains('galaxy s26', text)).toBe(true)
  expect(contains('new york city', 'New-York City')).toBe(true)
  for (const text of [
    'a galaxy - s26 of them',
    'the galaxy—s26',
    'galaxy--s26',
    'galaxy-s265',
    'galaxy_s26_fe',
  ])
    expect(contains('galaxy s26', text)).toBe(false)
})

test('in hashtags and names the words of a phrase run together', () => {
  for (const text of ['#GalaxyS26', 'so #galaxys26!', '@galaxys26', '＃GalaxyS26', '#galaxy_s26'])
    expect(contains('galaxy s26', text)).toBe(true)
  for (const text of ['#GalaxyS26Ultra', '#MyGalaxyS26', 'galaxys26'])
    expect(contains('galaxy s26', text)).toBe(false)
  expect(contains("wendy's", 'at #Wendys')).toBe(true)
  expect(contains("wendy's", '@Wendys when?')).toBe(true)
  expect(contains('wi-fi', '#wifi')).toBe(true)
  expect(contains('dr. pepper', '#DrPepper')).toBe(true)
  expect(contains('#galaxy s26', '#GalaxyS26')).toBe(true)
  expect(contains('#galaxy s26', '@GalaxyS26')).toBe(false)
  expect(contains('U.S.', 'tell #us')).toBe(false)
})

test.each(['’', '‘', 'ʼ', '＇', '´', '`', '′', "'"])('an apostrophe typed as %s is one', apostrophe => {
  expect(contains("wendy's", `Wendy${apostrophe}s has nuggets`)).toBe(true)
  expect(contains(`wendy${apostrophe}s`, "a Wendy's")).toBe(true)
  expect(contains("wendy's", `été: Wendy${apostrophe}s`)).toBe(true)
  expect(contains('wendy', `Wendy${apostrophe}s`)).toBe(true)
})

test('all forms of quotes and dashes are equal', () => {
  for (const dash of ['-', '\u2010', '\u2011', '\u2013', '\u2014', '\u2212', '－', '﹣']) {
    expect(contains('wi-fi', `the Wi${dash}Fi`)).toBe(true)
    expect(contains(`wi${dash}fi`, 'the wi-fi')).toBe(true)
  }
  expect(contains('wi-fi', 'Wi Fi')).toBe(false)
  expect(contains('wi-fi', 'wi - fi')).toBe(false)
  expect(contains('wi-fi', 'wi_fi')).toBe(false)
  expect(contains('"so good"', 'it is “So Good”')).toBe(true)
  expect(contains('-5%', 'down -5% and −5%')).toBe(true)
  expect(contains('-5%', '5%')).toBe(false)
  expect(contains('a - b', 'a – b')).toBe(true)
  expect(contains('a - b', 'a b')).toBe(false)
  expect(contains('^_^', 'yes ^_^')).toBe(true)
  expect(contains('^_^', 'yes ^-^')).toBe(false)
})

test('invisible characters do not split a word', () => {
  const invisible = ['\u200b', '\u200d', '\ufeff', '\u00ad', '\u2060', '\ufe0f', '\u200e', '\u202e', '\u3164']
  for (const character of [...invisible, '\u{e0067}'])
    for (const text of ['galaxy s26', '#galaxy s26', '갤럭시 galaxy s26'])
      expect(contains('galaxy s26', text.replaceAll('a', `a${character}`))).toBe(true)
  expect(contains('gal\u200baxy', 'galaxy')).toBe(true)
  expect(contains('갤럭시', '갤\u200b럭시')).toBe(true)
  expect(contains('❤', '❤️')).toBe(true)
  expect(contains('می‌خواهم', 'می‌خواهم')).toBe(true)
  expect(contains('top 1', 'top 1️⃣!')).toBe(true)
})

test('case is folded in full', () => {
  expect(contains('istanbul', 'İstanbul İSTANBUL')).toBe(true)
  expect(contains('İstanbul', 'ISTANBUL')).toBe(true)
  expect(contains('straße', 'STRASSE')).toBe(true)
  expect(contains('STRASSE', 'Straße')).toBe(true)
  expect(contains('straße', 'STRAẞE')).toBe(true)
  expect(contains('οδός', 'ΟΔΌΣ')).toBe(true)
  expect(contains('ᾠδή', 'ὨΙΔΉ')).toBe(true)
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

test('a later whole word counts after an occurrence within a word', () => {
  expect(contains('art', 'party art')).toBe(true)
})

test('a Korean keyword matches where a word starts, with what follows it', () => {
  for (const text of ['갤럭시', '새 갤럭시가', '#갤럭시', '(갤럭시)는', 'S26갤럭시', '갤럭시폴드'])
    expect(contains('갤럭시', text)).toBe(true)
  expect(contains('메가', '오메가')).toBe(false)
  expect(contains('메가', '오메가 말고 메가')).toBe(true)
  expect(contains('갤럭시', '새갤럭시')).toBe(false)
  expect(contains('ㅋㅋ', '아ㅋㅋㅋ')).toBe(true)
  expect(contains('ㅋㅋ', 'ㅋㅋㅋㅋ')).toBe(true)
})

test('a Korean phrase may leave out its spaces', () => {
  for (const text of ['갤럭시 폴드', '갤럭시폴드가', '#갤럭시폴드', '갤럭시-폴드'])
    expect(contains('갤럭시 폴드', text)).toBe(true)
  expect(contains('갤럭시 s26', '갤럭시S26은')).toBe(true)
  expect(contains('갤럭시 s26', '갤럭시s265')).toBe(false)
  expect(contains('갤럭시폴드', '갤럭시 폴드')).toBe(false)
})

test('in scripts without spaces a keyword matches anywhere', () => {
  expect(contains('東京', '大東京都')).toBe(true)
  expect(contains('ラーメン', '味噌ラーメン屋')).toBe(true)
  expect(contains('ไทย', 'ประเทศไทยของ')).toBe(true)
})

test('each end of a keyword is checked on its own, by the characters on both sides', () => {
  expect(contains('galaxy', 'galaxy는')).toBe(true)
  expect(contains('s26', '갤럭시s26은')).toBe(true)
  expect(contains('갤럭시 s26', '새 갤럭시 s26')).toBe(true)
  expect(contains('갤럭시 s26', '새갤럭시 s26')).toBe(false)
  expect(contains('갤럭시 s26', '갤럭시 s265')).toBe(false)
  expect(contains('c++', 'c++11')).toBe(true)
  expect(contains('c++', 'objc++')).toBe(false)
  expect(contains('#galaxy', 'my#galaxy')).toBe(true)
})

test('characters beyond the BMP are not split', () => {
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

test('a keyword of only white space is rejected by name', () => {
  expect(() => new TopicMatcher([{ name: 'empty', all: ['\u00a0\u200b '] }])).toThrow(/topic "empty".*`all`/)
})

test('without rules nothing matches', () => {
  expect(new TopicMatcher([]).match('anything')).toEqual([])
})

test('any text is read in one pass, whatever joins its words', () => {
  const matcher = new TopicMatcher([{ name: 'topic', all: ['a b', 'c -', '-_', '- -', 'd - e', '_'] }])
  for (const piece of [
    '-',
    ' ',
    ' -',
    '- ',
    'c ',
    'c -',
    'a',
    'a ',
    'a-',
    '—',
    'd -',
    '\u200b',
    '\u200da',
    '가',
    "'",
  ])
    matcher.match(piece.repeat(200_000 / piece.length))
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
