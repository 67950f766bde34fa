import { labelKey, labelValues } from './label-key.ts'
import { LiveTerms } from './live-terms.ts'
import { LiveWindow } from './live-window.ts'
import { Tally } from './tally.ts'
import { TermSummary } from './term-summary.ts'
import type { EncodedTerms } from './terms.ts'
import { Watermarks } from './watermark.ts'
import { SENTIMENTS, type WindowShape } from './windows.ts'

/** What the live tally keeps: as a delta's shape, and which windows and how many terms of each extractor to show. */
export interface LiveShape {
  windows: WindowShape[]
  extractors: { name: string; top: number; windows: { label: string; size: number; slide: number }[] }[]
  terms: number
  panes: number
  /** Milliseconds of silence after which a source no longer holds back event time. */
  idle: number
}

/** The live state: totals since the start, and the windows as they move with the watermark. */
export class LiveTally {
  readonly watermarks: Watermarks
  #shape: LiveShape
  /** Counters and histograms; event time is kept by the windows below. */
  readonly totals = new Tally({ windows: [], extractors: [], terms: 0 })
  #windows: LiveWindow[]
  /** By extractor, then by window. */
  #terms: Map<string, LiveTerms[]>
  #queue: Generator<() => void> | null = null

  constructor(shape: LiveShape) {
    this.#shape = shape
    this.watermarks = new Watermarks(shape.idle)
    this.#windows = shape.windows.map(window => new LiveWindow(window, shape.panes))
    this.#terms = termsOf(shape, new Map())
  }

  get windows(): readonly LiveWindow[] {
    return this.#windows
  }

  get terms(): ReadonlyMap<string, readonly LiveTerms[]> {
    return this.#terms
  }

  /** Adds what a worker counted, all but the terms. */
  merge(delta: Tally): void {
    beginSentiments(this.totals, delta)
    this.totals.merge(delta)
    const late = this.totals.counter('mood_late_posts_total')
    for (const window of this.#windows) {
      const panes = delta.windows.get(window.shape.label)
      if (panes) window.merge(panes, late)
    }
  }

  /** Adds the terms that a worker counted of one topic in one pane. */
  mergeTerms(extractor: string, [start, topic, encoded]: EncodedTerms): void {
    const windows = this.#terms.get(extractor)
    if (!windows) return
    const summary = TermSummary.read(encoded)
    if (summary.forgotten > 0)
      this.totals.counter('mood_terms_forgotten_total').add(extractor, summary.forgotten)
    for (const window of windows) window.merge(start, topic, summary)
  }

  /** Moves event time on; `now` is Unix milliseconds. */
  advance(now: number): void {
    const watermark = this.watermarks.current(now)
    if (!Number.isFinite(watermark)) return
    const evicted = this.totals.counter('mood_panes_evicted_total')
    for (const window of this.#windows) {
      const panes = window.advance(watermark)
      if (panes > 0) evicted.add(window.shape.label, panes)
    }
    for (const windows of this.#terms.values())
      for (const window of windows) {
        const panes = window.advance(watermark, this.#shape.panes)
        if (panes > 0) evicted.add(window.label, panes)
      }
  }

  /**
   * Works out top terms, one topic of one window after the other in turn, for about so many milliseconds: with many
   * topics each is shown a little later, and nothing else waits.
   */
  refreshTerms(budget: number): void {
    const until = performance.now() + budget
    do {
      this.#queue ??= this.#termsToRefresh()
      const { value: refresh, done } = this.#queue.next()
      if (done) {
        this.#queue = null
        return
      }
      refresh()
    } while (performance.now() < until)
  }

  *#termsToRefresh(): Generator<() => void> {
    for (const windows of this.#terms.values())
      for (const window of windows) for (const topic of [...window.stale()]) yield () => window.refresh(topic)
  }

  /**
   * Takes on the shape of a new configuration. Windows and extractors that stay as they are keep what they hold;
   * series of sources, topics, scorers and extractors that are gone are forgotten.
   */
  reshape(
    shape: LiveShape,
    known: { sources: Set<string>; topics: Set<string>; scorers: Set<string> },
  ): void {
    const { sources, topics, scorers } = known
    this.#shape = shape
    const old = new Map(this.#windows.map(window => [JSON.stringify(window.shape), window]))
    this.#windows = shape.windows.map(
      window => old.get(JSON.stringify(window)) ?? new LiveWindow(window, shape.panes),
    )
    this.#terms = termsOf(shape, this.#terms)
    this.watermarks.idle = shape.idle
    for (const window of this.#windows) window.maxPanes = shape.panes
    this.#queue = null
    for (const window of this.#windows)
      window.retain(key => {
        const [topic, scorer] = labelValues(key) as [string, string]
        return topics.has(topic) && scorers.has(scorer)
      })
    for (const windows of this.#terms.values())
      for (const window of windows) window.retain(topic => topics.has(topic))
    this.totals.counter('mood_posts_total').retain(key => {
      const [source, topic, , scorer] = labelValues(key) as [string, string, string, string]
      return sources.has(source) && topics.has(topic) && scorers.has(scorer)
    })
    const isKnown = (key: string) => {
      const [source, topic, scorer] = labelValues(key) as [string, string, string]
      return sources.has(source) && topics.has(topic) && scorers.has(scorer)
    }
    this.totals.histogram('mood_positivity_ratio').retain(isKnown)
    this.totals.histogram('mood_scorer_disagreement_ratio').retain(isKnown)
    this.totals.counter('mood_posts_by_emotion_total').retain(isKnown)
    const bySource = [
      'mood_late_posts_total',
      'mood_future_posts_total',
      'mood_posts_dropped_total',
      'mood_source_records_total',
      'mood_source_bytes_total',
      'mood_source_posts_total',
      'mood_source_reconnects_total',
      'mood_source_failures_total',
      'mood_source_refused_total',
    ] as const
    const ofKnownSource = (key: string) => sources.has(labelValues(key)[0] as string)
    for (const name of bySource) this.totals.counter(name).retain(ofKnownSource)
    this.totals.histogram('mood_post_delay_seconds').retain(ofKnownSource)
  }
}

function termsOf(shape: LiveShape, old: ReadonlyMap<string, readonly LiveTerms[]>): Map<string, LiveTerms[]> {
  return new Map(
    shape.extractors.map(({ name, top, windows }) => [
      name,
      windows.map(window => {
        const same = old
          .get(name)
          ?.find(terms => terms.label === window.label && terms.slide === window.slide)
        return same && same.top === top && same.capacity === shape.terms
          ? same
          : new LiveTerms(window, top, shape.terms)
      }),
    ]),
  )
}

/** The longest pane of which all of these windows can be made: what a delta cuts terms into. */
export function grainOf(slides: readonly number[]): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
  return slides.reduce(gcd)
}

/**
 * Where a delta brings the first post of a source, topic, language and scorer, brings the counters of all sentiments
 * into being: a share of negative posts is then 0 where there is none, not absent, and the first one is an increase.
 */
function beginSentiments(totals: Tally, delta: Tally): void {
  const posts = totals.counter('mood_posts_total')
  for (const [key] of delta.counter('mood_posts_total').entries()) {
    if (posts.has(key)) continue
    const values = labelValues(key).slice(0, -1)
    for (const sentiment of SENTIMENTS) posts.cell(labelKey(...values, sentiment))
  }
}
