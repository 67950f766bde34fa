import { expect, test } from 'vitest'
import { ODDS, WordCache } from './word-cache.ts'

/** Hashes of words, well spread. */
const hashOf = (word: number) => Math.imul(word + 1, 0x9e3779b1)

const CHECK = 7

/** Notes a word as a text of its own. */
function learn(words: WordCache, word: number): void {
  words.begin()
  const place = words.find(hashOf(word), CHECK)
  words.numbers[(place < 0 ? words.place(hashOf(word), CHECK) : place) + ODDS] = word
}

const known = (words: WordCache, count: number) =>
  Array.from({ length: count }, (_, word) => word).filter(word => {
    const place = words.find(hashOf(word), CHECK)
    return place >= 0 && words.numbers[place + ODDS] === word
  }).length

test('the cache grows with the number of words, and keeps its entries', () => {
  const words = new WordCache(2 ** 16)
  const small = words.numbers.length
  for (let word = 0; word < 1000; word++) learn(words, word)
  expect(words.numbers.length).toBe(small)
  for (let word = 0; word < 60_000; word++) learn(words, word)
  expect(words.numbers.length).toBeGreaterThan(4 * small)
  for (let round = 0; round < 3; round++) for (let word = 0; word < 30_000; word++) learn(words, word)
  expect(known(words, 30_000)).toBeGreaterThan(29_000)
})

test('the cache is bounded for any number of words', () => {
  const words = new WordCache(2 ** 13)
  for (let word = 0; word < 100_000; word++) learn(words, word)
  const most = words.numbers.length
  for (let word = 0; word < 200_000; word++) learn(words, word)
  expect(words.numbers.length).toBe(most)
  expect(known(words, 200_000)).toBeLessThan(2 ** 13 + 10)
})

test('the contribution of a word survives growth of the cache', () => {
  const words = new WordCache(2 ** 16)
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

test('a word of a text never takes the place of another one of it, however many share a place', () => {
  const words = new WordCache(2 ** 12)
  const sharing = Array.from({ length: 20 }, (_, word) => (word + 1) << 12)
  for (const hash of sharing) learn(words, hash)
  words.begin()
  const places = sharing.map(hash => {
    const place = words.find(hash, CHECK)
    const own = place < 0 ? words.place(hash, CHECK) : place
    words.use(own)
    return own
  })
  expect(new Set(places).size).toBe(sharing.length)
})

test('of the words that share a place, those used last are kept', () => {
  const words = new WordCache(2 ** 12)
  const [often = 0, ...others] = Array.from({ length: 40 }, (_, word) => (word + 1) << 12)
  for (const other of others) {
    words.begin()
    const place = words.find(often, CHECK)
    words.use(place < 0 ? words.place(often, CHECK) : place)
    if (words.find(other, CHECK) < 0) words.place(other, CHECK)
    expect(words.find(often, CHECK)).toBeGreaterThanOrEqual(0)
  }
})

test('no word is found before it is noted', () => {
  const words = new WordCache(2 ** 12)
  for (let hash = -5000; hash < 5000; hash++) expect(words.find(hash, CHECK)).toBe(-1)
})

test('no word has what another one adds, before and after the memory grows', () => {
  const words = new WordCache(2 ** 16)
  for (let word = 0; word < 40_000; word++) {
    learn(words, word)
    if (word % 1000 !== 0) continue
    const wrong = Array.from({ length: word }, (_, other) => other).filter(other => {
      const place = words.find(hashOf(other), CHECK)
      return place >= 0 && words.numbers[place + ODDS] !== other
    })
    expect(wrong).toEqual([])
  }
})

test('words with the same hash and another check are two words, before and after the memory grows', () => {
  const words = new WordCache(2 ** 16)
  for (const check of [1, 2]) {
    words.begin()
    words.numbers[words.place(5, check) + ODDS] = 100 + check
  }
  const odds = (check: number) => words.numbers[words.find(5, check) + ODDS]
  expect([odds(1), odds(2), words.find(5, 3)]).toEqual([101, 102, -1])
  const { length } = words.numbers
  for (let word = 10; words.numbers.length === length; word++) {
    for (const check of [1, 2]) words.use(words.find(5, check))
    learn(words, word)
  }
  expect([odds(1), odds(2), words.find(5, 3)]).toEqual([101, 102, -1])
})
