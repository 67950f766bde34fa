import type { CounterTable } from './counters.ts'
import { ensure } from './ensure.ts'
import { evictOldest } from './evict.ts'
import { labelKey } from './label-key.ts'
import { MoodCell, WindowPanes, type WindowShape } from './windows.ts'

/** The last complete window: when it ended (Unix milliseconds) and the moods in it, by topic and scorer. */
export interface CompleteWindow {
  end: number
  moods: ReadonlyMap<string, MoodCell>
}

/** A window as it moves with the watermark: panes that are still open, and the last one that was completed. */
export class LiveWindow {
  readonly shape: WindowShape
  readonly #panes: WindowPanes
  #maxPanes: number
  #closedUntil = Number.NEGATIVE_INFINITY
  #complete: CompleteWindow | null = null

  constructor(shape: WindowShape, maxPanes: number) {
    this.shape = shape
    this.#panes = new WindowPanes(shape)
    this.#maxPanes = maxPanes
  }

  /** The most panes that may be open. */
  set maxPanes(panes: number) {
    this.#maxPanes = panes
  }

  /** Null until the watermark has passed the end of a first window. */
  get complete(): CompleteWindow | null {
    return this.#complete
  }

  /** Adds a delta's panes; posts of panes that are closed are counted in `late`, by source and window, and left out. */
  merge(delta: WindowPanes, late: CounterTable): void {
    for (const [start, pane] of delta.entries()) {
      if (start + this.shape.slide <= this.#closedUntil) {
        for (const [source, n] of pane.sources.entries()) late.add(labelKey(source, this.shape.label), n)
      } else {
        this.#panes.at(start).merge(pane)
      }
    }
  }

  /** Moves to a watermark (Unix milliseconds). Returns how many panes were given up because too many were open. */
  advance(watermark: number): number {
    const { size, slide, lateness } = this.shape
    const end = Math.floor((watermark - lateness) / slide) * slide
    if (end > this.#closedUntil) this.#close(end)
    if (this.#panes.size <= this.#maxPanes + size / slide) return 0
    const evicted = evictOldest(this.#panes, this.#maxPanes)
    this.#closedUntil = Math.max(this.#closedUntil, (evicted.at(-1) as number) + slide)
    return evicted.length
  }

  #close(end: number): void {
    const { size, slide } = this.shape
    const moods = new Map<string, MoodCell>()
    // Series that were there stay, at 0, so that a silent topic reads as silent and not as gone.
    for (const key of this.#complete?.moods.keys() ?? []) moods.set(key, new MoodCell())
    for (const [start, pane] of this.#panes.entries()) {
      if (start >= end) continue
      if (start >= end - size)
        for (const [key, cell] of pane.moods) ensure(moods, key, () => new MoodCell()).merge(cell)
      // The next window starts one slide later: what lies before that is needed no more.
      if (start < end - size + slide) this.#panes.delete(start)
    }
    this.#closedUntil = end
    this.#complete = { end, moods }
  }

  /** Forgets series that are no longer wanted. */
  retain(wanted: (key: string) => boolean): void {
    for (const [, pane] of this.#panes.entries())
      for (const key of pane.moods.keys()) if (!wanted(key)) pane.moods.delete(key)
    if (this.#complete)
      this.#complete = {
        ...this.#complete,
        moods: new Map([...this.#complete.moods].filter(([key]) => wanted(key))),
      }
  }
}
