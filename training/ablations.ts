import type { Recipe } from './recipes.ts'

/** The recipe, and the same with one part left out at a time. */
export function ablations(recipe: Recipe): [string, Recipe][] {
  const { features, training } = recipe
  const without = (name: string, changed: Partial<Recipe>): [string, Recipe] => [
    name,
    { ...recipe, ...changed },
  ]
  const list = [
    without('all', {}),
    without('single words only', { features: { ...features, words: 1 } }),
    without('three words at most', { features: { ...features, words: 3 } }),
    without('characters up to 3', { features: { ...features, characters: [features.characters[0], 3] } }),
    without('characters up to 6', { features: { ...features, characters: [features.characters[0], 6] } }),
    without('rare n-grams too', { minCount: 1 }),
    without('one round', { training: { ...training, rounds: 1 } }),
    without(recipe.words ? 'no word lists' : 'with English word lists', { words: !recipe.words }),
  ]
  if (features.negation) list.push(without('no negation', { features: { ...features, negation: false } }))
  if (recipe.vectors) list.push(without('no vectors', { vectors: false }))
  if (features.jamo[1] > 0) list.push(without('no jamo', { features: { ...features, jamo: [0, 0] } }))
  return list
}
