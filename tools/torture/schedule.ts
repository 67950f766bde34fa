import type { Random } from './random.ts'

/** Decides when all counts are compared: after a time, or a number of faults, since the last comparison. */
export class CheckSchedule {
  readonly #ms: number
  readonly #mostFaults: number
  #checkedAt = performance.now()
  #faults = 0

  /** @param ms the maximum time between two checks, in milliseconds */
  constructor(ms: number, mostFaults: number) {
    this.#ms = ms
    this.#mostFaults = mostFaults
  }

  /** Counts a fault. Returns whether a check is due. */
  fault(): boolean {
    this.#faults++
    return performance.now() - this.#checkedAt > this.#ms || this.#faults >= this.#mostFaults
  }

  /** All counts were compared: time and faults start again. */
  checked(): void {
    this.#checkedAt = performance.now()
    this.#faults = 0
  }
}

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
