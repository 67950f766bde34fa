import { expect, test } from 'vitest'
import { languageOf } from './language.ts'

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
