import type { Model } from '../model.ts'
import type { LabelledPosts } from './data.ts'
import { evaluate, type Result } from './evaluate.ts'
import { fitModel } from './fit.ts'
import { eraFolds, type Folds, randomFolds } from './folds.ts'
import type { Recipe } from './recipes.ts'
import type { Vectors } from './vectors.ts'

const RANDOM_FOLDS = 5

export interface Fold {
  readonly name: string
  readonly result: Result
  /** The rows that were left out, and the model trained without them. */
  readonly rows: Int32Array
  readonly model: Model
}

/**
 * Splits by era, if the recipe says so, and at random. For each fold it tests the model, as it would be shipped, that
 * was trained on the other folds.
 */
export function splitsOf(recipe: Recipe, posts: LabelledPosts): Folds[] {
  const labelled = posts.texts.slice(0, posts.labelled)
  const byChance = randomFolds(labelled, RANDOM_FOLDS)
  return recipe.eras ? [eraFolds(labelled), byChance] : [byChance]
}

/** Trains without one fold and tests on it. */
export function testFold(
  recipe: Recipe,
  posts: LabelledPosts,
  folds: Folds,
  fold: number,
  vectors: Vectors | undefined,
): Fold {
  const all = Int32Array.from(posts.texts.keys())
  const isTested = (row: number) => row < posts.labelled && folds.of[row] === fold
  const rows = all.filter(isTested)
  const model = fitModel(
    recipe,
    posts,
    all.filter(row => !isTested(row)),
    '',
    vectors,
  )
  return { name: folds.names[fold] as string, result: evaluate(model, posts, rows), rows, model }
}

export const TABLE_HEAD = `| left out | posts | recall | recall, cut score | negative | neutral | positive | right sign | beyond the cut | calibration error |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |`

export function tableLine(name: string, result: Result): string {
  const figures = [
    result.recall,
    result.recallOfCut,
    ...result.recalls,
    result.signs,
    result.signsOfCut,
    result.calibrationError,
  ]
  return `| ${name} | ${result.posts} | ${figures.map(figure => figure.toFixed(3)).join(' | ')} |`
}
