import { StateMismatch } from './encoding.ts'
import { ensure } from './ensure.ts'

/** A count. Hot code increments it directly: `cell.n++`. */
export interface CounterCell {
  n: number
}

/** Counts by label key. Merging two tables adds their counts, so deltas and snapshots are tables too. */
export class CounterTable {
  readonly #cells = new Map<string, CounterCell>()

  /** The cell of a key, created at 0 if needed. It stays valid: `reset` sets cells to 0 and removes none. */
  cell(key: string): CounterCell {
    return ensure(this.#cells, key, () => ({ n: 0 }))
  }

  add(key: string, n = 1): void {
    this.cell(key).n += n
  }

  has(key: string): boolean {
    return this.#cells.has(key)
  }

  get(key: string): number {
    return this.#cells.get(key)?.n ?? 0
  }

  *entries(): Generator<[key: string, n: number]> {
    for (const [key, { n }] of this.#cells) yield [key, n]
  }

  merge(other: CounterTable): void {
    for (const [key, { n }] of other.#cells) if (n !== 0) this.add(key, n)
  }

  /** Sets every count to 0. */
  reset(): void {
    for (const cell of this.#cells.values()) cell.n = 0
  }

  /** Removes the keys that are no longer wanted. */
  retain(wanted: (key: string) => boolean): void {
    for (const key of this.#cells.keys()) if (!wanted(key)) this.#cells.delete(key)
  }

  /** @param zeros whether to include keys with a count of 0 */
  encode(zeros = false): [string, number][] {
    const encoded: [string, number][] = []
    for (const [key, { n }] of this.#cells) if (zeros || n !== 0) encoded.push([key, n])
    return encoded
  }

  /** @param check throws if a key does not belong to this table */
  static decode(encoded: [string, number][], check?: (key: string) => void): CounterTable {
    const table = new CounterTable()
    for (const [key, n] of encoded) {
      check?.(key)
      if (!Number.isFinite(n) || n < 0) throw new StateMismatch(`a counter has the value ${n}`)
      table.add(key, n)
    }
    return table
  }
}
