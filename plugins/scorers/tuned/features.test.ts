import { expect, test } from 'vitest'
import { Features, PARTS } from './features.ts'

const features = new Features({
  slots: 8192,
  negation: true,
  words: { scale: 1, longest: 2 },
  pairs: { scale: 1, reach: 2 },
  characters: { scale: 1, shortest: 2, longest: 3 },
  letters: { scale: 1, shortest: 2, longest: 3 },
})

/** The hashes of one part of a text's features. */
function read(part: (typeof PARTS)[number], text: string): number[] {
  features.read(text)
  const { hashes, count } = features[part]
  return [...hashes.subarray(0, count)]
}

/** Where one part of a text's features stands. */
function placesOf(part: (typeof PARTS)[number], text: string): string[] {
  features[part].placed = true
  features.read(text)
  features[part].placed = false
  const { codes } = features.tokens
  const { from, to, count } = features[part]
  return Array.from({ length: count }, (_, index) =>
    String.fromCharCode(...codes.subarray(from[index] as number, to[index] as number)),
  )
}

test('runs of words: each word, each two in a row, the first as such and the last', () => {
  expect(placesOf('words', 'so good')).toEqual(['so', 'so good', 'good', 'so', 'good'])
})

test('a negated word is another word', () => {
  const [, , plain] = read('words', 'so good')
  expect(read('words', 'not good')).not.toContain(plain)
})

test('pairs reach over words between, and know a word by its beginning', () => {
  expect(placesOf('pairs', 'a b c d')).toEqual(['a b', 'a b c', 'b c', 'b c d', 'c d'])
  expect(read('pairs', '기대했는데 지루하다')).toEqual(read('pairs', '기대만큼 지루했음'))
  expect(read('pairs', '기대 정말 지루')).not.toContain(read('pairs', '기대 지루')[0])
})

test('runs of characters cross the bounds of words', () => {
  expect(placesOf('characters', 'ab c')).toEqual([' a', ' ab', 'ab', 'ab ', 'b ', 'b c', ' c', ' c ', 'c '])
})

test('letters of syllables know no space', () => {
  expect(read('letters', '재미 없다')).toEqual(read('letters', '재미없다'))
  expect(read('letters', '쩌ㄴ')).toEqual(read('letters', '쩐'))
})

test('the same text in another part is another feature', () => {
  const all = PARTS.flatMap(part => read(part, '가나 다라'))
  expect(new Set(all).size).toBe(all.length)
})
