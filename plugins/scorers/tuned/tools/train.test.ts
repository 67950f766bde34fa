import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Lexicon, Moods } from '../lexicon.ts'
import { Model } from '../model.ts'
import { decodeModel, encodeModel } from '../model-file.ts'
import { BUCKET } from '../weights.ts'
import { readLabelled } from './data.ts'
import { startOf } from './embeddings.ts'
import { evaluate } from './evaluate.ts'
import { exportModel } from './export.ts'
import { fitModel, fitParts } from './fit.ts'
import { eraFolds, randomFolds } from './folds.ts'
import { buildMatrix } from './matrix.ts'
import { englishMoods } from './mood-words.ts'
import { againstNeutral, NEGATIVE, POSITIVE } from './pack.ts'
import { addPooled, trainPooled } from './pooled.ts'
import { seeded } from './random.ts'
import { Reader } from './reader.ts'
import { RECIPES, type Recipe } from './recipes.ts'
import { logits, train } from './sgd.ts'
import { Vectors } from './vectors.ts'
import { readVocabulary } from './vocabulary.ts'
import { readWordLists } from './word-lists.ts'

/** Sentences with negations, which training has to read as scoring does. */
const NEGATED = [
  'it was not great',
  'no awful train today',
  'never a rude word or a dreadful one',
  'not the table',
]

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
    if (row % 10 === 7) return `${['negative', 'neutral', 'positive'][row % 3]}\t${pick(NEGATED)}`
    const text = [pick(FILLERS), pick(words), pick(FILLERS), pick(FILLERS), pick(words)].join(' ')
    return `${['negative', 'neutral', 'positive'][row % 3]}\t${text}`
  })
  return `${lines.join('\n')}\n`
}

const folder = mkdtempSync(join(tmpdir(), 'training-'))
const file = join(folder, 'posts.tsv.gz')
writeFileSync(file, gzipSync(invented(900)))

const english = RECIPES[0] as Recipe
const { pooled: _, made: __, ...linear } = english
const recipe: Recipe = {
  ...linear,
  features: { ...english.features, slots: BUCKET, between: undefined },
  vectors: false,
}
const posts = readLabelled(file)
const all = Int32Array.from(posts.texts.keys())

test('a model learns from its posts, and classifies unseen posts', () => {
  const folds = randomFolds(posts.texts, 5)
  const rows = (test: boolean) => all.filter(row => (folds.of[row] === 0) === test)
  const model = fitModel(recipe, posts, rows(false), '2026-01-31')
  expect(evaluate(model, posts, rows(true)).recallOfCut).toBeGreaterThan(0.9)
})

const pooled = { nets: 2, axes: 4, epochs: 2, rate: 0.5, netRate: 0.03, dropout: 0.3, share: 0.5 }

/** The recipe with parts whose scales differ. */
const whole: Recipe = {
  ...recipe,
  features: {
    slots: 31 * BUCKET,
    between: 5 * BUCKET,
    words: { scale: 0.4 },
    pairs: { scale: 0.3, reach: 3, beginning: 2 },
    characters: { scale: 0.5, shortest: 2, longest: 4 },
    reversal: 0.8,
  },
  minCount: 1,
  smoothing: 0,
  pooled,
}

/** The same with letters in place of the network: a model has one of the two. */
const { pooled: ___, ...spelled } = {
  ...whole,
  features: { ...whole.features, letters: { scale: 0.8, shortest: 3, longest: 4 } },
}

test('the same data give the same file, byte for byte', () => {
  const make = () => encodeModel(fitParts(whole, posts, all, '2026-01-31'))
  expect(make().equals(make())).toBe(true)
})

test.each([
  ['a network', whole],
  ['letters', spelled],
])(
  'scoring reads what training read, with %s: log odds agree but for the rounding of weights',
  (_, whole: Recipe) => {
    const lists = readWordLists(whole)
    const moods = englishMoods(lists, undefined)
    const matrix = buildMatrix(posts.texts, whole, lists, moods)
    const weights = train(matrix, posts.targets, all, whole.training)
    const reader = new Reader(
      'en',
      whole.features,
      new Lexicon(lists.hashes, lists.valences),
      new Moods(moods),
    )
    const vocabulary = readVocabulary(posts.texts, reader)
    const table =
      whole.pooled && trainPooled(vocabulary, startOf(vocabulary, pooled.axes), posts.targets, all, pooled)
    const model = new Model(
      decodeModel(
        encodeModel(
          exportModel({
            ...{
              language: 'en',
              posts: 900,
              date: '',
              features: whole.features,
              matrix,
              weights,
              lists,
              moods,
            },
            calibration: { temperature: 1, shift: [0.3, 0.2, 0] },
            vectors: undefined,
            pooled: table && { vocabulary, table },
          }),
        ),
        'x',
      ),
    )
    const z = new Float64Array(3)
    for (const row of all.slice(0, 100)) {
      logits(matrix, weights, row, z)
      if (table) addPooled(vocabulary, table, row, z)
      model.read(posts.texts[row] as string)
      // Log odds are of some ten; a part whose scale or bias was left out is off by more than this.
      expect(Math.abs(model.negative - (againstNeutral(z, 0, NEGATIVE) + 0.1))).toBeLessThan(0.4)
      expect(Math.abs(model.positive - (againstNeutral(z, 0, POSITIVE) - 0.2))).toBeLessThan(0.4)
    }
  },
)

test('vectors transfer what is learnt of a word to a word that no post has', () => {
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

test('ratings are labels too; the middle ones are soft labels', () => {
  const path = join(folder, 'ratings.tsv')
  writeFileSync(path, '10\ta\n4\tb\n7\tc\n')
  const { labels, targets } = readLabelled(path)
  expect([...labels]).toEqual([2, 0, 1])
  expect([...targets.slice(0, 6)]).toEqual([0, 0, 1, 1, 0, 0])
  expect(targets[8]).toBeGreaterThan(targets[6] as number)
})

test('an invalid line is named', () => {
  const path = join(folder, 'bad.tsv')
  writeFileSync(path, 'positive\tfine\n11\ttoo many stars\n')
  expect(() => readLabelled(path)).toThrow(
    /bad\.tsv:2: expected "negative", "neutral", "positive" or a rating/,
  )
  expect(() => readLabelled(join(folder, 'none.tsv'))).toThrow(/no such file/)
})
