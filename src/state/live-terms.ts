import { evictOldest } from './evict.ts'
import { type FlatSummary, type TermCount, TermSummary } from './term-summary.ts'
import { TermPanes } from './terms.ts'

/** The most used terms of a topic in a window, most used first, and how many posts their counts may miss. */
export interface TopTerms {
  terms: [term: string, count: TermCount][]
  error: number
}

/**
 * The terms of one extractor in one sliding window, as it moves with the watermark. The window is made of panes; it
 * reaches from the watermark back over those that began less than its size ago.
 */
export class LiveTerms {
  readonly label: string
  readonly size: number
  readonly slide: number
  readonly top: number
  readonly capacity: number
  readonly #panes: TermPanes
  readonly #complete = new Map<string, TopTerms>()
  #watermark = Number.NEGATIVE_INFINITY

  /** @param slide length of a pane in milliseconds; divides the size */
  constructor(window: { label: string; size: number; slide: number }, top: number, capacity: number) {
    this.label = window.label
    this.size = window.size
    this.slide = window.slide
    this.top = top
    this.capacity = capacity
    this.#panes = new TermPanes(window.slide, capacity)
  }

  /** What was last worked out of each topic. */
  get topics(): ReadonlyMap<string, TopTerms> {
    return this.#complete
  }

  /** Adds a delta's terms of a topic in the pane that starts there; what lies before the window is left out. */
  merge(start: number, topic: string, summary: FlatSummary): void {
    if (start + this.size > this.#watermark) this.#panes.at(start, topic).mergeFlat(summary)
  }

  /** Moves to a watermark (Unix milliseconds). Returns how many panes were given up because too many were open. */
  advance(watermark: number, maxPanes: number): number {
    this.#watermark = watermark
    for (const [start] of this.#panes.entries()) if (start <= watermark - this.size) this.#panes.delete(start)
    return evictOldest(this.#panes, maxPanes).length
  }

  /** Topics that have terms now, or had when last worked out. */
  *stale(): Generator<string> {
    const topics = new Set(this.#complete.keys())
    for (const [, pane] of this.#panes.entries()) for (const topic of pane.keys()) topics.add(topic)
    yield* topics
  }

  /** Works out the top terms of a topic: a few milliseconds for a full window, so one topic at a time. */
  refresh(topic: string): void {
    const sum = new TermSummary(this.#panes.capacity)
    for (const [start, topics] of this.#panes.entries()) {
      const summary = start <= this.#watermark ? topics.get(topic) : undefined
      if (summary) sum.merge(summary)
    }
    if (sum.size === 0) this.#complete.delete(topic)
    else this.#complete.set(topic, { terms: sum.top(this.top), error: sum.error })
  }

  /** Forgets topics that are no longer wanted. */
  retain(wanted: (topic: string) => boolean): void {
    for (const [, pane] of this.#panes.entries())
      for (const topic of pane.keys()) if (!wanted(topic)) pane.delete(topic)
    for (const topic of this.#complete.keys()) if (!wanted(topic)) this.#complete.delete(topic)
  }
}
