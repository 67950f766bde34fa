import type { FeatureSettings } from '../plugins/scorers/tuned/features.ts'
import type { Recipe } from './recipes.ts'

/** The recipe, and the same with one thing changed at a time. */
export function ablations(recipe: Recipe): [string, Recipe][] {
  const { features, training } = recipe
  const without = (name: string, changed: Partial<Recipe>): [string, Recipe] => [
    name,
    { ...recipe, ...changed },
  ]
  const read = (name: string, changed: Partial<FeatureSettings>) =>
    without(name, { features: { ...features, ...changed } })
  const { words, characters } = features
  const list: [string, Recipe][] = [
    without('all', {}),
    ...[1, 2, 3]
      .filter(longest => longest !== words.longest)
      .map(longest => read(`runs of ${longest} words at most`, { words: { ...words, longest } })),
    ...[3, 6].map(longest => read(`characters up to ${longest}`, { characters: { ...characters, longest } })),
    without('rare n-grams too', { minCount: 1 }),
    without('one round', { training: { ...training, rounds: 1 } }),
    without(recipe.words ? 'no word lists' : 'with English word lists', { words: !recipe.words }),
  ]
  if (features.negation) list.push(read('no negation', { negation: false }))
  if (recipe.vectors) list.push(without('no vectors', { vectors: false }))
  if (recipe.smoothing > 0) list.push(without('no smoothing of labels', { smoothing: 0 }))
  const { pooled, ...linear } = recipe
  if (pooled !== undefined) list.push(['no network', linear])
  for (const part of ['pairs', 'letters'] as const) {
    const { [part]: left, ...others } = features
    if (left !== undefined) list.push(without(`no ${part}`, { features: others }))
  }
  return list
}
