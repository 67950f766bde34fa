import type { ScanWatcher } from './json-scanner.ts'

const LONGEST_KEY = 256

/** Finds the array at a path of keys during the scan of an object. */
export class JsonPath implements ScanWatcher {
  /** The keys as JSON, quotes included. */
  readonly #keys: readonly string[]
  /** How many keys match the path to the current object. */
  #matched = 0
  #key: number[] = []
  /** Whether the array was found. */
  isFound = false

  constructor(keys: readonly string[]) {
    this.#keys = keys.map(key => JSON.stringify(key))
  }

  /** How many objects enclose the array. */
  get depth(): number {
    return this.#keys.length
  }

  /** Call it before another object; with true for one whose array has already ended. */
  reset(isFound = false): void {
    this.#matched = 0
    this.#key = []
    this.isFound = isFound
  }

  opens(depth: number, isArray: boolean): boolean {
    if (this.isFound || depth !== this.#matched + 2) return false
    if (Buffer.from(this.#key).toString('utf8') !== this.#keys[this.#matched]) return false
    const isLast = this.#matched === this.#keys.length - 1
    this.isFound = isLast && isArray
    if (!isLast && !isArray) this.#matched++
    return this.isFound
  }

  closes(depth: number): void {
    if (depth > 1 && depth === this.#matched + 1) this.#matched--
  }

  key(byte: number, depth: number, isFirst: boolean): void {
    if (depth !== this.#matched + 1) return
    if (isFirst) this.#key = []
    if (this.#key.length < LONGEST_KEY) this.#key.push(byte)
  }
}
