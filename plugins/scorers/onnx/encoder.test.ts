import { expect, test } from 'vitest'
import { Encoder } from './encoder.ts'

/** A token for each letter; those around the text are given. */
const letters = (before: number[], after: number[]) => ({
  seen: [] as string[],
  encode(text: string, { add_special_tokens = true } = {}) {
    this.seen.push(text)
    const ids = [...text].filter(letter => letter !== ' ').map(letter => letter.codePointAt(0) as number)
    return { ids: add_special_tokens ? [...before, ...ids, ...after] : ids }
  },
  token_to_id: () => undefined,
})

const [a, b, c] = [97, 98, 99]

test('a text is truncated to the tokens that fit, and special tokens are kept', () => {
  expect(new Encoder(letters([1], [2]), 8).encode('ab')).toEqual([1, a, b, 2])
  expect(new Encoder(letters([1], [2]), 5).encode('abcabc')).toEqual([1, a, b, c, 2])
  expect(new Encoder(letters([], [2, 3]), 4).encode('abc')).toEqual([a, b, 2, 3])
  expect(new Encoder(letters([], []), 2).encode('abc')).toEqual([a, b])
})

test('a text without tokens of its own has no result', () => {
  const encoder = new Encoder(letters([1], [2]), 8)
  expect(encoder.encode('')).toBeNull()
  expect(encoder.encode('   ')).toBeNull()
})

test('only the relevant part of a text is read, without splitting characters', () => {
  const tokenizer = letters([], [])
  new Encoder(tokenizer, 4).encode('😀'.repeat(100_000).slice(1))
  const seen = tokenizer.seen.at(-1) as string
  expect(seen.length).toBe(64)
  expect(seen.isWellFormed()).toBe(true)
})
