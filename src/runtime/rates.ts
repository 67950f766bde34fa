/** Rates of counters over the last seconds, from periodic samples. */
export class Rates {
  readonly #spanMs: number
  readonly #seen: { at: number; counts: Map<string, number> }[] = []

  constructor(spanMs: number) {
    this.#spanMs = spanMs
  }

  /** Samples the counters; `now` is Unix milliseconds. */
  look(now: number, counts: Iterable<[key: string, n: number]>): void {
    this.#seen.push({ at: now, counts: new Map(counts) })
    while (this.#seen.length > 2 && now - (this.#seen[1]?.at ?? now) >= this.#spanMs) this.#seen.shift()
  }

  /** The increase of a counter per second. */
  perSecond(key: string): number {
    const first = this.#seen[0]
    const last = this.#seen.at(-1)
    if (!first || !last || last.at <= first.at) return 0
    return (((last.counts.get(key) ?? 0) - (first.counts.get(key) ?? 0)) * 1000) / (last.at - first.at)
  }
}
