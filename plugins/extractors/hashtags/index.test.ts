import { post, testExtractor } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import hashtags from './index.ts'

const { extract, extractor } = await testExtractor(hashtags)

/** All that it names, however many and however often. */
const named = (text: string) => [...extractor.extract(post(text))]

/** Twitter's own twitter-text 3.1.0 finds the same in each of these. */
test.each<[text: string, ...tags: string[]]>([
  ['no tag here'],
  ['#one and #two', '#one', '#two'],
  ['#Galaxy_S26!', '#galaxy_s26'],
  ['(#inside) "#quoted" …#after', '#inside', '#quoted', '#after'],
  ['#갤럭시는 좋다', '#갤럭시는'],
  ['＃東京 #ラーメン・屋', '#東京', '#ラーメン・屋'],
  ['日本語 #ไทย #हिन्दी #عربي #Ελλάδα', '#ไทย', '#हिन्दी', '#عربي', '#ελλάδα'],
  ['#2026 #1 #_ #1_2'],
  ['#s26 #26s #2026년', '#s26', '#26s', '#2026년'],
  ['word#tag 가#나 1#a _#a &#x27;'],
  ['##double #', '#double'],
  ['#a#b #c＃d'],
  ['#http://example.com #b', '#b'],
  ['❤️#love 😀#smile', '#love', '#smile'],
  ['#️⃣ #⃣ #\ufe0fx'],
  ['#il·lusió #caf\u00e9', '#il·lusió', '#café'],
  ['#one,#two.#three/#four', '#one', '#two', '#three', '#four'],
  ['line\n#next\t#tab\u3000#wide', '#next', '#tab', '#wide'],
])('finds in %j: %s %s %s %s', (text, ...tags) => {
  expect(extract(text)).toEqual(tags)
})

test.each<[text: string, ...tags: string[]]>([
  ['https://example.com/#section'],
  ['see http://example.com/a?b=1,#c #real', '#real'],
  ['example.com/path/#section'],
  ['HTTPS://EXAMPLE.COM/A_(B)#c'],
  ['https://example.com/a 한글/#tag', '#tag'],
  ['https://example.com/가/#tag', '#tag'],
  ['and/or #tag', '#tag'],
  ['left/#right', '#right'],
])('finds no hashtag in a URL: %j', (text, ...tags) => {
  expect(extract(text)).toEqual(tags)
})

test('hashtags that differ in case or width are one term', () => {
  expect(extract('#ＡＢＣ #Abc #ｶﾞ #가'.normalize('NFC'))).toEqual(['#abc', '#ガ', '#가'])
  expect(extract('#\u1112\u1161\u11ab')).toEqual(['#한'])
})

test('hashtags that differ in invisible characters, or in the dot of İ, are one term', () => {
  expect(extract('#İstanbul #istanbul #ISTANBUL')).toEqual(['#istanbul'])
  expect(extract('#gal\u200caxy #galaxy')).toEqual(['#galaxy'])
  expect(extract('#می‌خواهم')).toEqual(['#می‌خواهم'])
})

test('keycaps and variation selectors are not letters', () => {
  expect(extract('#1️⃣ #2\ufe0f #top1️⃣ 1️⃣#one #love❤️')).toEqual(['#top1', '#one', '#love'])
})

test('the jamo of Korean laughter stay as they are typed', () => {
  expect(extract('#ㅋㅋ #ㅠㅠ')).toEqual(['#ㅋㅋ', '#ㅠㅠ'])
})

test('names of object members are hashtags, lone surrogates are not', () => {
  expect(extract('#__proto__ #constructor #\ud800 #a\udc00')).toEqual(['#__proto__', '#constructor', '#a'])
})

test('a post of hashtag characters only is read in one pass', () => {
  for (const piece of ['#', '/#a', '#1', '1#', '#a', 'x.co/#(', 'http://('])
    expect(named(piece.repeat(100_000 / piece.length)).length).toBeLessThan(100_000)
  expect(extract(`#${'1'.repeat(100_000)}`)).toEqual([])
})
