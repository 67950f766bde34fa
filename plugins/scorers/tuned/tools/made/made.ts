import { seeded } from '../random.ts'

/** A generated sentence, with the mood that it was generated for. */
export interface Made {
  readonly text: string
  /** 0 negative, 1 neutral, 2 positive. */
  readonly label: number
  /** The number of a pair: two sentences that differ only by a negation; 0 for none. */
  readonly pair: number
  readonly kind: string
}

/** Fills templates and makes choices; the same seed gives the same sentences. */
export class Maker {
  readonly random: () => number
  readonly made: Made[] = []
  #pairs = 0

  constructor(seed: number) {
    this.random = seeded(seed)
  }

  pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.random() * values.length)] as T
  }

  /** Adds a plain sentence and its negation. @param plain the sentence with the mood of the word */
  pair(plain: string, negated: string, isGood: boolean, kind: string): void {
    const pair = ++this.#pairs
    this.made.push({ text: plain, label: isGood ? 2 : 0, pair, kind })
    this.made.push({ text: negated, label: isGood ? 0 : 2, pair, kind })
  }

  single(text: string, label: number, kind: string): void {
    this.made.push({ text, label, pair: 0, kind })
  }
}

/** Half of the values: one half for training, the other for tests. */
export const halfOf = <T>(values: readonly T[], half: 0 | 1): T[] =>
  values.filter((_, index) => index % 2 === half)
