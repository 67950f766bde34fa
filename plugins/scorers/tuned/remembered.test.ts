import { expect, test } from 'vitest'
import { ODDS, Remembered, WIDEST_ROW } from './remembered.ts'

/** Hashes of words, well spread. */
const hashOf = (word: number) => Math.imul(word + 1, 0x9e3779b1)

/** Notes a word as a text of its own. */
function learn(words: Remembered, word: number): void {
  words.begin()
  const place = words.find(hashOf(word))
  words.numbers[(place < 0 ? words.place(hashOf(word)) : place) + ODDS] = word
}

const known = (words: Remembered, count: number) =>
  Array.from({ length: count }, (_, word) => word).filter(word => {
    const place = words.find(hashOf(word))
    return place >= 0 && words.numbers[place + ODDS] === word
  }).length

test('the cache grows with the number of words, and keeps its entries', () => {
  const words = new Remembered(2 ** 16, 0)
  const small = words.numbers.length
  for (let word = 0; word < 1000; word++) learn(words, word)
  expect(words.numbers.length).toBe(small)
  for (let word = 0; word < 60_000; word++) learn(words, word)
  expect(words.numbers.length).toBeGreaterThan(4 * small)
  for (let round = 0; round < 3; round++) for (let word = 0; word < 30_000; word++) learn(words, word)
  expect(known(words, 30_000)).toBeGreaterThan(29_000)
})

test('the cache is bounded for any number of words', () => {
  const words = new Remembered(2 ** 13, WIDEST_ROW)
  for (let word = 0; word < 100_000; word++) learn(words, word)
  const most = words.numbers.length
  for (let word = 0; word < 200_000; word++) learn(words, word)
  expect(words.numbers.length).toBe(most)
  expect(known(words, 200_000)).toBeLessThan(2 ** 13 + 10)
})

test('the contribution of a word survives growth of the cache', () => {
  const words = new Remembered(2 ** 16, 0)
  let length = words.numbers.length
  let grown = 0
  for (let word = 0; word < 40_000; word++) {
    learn(words, word)
    if (words.numbers.length === length) continue
    length = words.numbers.length
    grown++
    // All but those that had to make room before it grew.
    expect(known(words, word)).toBeGreaterThan(word / 2)
  }
  expect(grown).toBe(2)
})
