import { expect, test } from 'vitest'
import { languageFilter } from './languages.ts'
import { post } from './testing.ts'

const passes = (lang: string | undefined, languages?: string[]) =>
  languageFilter(languages)(post('x', { lang }))

test('a language passes with any region, another does not', () => {
  for (const lang of ['en', 'EN', 'en-GB', 'en_US']) expect(passes(lang, ['en'])).toBe(true)
  for (const lang of ['ko', 'es-419', 'eng']) expect(passes(lang, ['en', 'de'])).toBe(false)
  expect(passes('ko', ['ko-KR'])).toBe(true)
})

test('a post of unknown language passes, and without a list every post passes', () => {
  for (const lang of [undefined, '', 'und', 'zxx', 'qme']) expect(passes(lang, ['en'])).toBe(true)
  expect(passes('ko')).toBe(true)
})
