import { expect, test } from 'vitest'
import { languageOf } from './language.ts'

test('Hangul makes a text Korean, other letters being few', () => {
  for (const text of ['재밌다', 'ㅋㅋㅋ', '갤럭시 S26 대박', '오늘 good day 좋다'])
    expect(languageOf(text)).toBe('ko')
})

test('Latin letters make it English, a little Hangul beside them or not', () => {
  for (const text of ['so good', 'listening to the new song of 아이유 all day long', 'é bien'])
    expect(languageOf(text)).toBe('en')
})

test('mentions and links have no say', () => {
  expect(languageOf('@someone https://example.com/some/page 좋아')).toBe('ko')
  expect(languageOf('@someone')).toBe('')
})

test('a text of neither has no language', () => {
  for (const text of ['', '123', 'これは', 'привет', '😀']) expect(languageOf(text)).toBe('')
})
