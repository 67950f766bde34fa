import { ensure } from './ensure.ts'
import { TermSummary } from './term-summary.ts'
import { sliceStart } from './window-slices.ts'

/** Terms by topic, in slices of event time. */
export class TermSlices {
  /** Length of a slice, in milliseconds. */
  readonly slide: number
  readonly capacity: number
  readonly #slices = new Map<number, Map<string, TermSummary>>()
  #lastStart = Number.NaN
  #last = new Map<string, TermSummary>()

  constructor(slide: number, capacity: number) {
    this.slide = slide
    this.capacity = capacity
  }

  get size(): number {
    return this.#slices.size
  }

  entries(): MapIterator<[start: number, topics: Map<string, TermSummary>]> {
    return this.#slices.entries()
  }

  /** The terms of a topic in the slice of an event time (Unix milliseconds). */
  at(eventTime: number, topic: string): TermSummary {
    const start = sliceStart(eventTime, this.slide)
    if (start !== this.#lastStart) {
      this.#lastStart = start
      this.#last = ensure(this.#slices, start, () => new Map())
    }
    return ensure(this.#last, topic, () => new TermSummary(this.capacity))
  }

  delete(start: number): void {
    this.#slices.delete(start)
    this.#lastStart = Number.NaN
  }

  reset(): void {
    this.#slices.clear()
    this.#lastStart = Number.NaN
  }
}
