import { expect, test } from 'vitest'
import { hashWord } from '../plugins/scorers/tuned/hash.ts'
import { markNegated } from '../plugins/scorers/tuned/negation.ts'
import { Pooled } from '../plugins/scorers/tuned/pooled.ts'
import { CAPACITY, Tokens } from '../plugins/scorers/tuned/tokens.ts'
import { startOf } from './embeddings.ts'
import { NEGATIVE, NEUTRAL, POSITIVE } from './pack.ts'
import { addPooled, exportPooled, trainPooled } from './pooled.ts'
import { Vectors } from './vectors.ts'
import { readVocabulary } from './vocabulary.ts'

const settings = {
  nets: 2,
  units: 4,
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
const vocabulary = readVocabulary(texts, true, vectors)
const table = trainPooled(vocabulary, startOf(vocabulary, settings.axes, vectors), targets, rows, settings)
const pooled = new Pooled(exportPooled(vocabulary, table))

const negated = new Uint8Array(CAPACITY)

function read(text: string) {
  const tokens = new Tokens()
  tokens.read(text)
  markNegated(tokens, negated)
  pooled.read(tokens, negated)
  return { negative: pooled.negative, positive: pooled.positive, tokens }
}

test('scoring takes the same peaks as training: log odds agree', () => {
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

test('a word that no post has is as its vector is', () => {
  expect(read('gorgeous').positive).toBeGreaterThan(read('horrid').positive)
})

test('of words alike one counts: a word twice is a word once', () => {
  expect(read('great great great').positive).toBe(read('great').positive)
})

test('what the units add is shared out among the words that have most of them', () => {
  const { negative, positive, tokens } = read('the great table was awful')
  const shares = new Float64Array(tokens.count)
  pooled.share(tokens, negated, shares)
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(positive - negative, 6)
  expect(shares[1]).toBeGreaterThan(0)
  expect(shares[4]).toBeLessThan(0)
})

test('a negated word has units of its own, or none', () => {
  const plain = read('great')
  const turned = read('not great')
  expect(turned.positive - read('not').positive).not.toBeCloseTo(plain.positive, 1)
})

test('words seen once are left out, and those with a vector are in', () => {
  const { words } = readVocabulary([...texts, 'unheard-of'], true, vectors)
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
