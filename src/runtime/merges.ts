import { setImmediate } from 'node:timers/promises'
import type { Plan } from '../pipeline/plan.ts'
import type { LiveTally } from '../state/live-tally.ts'
import { type EncodedTally, Tally } from '../state/tally.ts'
import type { Coverage, Delta } from './threads/messages.ts'

/** After so many milliseconds of merging, whoever else wants the main thread goes first: a scrape above all. */
const SLICE_MS = 1

interface Waiting {
  plan: Plan
  delta: Delta
  merged: (covered: readonly Coverage[]) => void
}

/** Merges deltas into the live tally, one after the other, in slices that never keep a scrape waiting. */
export class Merges {
  readonly #live: LiveTally
  readonly #waiting: Waiting[] = []
  #running = false
  #sliceEnd = 0

  constructor(live: LiveTally) {
    this.#live = live
  }

  /** Merges a delta when its turn comes; `merged` is called once all of it is in. */
  add(plan: Plan, delta: Delta, merged: Waiting['merged']): void {
    this.#waiting.push({ plan, delta, merged })
    if (!this.#running) void this.#run()
  }

  async #run(): Promise<void> {
    this.#running = true
    this.#sliceEnd = performance.now() + SLICE_MS
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const { plan, delta, merged } = next
      this.#live.merge(Tally.decode(plan.shape, { ...(JSON.parse(delta.tally) as EncodedTally), terms: [] }))
      for (const [extractor, topics] of delta.terms)
        for (const terms of topics) {
          this.#live.mergeTerms(extractor, terms)
          await this.#breathe()
        }
      merged(delta.covered)
      await this.#breathe()
    }
    this.#running = false
  }

  async #breathe(): Promise<void> {
    if (performance.now() < this.#sliceEnd) return
    await setImmediate()
    this.#sliceEnd = performance.now() + SLICE_MS
  }
}
