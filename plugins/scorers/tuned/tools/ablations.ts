import type { FeatureSettings } from '../features.ts'
import type { Recipe } from './recipes.ts'

/** The recipe, and variants of it with one change each. */
export function ablations(recipe: Recipe): [string, Recipe][] {
  const { features, training } = recipe
  const without = (name: string, changed: Partial<Recipe>): [string, Recipe] => [
    name,
    { ...recipe, ...changed },
  ]
  const read = (name: string, changed: Partial<FeatureSettings>) =>
    without(name, { features: { ...features, ...changed } })
  const { words, pairs, characters } = features
  const list: [string, Recipe][] = [
    without('all', {}),
    read('no single words', { words: { ...words, scale: 0 } }),
    read('no pairs', { pairs: { ...pairs, scale: 0, reach: 0 } }),
    ...[3, 6].map(longest => read(`characters up to ${longest}`, { characters: { ...characters, longest } })),
    without('rare n-grams too', { minCount: 1 }),
    without('one round', { training: { ...training, rounds: 1 } }),
    without(recipe.words ? 'no word lists' : 'with English word lists', { words: !recipe.words }),
  ]
  list.push(read('nothing left of what is negated', { reversal: 0 }))
  if (recipe.made !== undefined) {
    const { made: _, ...labelled } = recipe
    list.push(['labelled posts only', labelled])
  }
  if (recipe.vectors) list.push(without('no vectors', { vectors: false }))
  if (recipe.smoothing > 0) list.push(without('no smoothing of labels', { smoothing: 0 }))
  const { pooled, ...linear } = recipe
  if (pooled !== undefined) list.push(['no network', linear])
  const { letters, ...others } = features
  if (letters !== undefined) list.push(without('no letters', { features: others }))
  return list
}
