/**
 * A small seeded random number generator: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state. Three numbers
 * identify a stream; equal numbers give equal streams, so any part of the demo can be reproduced separately.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number, stream = 0, position = 0) {
    this.#a = seed | 0
    this.#b = stream | 0
    this.#c = position | 0
    // The first numbers still correlate with the seed.
    for (let round = 0; round < 12; round++) this.next()
  }

  /** A number from 0 up to, but not including, 1. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }

  /** A whole number from 0 up to, but not including, `limit`. */
  int(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)] as T
  }

  /**
   * A rank from 0 to `limit - 1` with a probability of about 1 / (rank + 1): the distribution of words, tags and
   * authors (Zipf's law).
   */
  rank(limit: number): number {
    return Math.floor((limit + 1) ** this.next()) - 1
  }

  /** An exponentially distributed number with this mean: the time between random events. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }
}
