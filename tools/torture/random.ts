/** Random numbers from a seed: the same seed and name always give the same sequence. */
export class Random {
  #state: number

  constructor(seed: number, name = '') {
    this.#state = seed >>> 0
    // FNV-1a over the name, so that the sequences of two names are independent.
    for (const character of name)
      this.#state = Math.imul(this.#state ^ (character.codePointAt(0) as number), 0x01000193)
  }

  /** In [0, 1): Mulberry32 (T. Ettinger, public domain). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** In [from, to). */
  between(from: number, to: number): number {
    return from + this.next() * (to - from)
  }

  /** A whole number in [from, to]. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  /** True with that probability. */
  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** One of the items. @throws Error if there is none */
  pick<T>(items: readonly T[]): T {
    const item = items[this.integer(0, items.length - 1)]
    if (items.length === 0) throw new Error('nothing to pick from')
    return item as T
  }

  shuffled<T>(items: readonly T[]): T[] {
    const order = [...items]
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.integer(0, i)
      const other = order[j] as T
      order[j] = order[i] as T
      order[i] = other
    }
    return order
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.integer(0, 255)))
  }
}
