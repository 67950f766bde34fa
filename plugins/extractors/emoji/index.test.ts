import { post, testExtractor } from 'mood-exporter/plugin/testing'
import { expect, test } from 'vitest'
import emoji from './index.ts'

const { extract, extractor } = await testExtractor(emoji)
const { extract: extractWithSkinTones } = await testExtractor(emoji, { skin_tones: 'keep' })

/** All that it names, however many and however often. */
const named = (text: string) => [...extractor.extract(post(text))]

test('finds emoji anywhere in a text, in their order', () => {
  expect(extract('so good 😂😍!갤럭시🎉최고 🫠')).toEqual(['😂', '😍', '🎉', '🫠'])
})

test('a sequence that is displayed as one emoji is one term', () => {
  const seenAsOne = ['🇰🇷', '👨‍👩‍👧‍👦', '❤️‍🔥', '🏳️‍🌈', '👁️‍🗨️', '🐻‍❄️', '🤦‍♀️', '1️⃣', '#️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿']
  expect(extract(seenAsOne.join(''))).toEqual(seenAsOne)
})

test('adjacent flags are separate emoji, and a pair of letters without a flag is not an emoji', () => {
  expect(extract('🇰🇷🇺🇸🇯🇵')).toEqual(['🇰🇷', '🇺🇸', '🇯🇵'])
  expect(extract('🇽🇽 🇰')).toEqual([])
})

test('forms that look the same are one term', () => {
  expect(extract('❤ ❤️ ☺ ☺️')).toEqual(['❤️', '☺️'])
  expect(extract('👁‍🗨 🐻‍❄ 1⃣')).toEqual(['👁️‍🗨️', '🐻‍❄️', '1️⃣'])
})

test('skin tones are merged, unless the option keeps them', () => {
  const text = '👍🏽👍🏿👍 ✌🏻 👩🏽‍🚀 🤦🏽‍♀️'
  expect(extract(text)).toEqual(['👍', '✌️', '👩‍🚀', '🤦‍♀️'])
  expect(extractWithSkinTones(text)).toEqual(['👍🏽', '👍🏿', '👍', '✌🏻', '👩🏽‍🚀', '🤦🏽‍♀️'])
})

test('an unknown joined sequence counts as its separate emoji', () => {
  expect(named('😀‍😀‍❤')).toEqual(['😀', '😀', '❤️'])
  expect(named('😀‍'.repeat(1000))).toHaveLength(1000)
})

test('digits, signs and text symbols are not emoji, unless displayed as emoji', () => {
  expect(extract('12 #* © ® ™ ↔ 가 漢 カ ♀ 🏽')).toEqual(['♀️'])
  expect(extract('©️ ™️')).toEqual(['©️', '™️'])
})

test('text without emoji, and invalid text, has no terms', () => {
  for (const text of ['', 'plain', '한글 텍스트', '\ud83d', '\ude00\ud83d', '\u200d\ufe0f\u20e3'])
    expect(extract(text)).toEqual([])
})

test('everything that Unicode calls an emoji is found as itself', () => {
  const all = /^\p{RGI_Emoji}$/v
  for (let codePoint = 0x231a; codePoint <= 0x1faff; codePoint++) {
    const character = String.fromCodePoint(codePoint)
    const isModifier = /\p{Emoji_Modifier}/u.test(character)
    if (all.test(character) && !isModifier) expect(extract(`x${character}y`)).toEqual([character])
    else if (all.test(`${character}\ufe0f`)) expect(extract(character)).toEqual([`${character}\ufe0f`])
  }
})

test('any text is read in one pass', () => {
  for (const piece of ['😀', '👩🏽‍', '🇰', '1\ufe0f', '\u200d', '🏴\u{e0067}', '\ud83d', '❤\ufe0f'])
    expect(named(piece.repeat(100_000 / piece.length)).length).toBeLessThanOrEqual(50_000)
})
