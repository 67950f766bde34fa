import { labelKey, labelValues } from '../catalogue/label-key.ts'
import { CounterTable } from './counters.ts'
import { ensure } from './ensure.ts'
import type { HistoryShape } from './shape.ts'
import { decodeMoods, type EncodedMood, encodeMoods, MoodCell, sliceStart } from './window-slices.ts'

/** The counts of one slice of time. */
export class HistorySlice {
  /** By topic, language and scorer: posts written in it. */
  readonly moods = new Map<string, MoodCell>()
  /** By source and reason: posts dropped in it, by the clock. */
  readonly dropped = new CounterTable()
  /** By source: how long the source was down in it, by the clock; milliseconds. */
  readonly down = new CounterTable()
  /** How long the exporter ran in it, by the clock; milliseconds. */
  ran = 0

  merge(other: HistorySlice): void {
    for (const [key, mood] of other.moods) ensure(this.moods, key, () => new MoodCell()).merge(mood)
    this.dropped.merge(other.dropped)
    this.down.merge(other.down)
    this.ran += other.ran
  }
}

type EncodedSlice = [
  start: number,
  moods: EncodedMood[],
  dropped: [string, number][],
  down: [string, number][],
  ran: number,
]

export interface EncodedHistory {
  shape: HistoryShape
  /** The time from which it is complete, in Unix milliseconds; null before the first record. */
  since: number | null
  slices: EncodedSlice[]
}

/** The data of reports: posts by topic, language and scorer in slices of event time, and what was missed. */
export class History {
  readonly shape: HistoryShape
  /** The time from which it is complete, in Unix milliseconds: when the first record was merged. */
  since = Number.POSITIVE_INFINITY
  readonly #slices = new Map<number, HistorySlice>()
  #lastStart = Number.NaN
  #last = new HistorySlice()

  constructor(shape: HistoryShape) {
    this.shape = shape
  }

  get size(): number {
    return this.#slices.size
  }

  /** The slice of a time (Unix milliseconds). Consecutive posts mostly share a slice, so the last one is cached. */
  at(time: number): HistorySlice {
    const start = sliceStart(time, this.shape.slice)
    if (start === this.#lastStart) return this.#last
    this.#lastStart = start
    this.#last = ensure(this.#slices, start, () => new HistorySlice())
    return this.#last
  }

  /** Slices from `start` up to, and not including, `end`. */
  *between(start: number, end: number): Generator<[start: number, slice: HistorySlice]> {
    for (const entry of this.#slices) if (entry[0] >= start && entry[0] < end) yield entry
  }

  /** Adds a delta, without slices that are no longer kept. */
  merge(delta: History, now: number): void {
    this.since = Math.min(this.since, now)
    for (const [start, slice] of delta.#slices)
      if (start >= now - this.shape.keep) this.at(start).merge(slice)
  }

  /** Evicts slices that are no longer kept. */
  evict(now: number): void {
    const horizon = now - this.shape.keep
    for (const start of this.#slices.keys()) if (start < horizon) this.#delete(start)
  }

  /** Removes topics, scorers and sources that the configuration no longer has. */
  retain(known: {
    topics: ReadonlySet<string>
    scorers: ReadonlySet<string>
    sources: ReadonlySet<string>
  }): void {
    const isSource = (key: string) => known.sources.has(labelValues(key)[0] as string)
    for (const { moods, dropped, down } of this.#slices.values()) {
      for (const key of moods.keys()) {
        const [topic, , scorer] = labelValues(key) as [string, string, string]
        if (!known.topics.has(topic) || !known.scorers.has(scorer)) moods.delete(key)
      }
      dropped.retain(isSource)
      down.retain(isSource)
    }
  }

  reset(): void {
    this.#slices.clear()
    this.#lastStart = Number.NaN
  }

  encode(): EncodedHistory {
    return {
      shape: this.shape,
      since: Number.isFinite(this.since) ? this.since : null,
      slices: Array.from(this.#slices, ([start, { moods, dropped, down, ran }]) => [
        start,
        encodeMoods(moods),
        dropped.encode(),
        down.encode(),
        ran,
      ]),
    }
  }

  decode({ since, slices }: EncodedHistory): void {
    this.since = since ?? Number.POSITIVE_INFINITY
    for (const [start, moods, dropped, down, ran] of slices) {
      const slice = this.at(start)
      for (const [key, mood] of decodeMoods(moods)) slice.moods.set(key, mood)
      slice.dropped.merge(CounterTable.decode(dropped))
      slice.down.merge(CounterTable.decode(down))
      slice.ran = ran
    }
  }

  #delete(start: number): void {
    this.#slices.delete(start)
    this.#lastStart = Number.NaN
  }
}

/** The key of a mood of {@link HistorySlice}. */
export const moodKey = (topic: string, lang: string, scorer: string): string => labelKey(topic, lang, scorer)
