import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Model } from '../plugins/scorers/tuned/model.ts'
import { decodeModel, encodeModel } from '../plugins/scorers/tuned/model-file.ts'
import { readLabelled } from './data.ts'
import { evaluate } from './evaluate.ts'
import { fitModel, fitParts } from './fit.ts'
import { eraFolds, randomFolds } from './folds.ts'
import { buildMatrix } from './matrix.ts'
import { againstNeutral, NEGATIVE, POSITIVE } from './pack.ts'
import { seeded } from './random.ts'
import { RECIPES, type Recipe } from './recipes.ts'
import { logits, train } from './sgd.ts'
import { Vectors } from './vectors.ts'
import { readWordLists } from './word-lists.ts'

const WORDS = [
  ['dreadful', 'awful', 'broken', 'boring', 'late', 'rude'],
  ['table', 'train', 'Tuesday', 'report', 'city', 'number'],
  ['lovely', 'great', 'brilliant', 'happy', 'sweet', 'kind'],
] as const
const FILLERS = ['the', 'a', 'it', 'was', 'today', 'and', 'we', 'saw']

/** Invented posts: two words of a class among fillers. */
function invented(count: number): string {
  const random = seeded(7)
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)]
  const lines = Array.from({ length: count }, (_, row) => {
    const words = WORDS[row % 3] as readonly string[]
    const text = [pick(FILLERS), pick(words), pick(FILLERS), pick(FILLERS), pick(words)].join(' ')
    return `${['negative', 'neutral', 'positive'][row % 3]}\t${text}`
  })
  return `${lines.join('\n')}\n`
}

const folder = mkdtempSync(join(tmpdir(), 'training-'))
const file = join(folder, 'posts.tsv.gz')
writeFileSync(file, gzipSync(invented(900)))

const english = RECIPES[0] as Recipe
const recipe: Recipe = {
  ...english,
  features: { ...english.features, bits: 12 },
  trainingBits: 14,
  vectors: false,
}
const posts = readLabelled(file)
const all = Int32Array.from(posts.texts.keys())

test('a model learns what its posts show, and tells posts that it has not seen', () => {
  const folds = randomFolds(posts.texts, 5)
  const rows = (test: boolean) => all.filter(row => (folds.of[row] === 0) === test)
  const model = fitModel(recipe, posts, rows(false), '2026-01-31')
  expect(evaluate(model, posts, rows(true)).recallOfCut).toBeGreaterThan(0.95)
})

test('the same data give the same file, byte for byte', () => {
  const make = () => encodeModel(fitParts(recipe, posts, all, '2026-01-31'))
  expect(make().equals(make())).toBe(true)
})

test('scoring reads the features that training read: log odds agree but for the rounding of weights', () => {
  const lists = readWordLists(false)
  const settings = { features: recipe.features, minCount: 1 }
  const matrix = buildMatrix(posts.texts, settings, lists)
  const weights = train(matrix, posts.targets, all, recipe.training)
  const model = new Model(
    decodeModel(
      encodeModel(
        fitParts({ ...recipe, trainingBits: 12, minCount: 1, expected: [1, 1, 1] }, posts, all, ''),
      ),
      'x',
    ),
  )
  const z = new Float64Array(3)
  const [negative, positive] = model.header.bias
  for (const row of all.slice(0, 100)) {
    logits(matrix, weights, row, z)
    model.read(posts.texts[row] as string)
    for (const [c, given, bias] of [
      [NEGATIVE, model.negative, negative],
      [POSITIVE, model.positive, positive],
    ] as const)
      expect(given - bias).toBeCloseTo(againstNeutral(z, 0, c) - againstNeutral(weights.bias, 0, c), 1)
  }
})

test('vectors carry what is learnt of a word to a word that no post has', () => {
  const words = [...WORDS.flat(), 'gorgeous', 'horrid']
  const values = Float32Array.from(words, word =>
    word === 'gorgeous' || WORDS[2].includes(word as never)
      ? 1
      : word === 'horrid' || WORDS[0].includes(word as never)
        ? -1
        : 0,
  )
  const model = fitModel(
    { ...recipe, vectors: true, words: false },
    posts,
    all,
    '',
    new Vectors(words, values, 1),
  )
  expect(model.score('it was gorgeous')).toBeGreaterThan(model.score('it was horrid') as number)
})

test('posts that differ only in case, marks and length of letters share a fold', () => {
  const { of } = randomFolds(['So GOOD!!', 'sooo good http://t.co/abc', '@a so good 2'], 5)
  expect(new Set(of).size).toBe(1)
})

test('a tweet shows its era by its link', () => {
  const { of } = eraFolds(['x http://t.co/abcdefgh', 'x http://t.co/abcdefghij', 'x https://t.co/abcdefghij'])
  expect([...of]).toEqual([0, 1, 2])
})

test('ratings are labels too; the middle ones lean', () => {
  const path = join(folder, 'ratings.tsv')
  writeFileSync(path, '10\ta\n4\tb\n7\tc\n')
  const { labels, targets } = readLabelled(path)
  expect([...labels]).toEqual([2, 0, 1])
  expect([...targets.slice(0, 6)]).toEqual([0, 0, 1, 1, 0, 0])
  expect(targets[8]).toBeGreaterThan(targets[6] as number)
})

test('a line that is no labelled post is named', () => {
  const path = join(folder, 'bad.tsv')
  writeFileSync(path, 'positive\tfine\n11\ttoo many stars\n')
  expect(() => readLabelled(path)).toThrow(
    /bad\.tsv:2: expected "negative", "neutral", "positive" or a rating/,
  )
  expect(() => readLabelled(join(folder, 'none.tsv'))).toThrow(/no such file/)
})
