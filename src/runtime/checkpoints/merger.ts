import { setImmediate } from 'node:timers/promises'
import type { ClosedWindow } from '../../state/event-window.ts'
import { deltaShapeOf } from '../../state/shape.ts'
import { type AdvanceOptions, State } from '../../state/state.ts'
import type { EpochRecord } from './epoch-record.ts'

/** After this many milliseconds of merging, other work of the main thread gets a turn, above all a scrape. */
const SLICE_MS = 1

/**
 * Merges committed epochs into the live state. Terms, which are most of an epoch, are merged in slices short enough
 * not to delay a scrape, and are not visible until top terms are computed again. Everything else that a scrape shows
 * is merged in one step at the end, so that a scrape shows whole epochs only.
 */
export class Merger {
  readonly #state: State
  #sliceEnd = 0

  constructor(state: State) {
    this.#state = state
  }

  /** Merges an epoch. Returns the windows that closed with it. */
  async merge({ deltas, now }: EpochRecord, options: AdvanceOptions): Promise<ClosedWindow[]> {
    const state = this.#state
    const shape = deltaShapeOf(state.shape)
    this.#sliceEnd = performance.now() + SLICE_MS
    const decoded: State[] = []
    for (const { base, terms } of deltas) {
      decoded.push(State.decodeBase(shape, base))
      await this.#breathe()
      for (const each of terms) {
        state.mergeTerms(each)
        await this.#breathe()
      }
    }
    for (const delta of decoded) state.merge(delta, now)
    return state.advance(now, options)
  }

  async #breathe(): Promise<void> {
    if (performance.now() < this.#sliceEnd) return
    await setImmediate()
    this.#sliceEnd = performance.now() + SLICE_MS
  }
}
