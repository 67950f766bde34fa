import type { CounterName, HistogramName } from '../catalogue/metrics.ts'
import { METRICS } from '../catalogue/metrics.ts'
import { CounterTable } from './counters.ts'
import { ensure } from './ensure.ts'
import { type EncodedHistograms, HistogramTable } from './histograms.ts'
import { sliceStart } from './window-slices.ts'

/** The counts of the posts of one step of event time. */
export class Step {
  readonly counters = new Map<CounterName, CounterTable>()
  readonly histograms = new Map<HistogramName, HistogramTable>()

  counter(name: CounterName): CounterTable {
    return ensure(this.counters, name, () => new CounterTable())
  }

  histogram(name: HistogramName): HistogramTable {
    return ensure(this.histograms, name, () => new HistogramTable(METRICS[name].buckets))
  }
}

export type EncodedStep = [
  start: number,
  counters: [name: CounterName, table: [key: string, n: number][]][],
  histograms: [name: HistogramName, table: EncodedHistograms][],
]

/** Counts of posts by the time they were written, in steps of event time. Backfill is made of them. */
export class Steps {
  readonly #size: number
  readonly #steps = new Map<number, Step>()
  #lastStart = Number.NaN
  #last = new Step()

  /** @param size length of a step, in milliseconds */
  constructor(size: number) {
    this.#size = size
  }

  get size(): number {
    return this.#steps.size
  }

  /**
   * The step of an event time (Unix milliseconds). Consecutive posts mostly share a step, so the last one is cached.
   */
  at(eventTime: number): Step {
    const start = sliceStart(eventTime, this.#size)
    if (start === this.#lastStart) return this.#last
    this.#lastStart = start
    this.#last = ensure(this.#steps, start, () => new Step())
    return this.#last
  }

  reset(): void {
    this.#steps.clear()
    this.#lastStart = Number.NaN
  }

  encode(): EncodedStep[] {
    return Array.from(this.#steps, ([start, { counters, histograms }]) => [
      start,
      Array.from(counters, ([name, table]) => [name, table.encode()]),
      Array.from(histograms, ([name, table]) => [name, table.encode()]),
    ])
  }
}
