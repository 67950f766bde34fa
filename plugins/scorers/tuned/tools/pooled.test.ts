import { expect, test } from 'vitest'
import { hashWord } from '../hash.ts'
import { Lexicon, Moods } from '../lexicon.ts'
import { Pooled } from '../pooled.ts'
import { UNIT_CAPACITY } from '../units.ts'
import { ROW } from '../word-cache.ts'
import { startOf } from './embeddings.ts'
import { NEGATIVE, NEUTRAL, POSITIVE } from './pack.ts'
import { addPooled, exportPooled, trainPooled } from './pooled.ts'
import { Reader } from './reader.ts'
import { RECIPES, type Recipe } from './recipes.ts'
import { Vectors } from './vectors.ts'
import { readVocabulary } from './vocabulary.ts'

const settings = {
  nets: 2,
  axes: 2,
  epochs: 30,
  rate: 0.5,
  netRate: 0.1,
  dropout: 0.2,
  share: 1,
}

const WORDS = [
  ['dreadful', 'awful', 'rude'],
  ['table', 'train', 'report'],
  ['lovely', 'great', 'kind'],
] as const
const texts = Array.from({ length: 300 }, (_, row) => {
  const words = WORDS[row % 3] as readonly string[]
  return `the ${words[Math.floor(row / 3) % 3]} one was ${words[Math.floor(row / 9) % 3]} today`
})
const rows = Int32Array.from(texts.keys())
const targets = Float32Array.from(texts.flatMap((_, row) => [0, 1, 2].map(c => (c === row % 3 ? 1 : 0))))
const vectors = new Vectors(
  [...WORDS.flat(), 'gorgeous', 'horrid'],
  Float32Array.from(
    [...WORDS.flatMap((words, c) => words.map(() => c - 1)), 1, -1].flatMap(mood => [mood, 0.1]),
  ),
  2,
)
const { features } = RECIPES[0] as Recipe
const moods = new Moods(Int32Array.from(['great', 'awful'], hashWord))
const reader = new Reader('en', features, new Lexicon(new Int32Array(0), new Int8Array(0)), moods)
const vocabulary = readVocabulary(texts, reader, vectors)
const table = trainPooled(vocabulary, startOf(vocabulary, settings.axes, vectors), targets, rows, settings)
const pooled = new Pooled(exportPooled(vocabulary, table))

/** Records of the units of a text, as they would be cached. */
const numbers = new Int32Array(16 * UNIT_CAPACITY)

function read(text: string) {
  reader.cut(text)
  const { units, hashes } = reader
  for (let unit = 0; unit < units.count; unit++) {
    units.places[unit] = 16 * unit
    pooled.write(hashes[unit] as number, numbers, 16 * unit + ROW)
  }
  pooled.read(units, numbers)
  return { negative: pooled.negative, positive: pooled.positive, units }
}

test('scoring and training use the same maxima: log odds agree', () => {
  for (const row of rows.slice(0, 30)) {
    const z = new Float64Array(3)
    addPooled(vocabulary, table, row, z)
    const odds = (c: number) =>
      (z[c] as number) - (z[NEUTRAL] as number) - (table.bias[c] as number) + (table.bias[NEUTRAL] as number)
    const { negative, positive } = read(texts[row] as string)
    expect(negative).toBeCloseTo(odds(NEGATIVE), 3)
    expect(positive).toBeCloseTo(odds(POSITIVE), 3)
  }
})

test('networks learn the words of each class', () => {
  expect(read('a kind one').positive).toBeGreaterThan(read('an awful one').positive)
  expect(read('an awful one').negative).toBeGreaterThan(read('a kind one').negative)
})

test('a word that no post has is scored by its vector', () => {
  expect(read('gorgeous').positive).toBeGreaterThan(read('horrid').positive)
})

test('a repeated word counts once', () => {
  expect(read('great great great').positive).toBe(read('great').positive)
})

test('contributions of units go to the words with the maximum', () => {
  const { negative, positive, units } = read('the great table was awful')
  const shares = new Float64Array(units.count)
  pooled.share(units, numbers, shares)
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(positive - negative, 6)
  expect(shares[1]).toBeGreaterThan(0)
  expect(shares[4]).toBeLessThan(0)
})

test('a negated word contributes equally to the opposite sentiment', () => {
  for (const [word, negated] of [
    ['great', 'not great'],
    ['awful', 'not awful'],
  ] as const) {
    const plain = read(word)
    const reversed = read(negated)
    expect(reversed.negative).toBeCloseTo(plain.positive, 6)
    expect(reversed.positive).toBeCloseTo(plain.negative, 6)
  }
})

test('words seen once are left out, and those with a vector are in', () => {
  const { words } = readVocabulary([...texts, 'unheard-of'], reader, vectors)
  const knows = (word: string) => words.find(hashWord(word)) >= 0
  expect(knows('today')).toBe(true)
  expect(knows('gorgeous')).toBe(true)
  expect(knows('unheard')).toBe(false)
})

test('vectors with fewer dimensions than axes have fewer axes', () => {
  const { axes, values } = startOf(vocabulary, 4, vectors)
  expect(axes).toBe(2)
  const [good, bad] = ['gorgeous', 'horrid'].map(word => vocabulary.words.find(hashWord(word)))
  expect(values[2 * (good as number)]).toBeCloseTo(-(values[2 * (bad as number)] as number), 1)
  expect(values[2 * (good as number)]).not.toBeCloseTo(0, 1)
})
