import { seeded } from '../random.ts'

/** A sentence that was made, with the mood that it has by how it was made. */
export interface Made {
  readonly text: string
  /** 0 negative, 1 neutral, 2 positive. */
  readonly label: number
  /** Two sentences that differ by the negation alone are a pair; 0 is none. */
  readonly pair: number
  readonly kind: string
}

/** What fills and picks; the same seed makes the same sentences. */
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

  /** @param plain and its negation: the plain one has the mood of the word */
  pair(plain: string, negated: string, isGood: boolean, kind: string): void {
    const pair = ++this.#pairs
    this.made.push({ text: plain, label: isGood ? 2 : 0, pair, kind })
    this.made.push({ text: negated, label: isGood ? 0 : 2, pair, kind })
  }

  single(text: string, label: number, kind: string): void {
    this.made.push({ text, label, pair: 0, kind })
  }
}

/** Half of the values: one to train on, the other, which training never sees, to test on. */
export const halfOf = <T>(values: readonly T[], half: 0 | 1): T[] =>
  values.filter((_, index) => index % 2 === half)
