import { expect, test } from 'vitest'
import { asWritten, withPlainApostrophes } from './apostrophes.ts'

test('apostrophes within words are plain, and quotes elsewhere', () => {
  expect(withPlainApostrophes('don’t can´t won`t isnʼt wasn＇t')).toBe("don't can't won't isn't wasn't")
  expect(withPlainApostrophes('“good” ‘bad’ haters’ „so‟')).toBe('"good" "bad" haters" "so"')
  expect(withPlainApostrophes('`code` ´ plain "text"')).toBe('`code` ´ plain "text"')
})

test('positions in the text do not change', () => {
  const text = '“İt’s”😀 ‘a’ 가’나'
  expect(withPlainApostrophes(text)).toHaveLength(text.length)
})

test('pieces are shown as they are written', () => {
  const pieces = [
    { text: "don't", weight: 1 },
    { text: 'x', weight: 2 },
    { text: "don't", weight: 3, why: 'so' },
  ]
  expect(asWritten(pieces, "don't x don't", 'don’t x don´t')).toEqual([
    { text: 'don’t', weight: 1 },
    { text: 'x', weight: 2 },
    { text: 'don´t', weight: 3, why: 'so' },
  ])
})
