import { StateMismatch } from './encoding.ts'
import { ensure } from './ensure.ts'

/** The exemplar of a bucket. */
export interface Exemplar {
  /** `url` or `id`. */
  label: string
  text: string
  value: number
  /** Unix seconds. */
  at: number
}

/** One histogram: counts per bucket (not cumulative; the last is +Inf), and the sum of the values. */
export class HistogramCell {
  readonly counts: number[]
  readonly exemplars: (Exemplar | null)[]
  sum = 0
  readonly #bounds: readonly number[]

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.counts = new Array<number>(bounds.length + 1).fill(0)
    this.exemplars = new Array<Exemplar | null>(bounds.length + 1).fill(null)
  }

  /** Counts a value and returns the index of its bucket. */
  observe(value: number): number {
    this.sum += value
    return this.add(value, 1)
  }

  /** Counts `n` values near this one without adding to the sum. Returns the index of their bucket. */
  add(value: number, n: number): number {
    const bounds = this.#bounds
    let bucket = 0
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++
    this.counts[bucket] = (this.counts[bucket] as number) + n
    return bucket
  }

  get count(): number {
    return this.counts.reduce((total, n) => total + n, 0)
  }

  merge(other: HistogramCell): void {
    this.sum += other.sum
    for (let bucket = 0; bucket < this.counts.length; bucket++) {
      this.counts[bucket] = (this.counts[bucket] as number) + (other.counts[bucket] as number)
      this.exemplars[bucket] = other.exemplars[bucket] ?? this.exemplars[bucket] ?? null
    }
  }

  reset(): void {
    this.counts.fill(0)
    this.exemplars.fill(null)
    this.sum = 0
  }
}

export type EncodedHistograms = [
  key: string,
  counts: number[],
  sum: number,
  exemplars: (Exemplar | null)[] | null,
][]

/** Histograms of the same buckets by label key. */
export class HistogramTable {
  readonly bounds: readonly number[]
  readonly #cells = new Map<string, HistogramCell>()

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
  }

  /** The cell of a key, created empty if needed. It stays valid across `reset`. */
  cell(key: string): HistogramCell {
    return ensure(this.#cells, key, () => new HistogramCell(this.bounds))
  }

  entries(): MapIterator<[string, HistogramCell]> {
    return this.#cells.entries()
  }

  merge(other: HistogramTable): void {
    for (const [key, cell] of other.#cells) this.cell(key).merge(cell)
  }

  reset(): void {
    for (const cell of this.#cells.values()) cell.reset()
  }

  retain(wanted: (key: string) => boolean): void {
    for (const key of this.#cells.keys()) if (!wanted(key)) this.#cells.delete(key)
  }

  encode(): EncodedHistograms {
    return [...this.#cells]
      .filter(([, { counts }]) => counts.some(n => n !== 0))
      .map(([key, { counts, sum, exemplars }]) => [
        key,
        [...counts],
        sum,
        exemplars.some(exemplar => exemplar) ? [...exemplars] : null,
      ])
  }

  /**
   * @param check throws if a key does not belong to this table
   * @throws StateMismatch if a series has other buckets
   */
  static decode(
    bounds: readonly number[],
    encoded: EncodedHistograms,
    check?: (key: string) => void,
  ): HistogramTable {
    const table = new HistogramTable(bounds)
    for (const [key, counts, sum, exemplars] of encoded) {
      check?.(key)
      if (counts.length !== bounds.length + 1)
        throw new StateMismatch(`a histogram has ${counts.length} buckets instead of ${bounds.length + 1}`)
      const cell = table.cell(key)
      counts.forEach((n, bucket) => {
        cell.counts[bucket] = n
        cell.exemplars[bucket] = exemplars?.[bucket] ?? null
      })
      cell.sum = sum
    }
    return table
  }
}
