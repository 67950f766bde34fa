import { labelKey } from '../catalogue/label-key.ts'
import type { CounterTable } from './counters.ts'
import { ensure } from './ensure.ts'
import type { WindowShape } from './shape.ts'
import {
  decodeMoods,
  type EncodedMood,
  type EncodedSlices,
  encodeMoods,
  MoodCell,
  WindowSlices,
} from './window-slices.ts'

/** A window that closed: its bounds (Unix milliseconds, the end exclusive) and its moods, by topic and scorer. */
export interface ClosedWindow {
  readonly label: string
  readonly start: number
  readonly end: number
  readonly moods: ReadonlyMap<string, MoodCell>
}

export interface EncodedWindow {
  shape: WindowShape
  /** Null if no window has closed. */
  closedUntil: number | null
  complete: { end: number; moods: EncodedMood[] } | null
  slices: EncodedSlices
}

/** One window of event time: the slices that are still open, and the last window that closed. */
export class EventWindow {
  readonly shape: WindowShape
  readonly slices: WindowSlices
  /** Maximum number of open slices. */
  maxSlices: number
  #closedUntil = Number.NEGATIVE_INFINITY
  #complete: ClosedWindow | null = null

  constructor(shape: WindowShape, maxSlices: number) {
    this.shape = shape
    this.slices = new WindowSlices(shape.slide)
    this.maxSlices = maxSlices
  }

  /** The last window that closed; null until the watermark has passed the end of a first one. */
  get complete(): ClosedWindow | null {
    return this.#complete
  }

  /** Adds the slices of a delta. Posts of slices that are closed are counted in `late`, by source and window. */
  merge(delta: EventWindow, late: CounterTable): void {
    for (const [start, slice] of delta.slices.entries()) {
      if (start + this.shape.slide <= this.#closedUntil) {
        for (const [source, n] of slice.sources.entries()) late.add(labelKey(source, this.shape.label), n)
      } else {
        this.slices.at(start).merge(slice)
      }
    }
  }

  /**
   * Advances to a watermark (Unix milliseconds). With `collect`, returns the windows with posts that closed, in
   * order. Windows without posts are skipped, so that a jump over a year costs no more than its posts.
   */
  advance(watermark: number, collect: boolean): ClosedWindow[] {
    const { size, slide, lateness } = this.shape
    const end = Math.floor((watermark - lateness) / slide) * slide
    if (!(end > this.#closedUntil)) return []
    const closed = collect ? this.#endsUntil(end).map(each => this.#closedAt(each)) : []
    const moods = new Map<string, MoodCell>()
    // Existing series stay, at 0, so that a silent topic shows as 0 and does not disappear.
    for (const key of this.#complete?.moods.keys() ?? []) moods.set(key, new MoodCell())
    this.#complete = this.#closedAt(end, moods)
    this.#closedUntil = end
    // The next window starts one slide later: slices before that are no longer needed.
    for (const [start] of this.slices.entries()) if (start < end - size + slide) this.slices.delete(start)
    return closed
  }

  /**
   * Sets the window back to a watermark (Unix milliseconds), and removes slices that begin after `latest`. Windows
   * that had closed in between close again.
   */
  comeBack(watermark: number, latest: number): void {
    const { slide, lateness } = this.shape
    const end = Math.floor((watermark - lateness) / slide) * slide
    if (!(end < this.#closedUntil)) return
    this.#closedUntil = end
    for (const [start] of this.slices.entries()) if (start > latest) this.slices.delete(start)
    if (!this.#complete) return
    const moods = new Map(Array.from(this.#complete.moods.keys(), key => [key, new MoodCell()]))
    this.#complete = this.#window(end, moods)
  }

  /** Closes the oldest slices if more than the limit are open. Returns how many. */
  evict(): number {
    const { size, slide } = this.shape
    // Slices of the last closed window that the next ones still need do not count.
    if (this.slices.size <= this.maxSlices + size / slide) return 0
    const starts = Array.from(this.slices.entries(), ([start]) => start).sort((a, b) => a - b)
    const evicted = starts.slice(0, starts.length - this.maxSlices)
    for (const start of evicted) this.slices.delete(start)
    this.#closedUntil = Math.max(this.#closedUntil, (evicted.at(-1) as number) + slide)
    return evicted.length
  }

  /** Removes series that the configuration no longer has. */
  retain(wanted: (key: string) => boolean): void {
    for (const [, slice] of this.slices.entries())
      for (const key of slice.moods.keys()) if (!wanted(key)) slice.moods.delete(key)
    if (this.#complete)
      this.#complete = {
        ...this.#complete,
        moods: new Map([...this.#complete.moods].filter(([key]) => wanted(key))),
      }
  }

  encode(): EncodedWindow {
    return {
      shape: this.shape,
      closedUntil: Number.isFinite(this.#closedUntil) ? this.#closedUntil : null,
      complete: this.#complete && { end: this.#complete.end, moods: encodeMoods(this.#complete.moods) },
      slices: this.slices.encode(),
    }
  }

  decode({ closedUntil, complete, slices }: EncodedWindow): void {
    this.#closedUntil = closedUntil ?? Number.NEGATIVE_INFINITY
    this.#complete = complete && this.#window(complete.end, decodeMoods(complete.moods))
    this.slices.decode(slices)
  }

  #window(end: number, moods: ReadonlyMap<string, MoodCell>): ClosedWindow {
    return { label: this.shape.label, start: end - this.shape.size, end, moods }
  }

  #closedAt(end: number, moods = new Map<string, MoodCell>()): ClosedWindow {
    for (let start = end - this.shape.size; start < end; start += this.shape.slide)
      for (const [key, cell] of this.slices.get(start)?.moods ?? [])
        ensure(moods, key, () => new MoodCell()).merge(cell)
    return this.#window(end, moods)
  }

  /** Ends of the windows with posts that close when the watermark reaches `until`, in order. */
  #endsUntil(until: number): number[] {
    const { size, slide } = this.shape
    const ends = new Set<number>()
    for (const [start, { moods }] of this.slices.entries())
      if (moods.size > 0)
        for (let end = start + slide; end <= start + size; end += slide)
          if (end > this.#closedUntil && end <= until) ends.add(end)
    return [...ends].sort((a, b) => a - b)
  }
}
