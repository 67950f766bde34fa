import { ensure } from './ensure.ts'
import { type EncodedSummary, TermSummary } from './term-summary.ts'

/** The terms of one topic in one pane. */
export type EncodedTerms = [start: number, topic: string, summary: EncodedSummary]

/** Terms by topic, in panes of event time that are `grain` milliseconds long. */
export class TermPanes {
  readonly grain: number
  readonly capacity: number
  readonly #panes = new Map<number, Map<string, TermSummary>>()
  #lastStart = Number.NaN
  #last = new Map<string, TermSummary>()

  constructor(grain: number, capacity: number) {
    this.grain = grain
    this.capacity = capacity
  }

  get size(): number {
    return this.#panes.size
  }

  entries(): MapIterator<[start: number, topics: Map<string, TermSummary>]> {
    return this.#panes.entries()
  }

  get(start: number): Map<string, TermSummary> | undefined {
    return this.#panes.get(start)
  }

  /** The terms of a topic in the pane that an event time (Unix milliseconds) falls in. */
  at(eventTime: number, topic: string): TermSummary {
    const start = eventTime - (((eventTime % this.grain) + this.grain) % this.grain)
    if (start !== this.#lastStart) {
      this.#lastStart = start
      this.#last = ensure(this.#panes, start, () => new Map())
    }
    return ensure(this.#last, topic, () => new TermSummary(this.capacity))
  }

  delete(start: number): void {
    this.#panes.delete(start)
    this.#lastStart = Number.NaN
  }

  /** Adds panes of a grain that divides this one's. */
  merge(other: TermPanes): void {
    for (const [start, topics] of other.#panes)
      for (const [topic, summary] of topics) this.at(start, topic).merge(summary)
  }

  reset(): void {
    this.#panes.clear()
    this.#lastStart = Number.NaN
  }

  encode(): EncodedTerms[] {
    return [...this.#panes].flatMap(([start, topics]) =>
      [...topics].map(([topic, summary]): EncodedTerms => [start, topic, summary.encode()]),
    )
  }

  static decode(grain: number, capacity: number, encoded: readonly EncodedTerms[]): TermPanes {
    const panes = new TermPanes(grain, capacity)
    for (const [start, topic, summary] of encoded)
      ensure(panes.#panes, start, () => new Map()).set(topic, TermSummary.decode(capacity, summary))
    return panes
  }
}
