import { ensure } from './ensure.ts'
import type { HistogramTable } from './histograms.ts'

/** The finest resolution of times, in milliseconds: a third of the narrowest bucket of a delay. */
const FINEST = 16

/** A step is at most this fraction (1/16) of the age of a post. */
const OF_AGE = 16

/** When posts of one source were written, as a delta counts them. All times are Unix milliseconds. */
export class WrittenTimes {
  /** Posts by the middle of the step in which they were written. */
  readonly #posts = new Map<number, number>()
  /** The first time. Sums are relative to it: sums of Unix times exceed the safe integers. */
  #origin = 0
  #sum = 0

  get isEmpty(): boolean {
    return this.#posts.size === 0
  }

  /** Counts a post. A post from the future counts as written now. */
  observe(written: number, now: number): void {
    const age = Math.max(0, now - written)
    const at = now - age
    if (this.isEmpty) this.#origin = at
    this.#sum += at - this.#origin
    const step = age < FINEST * OF_AGE ? FINEST : 2 ** Math.floor(Math.log2(age / OF_AGE))
    const middle = Math.floor(at / step) * step + step / 2
    this.#posts.set(middle, (this.#posts.get(middle) ?? 0) + 1)
  }

  /** Adds the delays up to a moment (Unix milliseconds) to a histogram, in seconds. */
  settle(table: HistogramTable, source: string, until: number): void {
    const cell = table.cell(source)
    let posts = 0
    for (const [at, n] of this.#posts) {
      cell.add(Math.max(0, until - at) / 1000, n)
      posts += n
    }
    cell.sum += Math.max(0, posts * (until - this.#origin) - this.#sum) / 1000
  }

  reset(): void {
    this.#posts.clear()
    this.#sum = 0
  }

  encode(): EncodedTimes {
    return [this.#origin, this.#sum, [...this.#posts].flat()]
  }

  decode([origin, sum, posts]: EncodedTimes): void {
    this.#origin = origin
    this.#sum = sum
    for (let i = 0; i < posts.length; i += 2) this.#posts.set(posts[i] as number, posts[i + 1] as number)
  }
}

/** The origin, the sum, and pairs of a time and the posts written around it. */
export type EncodedTimes = [origin: number, sum: number, posts: number[]]

/** {@link WrittenTimes} by source. */
export class WrittenTable {
  readonly #cells = new Map<string, WrittenTimes>()

  /** The times of a source. They stay valid across `reset`. */
  of(source: string): WrittenTimes {
    return ensure(this.#cells, source, () => new WrittenTimes())
  }

  settle(table: HistogramTable, until: number): void {
    for (const [source, times] of this.#cells) if (!times.isEmpty) times.settle(table, source, until)
  }

  reset(): void {
    for (const times of this.#cells.values()) times.reset()
  }

  encode(): [source: string, times: EncodedTimes][] {
    return [...this.#cells]
      .filter(([, times]) => !times.isEmpty)
      .map(([source, times]) => [source, times.encode()])
  }

  decode(encoded: readonly [source: string, times: EncodedTimes][]): void {
    for (const [source, times] of encoded) this.of(source).decode(times)
  }
}
