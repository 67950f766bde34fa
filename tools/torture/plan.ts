import type { Random } from './random.ts'

/**
 * The order of faults: each kind once, then endlessly in shuffled rounds in which each occurs as often as its weight.
 */
export function* planOf<Kind>(
  kinds: readonly Kind[],
  weightOf: (kind: Kind) => number,
  random: Random,
): Generator<Kind, never> {
  yield* random.shuffled(kinds)
  const weighted = kinds.flatMap(kind => Array.from({ length: weightOf(kind) }, () => kind))
  for (;;) yield* random.shuffled(weighted)
}
