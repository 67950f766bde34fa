import type { TermWindowShape } from './shape.ts'
import { TermSlices } from './term-slices.ts'
import { type FlatSummary, type TermCount, TermSummary } from './term-summary.ts'
import { sliceStart } from './window-slices.ts'

/** The most used terms of a topic in a window, most used first, and how many posts their counts may miss. */
export interface TopTerms {
  terms: [term: string, count: TermCount][]
  error: number
}

/**
 * The terms of one extractor in one sliding window. The window is made of slices: those that began less than its size
 * before the watermark. In a delta it has no end.
 */
export class TermWindow {
  readonly shape: TermWindowShape
  readonly slices: TermSlices
  /** Terms shown for each topic. */
  top: number
  /** Whether the last advance moved it to another slice. */
  hasMoved = false
  readonly #complete = new Map<string, TopTerms>()
  #watermark = Number.NEGATIVE_INFINITY
  #horizon = Number.NEGATIVE_INFINITY

  constructor(shape: TermWindowShape, top: number, capacity: number) {
    this.shape = shape
    this.top = top
    this.slices = new TermSlices(shape.slide, capacity)
  }

  /** Whether it is only for reports, and not exposed. */
  get isForReports(): boolean {
    return this.shape.terms !== undefined
  }

  /** The terms of a topic in the slices from `start` up to, and not including, `end`. */
  sum(topic: string, start: number, end: number): TermSummary {
    const sum = new TermSummary(this.slices.capacity)
    for (const [at, topics] of this.slices.entries()) {
      const summary = at >= start && at < end ? topics.get(topic) : undefined
      if (summary) sum.merge(summary)
    }
    return sum
  }

  /** The last computed top terms of each topic. */
  get topics(): ReadonlyMap<string, TopTerms> {
    return this.#complete
  }

  /** Slices that start at or before this event time (Unix milliseconds) have left the window. */
  get horizon(): number {
    return this.#horizon
  }

  /** Merges terms of a topic into the slice with this start. Slices before the window are ignored. */
  merge(start: number, topic: string, summary: FlatSummary): void {
    if (start > this.#horizon) this.slices.at(start, topic).mergeFlat(summary)
  }

  /** Advances to a watermark (Unix milliseconds). Returns how many slices were evicted because too many were open. */
  advance(watermark: number, maxSlices: number): number {
    this.hasMoved = sliceStart(watermark, this.shape.slide) !== sliceStart(this.#watermark, this.shape.slide)
    this.#watermark = watermark
    let evicted = 0
    let horizon = Math.max(this.#horizon, watermark - this.shape.size)
    if (this.slices.size > maxSlices) {
      const starts = Array.from(this.slices.entries(), ([start]) => start)
        .filter(start => start > horizon)
        .sort((a, b) => a - b)
      evicted = Math.max(0, starts.length - maxSlices)
      if (evicted > 0) horizon = starts[evicted - 1] as number
    }
    this.retreat(horizon)
    return evicted
  }

  /** Sets the window back to an earlier watermark (Unix milliseconds). */
  comeBack(watermark: number): void {
    this.#watermark = watermark
    this.#horizon = Math.min(this.#horizon, watermark - this.shape.size)
  }

  /** Moves the horizon (Unix milliseconds) and evicts the slices behind it. */
  retreat(horizon: number): void {
    if (!(horizon > this.#horizon)) return
    this.#horizon = horizon
    for (const [start] of this.slices.entries()) if (start <= horizon) this.slices.delete(start)
  }

  /** Topics whose top terms may have changed: those that have terms, or had some when last computed. */
  *stale(): Generator<string> {
    const topics = new Set(this.#complete.keys())
    for (const [, slice] of this.slices.entries()) for (const topic of slice.keys()) topics.add(topic)
    yield* topics
  }

  /**
   * Computes the top terms of a topic. Takes some milliseconds for a full window, so call it for one topic at a time.
   */
  refresh(topic: string): void {
    const sum = new TermSummary(this.slices.capacity)
    for (const [start, topics] of this.slices.entries()) {
      const summary = start <= this.#watermark ? topics.get(topic) : undefined
      if (summary) sum.merge(summary)
    }
    if (sum.size === 0) this.#complete.delete(topic)
    else this.#complete.set(topic, { terms: sum.top(this.top), error: sum.error })
  }

  /** Removes topics that the configuration no longer has. */
  retain(wanted: (topic: string) => boolean): void {
    for (const [, slice] of this.slices.entries())
      for (const topic of slice.keys()) if (!wanted(topic)) slice.delete(topic)
    for (const topic of this.#complete.keys()) if (!wanted(topic)) this.#complete.delete(topic)
  }
}
