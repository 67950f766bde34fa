import { labelKey, labelValues } from '../catalogue/label-key.ts'
import { type CounterName, type HistogramName, METRICS } from '../catalogue/metrics.ts'
import { currentSeries, type Known } from '../catalogue/series.ts'
import { CounterTable } from './counters.ts'
import { CATALOGUE_HASH, ENCODING_VERSION, StateMismatch, signatures } from './encoding.ts'
import { ensure } from './ensure.ts'
import { type ClosedWindow, type EncodedWindow, EventWindow } from './event-window.ts'
import { type EncodedHistograms, HistogramTable } from './histograms.ts'
import { type EncodedHistory, History } from './history.ts'
import { type EncodedPlugins, isCurrentOwner, ownerOf, PluginTables } from './plugin-metrics.ts'
import { type EncodedRanking, type RankingCounts, Rankings } from './rankings.ts'
import { DEFAULT_FUTURE, type StateShape } from './shape.ts'
import { type EncodedStep, Steps } from './steps.ts'
import { type EncodedSummary, TermSummary } from './term-summary.ts'
import { TermWindow } from './term-window.ts'
import { type EncodedWatermarks, Watermarks } from './watermarks.ts'
import { SENTIMENTS } from './window-slices.ts'
import { type EncodedTimes, WrittenTable } from './written-times.ts'

/** The terms of one topic in one slice of one window of an extractor. */
export type EncodedTerms = [
  extractor: string,
  window: string,
  start: number,
  topic: string,
  summary: EncodedSummary,
]

/**
 * A state as it is sent between threads and stored. Terms are separate: they are most of it, and are merged one by
 * one.
 */
export interface EncodedState {
  /** JSON of {@link EncodedBase}. */
  base: string
  terms: EncodedTerms[]
}

/** All of a state except terms. */
export interface EncodedBase {
  version: number
  /** {@link CATALOGUE_HASH} */
  catalogue: string
  counters: [name: string, signature: string, table: [string, number][]][]
  histograms: [name: string, signature: string, table: EncodedHistograms][]
  windows: EncodedWindow[]
  eventTimes: EventTime[]
  /** By source; absent if there is none. */
  written?: [source: string, times: EncodedTimes][]
  released: Released[]
  watermarks: EncodedWatermarks
  /** Absent if plugins recorded nothing. */
  plugins?: EncodedPlugins
  /** Absent without reports. */
  history?: EncodedHistory
  /** Absent if there are none. */
  rankings?: EncodedRanking[]
  /** Absent where posts are not counted by steps. */
  steps?: EncodedStep[]
}

/** The latest event time (Unix milliseconds) of a partition in a delta. */
type EventTime = [source: string, partition: string, eventTime: number]

/** A partition, or with null all of a source, that no longer holds back event time. */
type Released = [source: string, partition: string | null]

export interface AdvanceOptions {
  /** Whether windows that close are returned. */
  collect?: boolean
}

/**
 * All that the exporter has counted. A delta, the live state and the stored state are this one type: merging two
 * gives the same as counting both in one. It never reads the clock; all times are Unix milliseconds.
 */
export class State {
  readonly watermarks: Watermarks
  /** When the posts of a delta were written. Merging turns this into delays. */
  readonly written = new WrittenTable()
  /** Values that plugins recorded in metrics of their own. */
  readonly plugins = new PluginTables()
  #shape: StateShape
  readonly #counters = new Map<CounterName, CounterTable>()
  readonly #histograms = new Map<HistogramName, HistogramTable>()
  #windows: Map<string, EventWindow>
  #history: History | null
  #rankings: Rankings | null
  /** In a delta: posts by steps of event time, if the shape has them. */
  readonly steps: Steps | null
  #terms: Map<string, TermWindow[]>
  /** By source and partition: in a delta, until it is merged. */
  readonly #eventTimes = new Map<string, EventTime>()
  #released: Released[] = []
  #termsToRefresh: Generator<() => void> | null = null
  #version = 0
  /** Counts changes that could affect top terms, and how many of them are computed. */
  #termChanges = 1
  #termsShown = 0
  #termsBegun = 0

  constructor(shape: StateShape) {
    this.#shape = shape
    this.watermarks = new Watermarks(shape.idle, shape.future)
    this.#windows = new Map(
      shape.windows.map(window => [window.label, new EventWindow(window, shape.slices)]),
    )
    this.#terms = termWindowsOf(shape, new Map())
    this.#history = shape.history ? new History(shape.history) : null
    this.#rankings = shape.rankings ? new Rankings(shape.rankings) : null
    this.steps = shape.step ? new Steps(shape.step) : null
  }

  get shape(): StateShape {
    return this.#shape
  }

  /** A number that changes with everything that a scrape shows. */
  get version(): number {
    return this.#version
  }

  /** By label. */
  get windows(): ReadonlyMap<string, EventWindow> {
    return this.#windows
  }

  /** By extractor. */
  get terms(): ReadonlyMap<string, readonly TermWindow[]> {
    return this.#terms
  }

  /** Data for reports; null if none is configured. */
  get history(): History | null {
    return this.#history
  }

  /** Null if no source has rankings. */
  get rankings(): Rankings | null {
    return this.#rankings
  }

  counter(name: CounterName): CounterTable {
    return ensure(this.#counters, name, () => new CounterTable())
  }

  histogram(name: HistogramName): HistogramTable {
    return ensure(this.#histograms, name, () => new HistogramTable(METRICS[name].buckets))
  }

  /** Open slices of all windows and extractors, and snapshots of rankings: the parts that make a delta grow. */
  get openSlices(): number {
    let slices = (this.#history?.size ?? 0) + (this.#rankings?.size ?? 0) + (this.steps?.size ?? 0)
    for (const window of this.#windows.values()) slices += window.slices.size
    for (const windows of this.#terms.values()) for (const window of windows) slices += window.slices.size
    return slices
  }

  /** Records the event time that a partition has reached. */
  observe(source: string, partition: string, eventTime: number): void {
    const key = labelKey(source, partition)
    const known = this.#eventTimes.get(key)
    if (known) known[2] = Math.max(known[2], eventTime)
    else this.#eventTimes.set(key, [source, partition, eventTime])
  }

  /** Records that a partition, or all of a source, no longer holds back event time, after the next advance. */
  release(source: string, partition: string | null): void {
    this.#released.push([source, partition])
  }

  /**
   * Merges a delta, except its terms.
   * @param now when it is committed: delays of posts end there
   */
  merge(delta: State, now: number): void {
    this.#version++
    beginSentiments(this, delta)
    for (const [name, table] of delta.#counters) this.counter(name).merge(table)
    for (const [name, table] of delta.#histograms) this.histogram(name).merge(table)
    delta.written.settle(this.histogram('mood_post_delay_seconds'), now)
    const late = this.counter('mood_late_posts_total')
    for (const window of this.#windows.values()) {
      const other = delta.#windows.get(window.shape.label)
      if (other) window.merge(other, late)
    }
    for (const [source, partition, eventTime] of delta.#eventTimes.values())
      this.watermarks.observe(source, partition, eventTime, now)
    this.#released.push(...delta.#released)
    if (this.#rankings && delta.#rankings)
      this.#rankings.merge(delta.#rankings, now, this.#future, this.#rankingCounts)
    if (!delta.plugins.isEmpty) this.#mergePlugins(delta.plugins.encode())
    if (this.#history && delta.#history) {
      this.#history.merge(delta.#history, now)
      const { dropped } = this.#history.at(now)
      for (const [key, n] of delta.counter('mood_posts_dropped_total').entries())
        if (n > 0) dropped.add(key, n)
    }
  }

  get #future(): number {
    return this.#shape.future ?? DEFAULT_FUTURE
  }

  readonly #rankingCounts: RankingCounts = {
    snapshot: (source, result) => this.counter('mood_ranking_snapshots_total').add(labelKey(source, result)),
    entered: (source, terms) => this.counter('mood_ranking_new_terms_total').add(source, terms),
    evicted: (source, snapshots) =>
      this.counter('mood_ranking_snapshots_evicted_total').add(source, snapshots),
  }

  #mergePlugins(encoded: EncodedPlugins): void {
    const folded = this.counter('mood_folded_recordings_total')
    this.plugins.merge(encoded, (owner, recordings) => {
      const { kind, name } = ownerOf(owner)
      folded.add(labelKey(kind, name), recordings)
    })
  }

  /** Merges the terms of one topic in one slice of a delta into every window of their extractor. */
  mergeTerms([extractor, , start, topic, encoded]: EncodedTerms): void {
    const windows = this.#terms.get(extractor)
    if (!windows) return
    this.#termChanges++
    const summary = TermSummary.read(encoded)
    for (const window of windows) window.merge(start, topic, summary)
  }

  /** Advances event time. With `collect`, returns the windows with posts that closed, by window and in order. */
  advance(now: number, { collect = false }: AdvanceOptions = {}): ClosedWindow[] {
    const watermark = this.watermarks.current(now)
    const closed: ClosedWindow[] = []
    if (this.watermarks.hasComeBack) this.#comeBack(watermark, now + this.watermarks.future)
    if (Number.isFinite(watermark)) {
      const evicted = this.counter('mood_slices_evicted_total')
      for (const [label, window] of this.#windows) {
        const { complete } = window
        closed.push(...window.advance(watermark, collect))
        const slices = window.evict()
        if (slices > 0) evicted.add(label, slices)
        if (slices > 0 || window.complete !== complete) this.#version++
      }
      for (const windows of this.#terms.values())
        for (const window of windows) {
          const slices = window.advance(watermark, this.#shape.slices)
          if (slices > 0) {
            evicted.add(window.shape.label, slices)
            this.#version++
          }
          if (slices > 0 || window.hasMoved) this.#termChanges++
        }
    }
    if (this.#rankings?.advance(now)) this.#version++
    this.#history?.evict(now)
    for (const [source, partition] of this.#released) this.watermarks.release(source, partition ?? undefined)
    this.#released = []
    return closed
  }

  /** Sets windows back to an earlier watermark, after the clock was wrong. */
  #comeBack(watermark: number, latest: number): void {
    this.#version++
    this.#termChanges++
    for (const window of this.#windows.values()) window.comeBack(watermark, latest)
    for (const windows of this.#terms.values()) for (const window of windows) window.comeBack(watermark)
  }

  /**
   * Computes top terms, one topic of one window at a time, for about `budgetMs` milliseconds. With many topics, top
   * terms are shown a little later, and nothing else is delayed.
   */
  refreshTerms(budgetMs: number): void {
    const until = performance.now() + budgetMs
    do {
      if (!this.#termsToRefresh) {
        if (this.#termsShown === this.#termChanges) return
        this.#termsToRefresh = this.#staleTerms()
        this.#termsBegun = this.#termChanges
      }
      const { value: refresh, done } = this.#termsToRefresh.next()
      if (done) {
        this.#termsToRefresh = null
        this.#termsShown = this.#termsBegun
        return
      }
      refresh()
      this.#version++
    } while (performance.now() < until)
  }

  /** Whether top terms include everything counted. */
  get showsAllTerms(): boolean {
    return !this.#termsToRefresh && this.#termsShown === this.#termChanges
  }

  *#staleTerms(): Generator<() => void> {
    for (const windows of this.#terms.values())
      for (const window of windows)
        if (!window.isForReports) for (const topic of [...window.stale()]) yield () => window.refresh(topic)
  }

  /**
   * Changes to the shape of a new configuration. Unchanged windows and extractors keep their contents; series that
   * are no longer configured are removed.
   *
   * @param known the values that labels have in the new configuration
   */
  reshape(shape: StateShape, known: Known): void {
    this.#version++
    this.#termChanges++
    this.#shape = shape
    this.#termsToRefresh = null
    this.watermarks.idle = shape.idle
    this.watermarks.future = shape.future ?? DEFAULT_FUTURE
    this.watermarks.retain(source => known.sources.has(source))
    const old = this.#windows
    this.#windows = new Map(
      shape.windows.map(window => {
        const same = old.get(window.label)
        const kept = same && JSON.stringify(same.shape) === JSON.stringify(window)
        return [window.label, kept ? same : new EventWindow(window, shape.slices)]
      }),
    )
    for (const window of this.#windows.values()) {
      window.maxSlices = shape.slices
      window.retain(key => {
        const [topic, scorer] = labelValues(key) as [string, string]
        return known.topics.has(topic) && known.scorers.has(scorer)
      })
    }
    const history = shape.history ? new History(shape.history) : null
    if (history && this.#history) {
      history.decode(this.#history.encode())
      // Slices of another size are not split: they count as complete.
      if (history.shape.slice % this.#history.shape.slice !== 0) history.since = Number.POSITIVE_INFINITY
    }
    this.#history = history
    this.#history?.retain(known)
    const rankings = shape.rankings ? new Rankings(shape.rankings) : null
    if (rankings && this.#rankings) rankings.adopt(this.#rankings)
    rankings?.retain(known.rankings ?? NONE, known.topics)
    this.#rankings = rankings
    this.#terms = termWindowsOf(shape, this.#terms)
    for (const windows of this.#terms.values())
      for (const window of windows) window.retain(topic => known.topics.has(topic))
    this.plugins.retain(owner => isCurrentOwner(owner, known))
    for (const [name, table] of this.#counters) table.retain(currentSeries(name, known))
    for (const [name, table] of this.#histograms) table.retain(currentSeries(name, known))
  }

  /** Empties a delta; cells of counters and histograms stay valid. */
  reset(): void {
    for (const table of this.#counters.values()) table.reset()
    for (const table of this.#histograms.values()) table.reset()
    for (const window of this.#windows.values()) window.slices.reset()
    for (const windows of this.#terms.values()) for (const window of windows) window.slices.reset()
    this.#history?.reset()
    this.#rankings?.reset()
    this.steps?.reset()
    this.#eventTimes.clear()
    this.written.reset()
    this.#released = []
    this.plugins.reset()
  }

  /** Encodes a delta, and counts the terms that it evicted: that number is known only here. */
  encode(): EncodedState {
    for (const [extractor, windows] of this.#terms)
      for (const { slices } of windows)
        for (const [, topics] of slices.entries())
          for (const { evicted } of topics.values())
            if (evicted > 0) this.counter('mood_terms_evicted_total').add(extractor, evicted)
    return { base: this.encodeBase(), terms: this.#encodeTerms() }
  }

  /**
   * All but the terms, as JSON.
   * @param options.zeros with the series that are at 0: a delta has many that are not its own, a stored state none
   */
  encodeBase({ zeros = false } = {}): string {
    const written = this.written.encode()
    const base: EncodedBase = {
      version: ENCODING_VERSION,
      catalogue: CATALOGUE_HASH,
      counters: Array.from(this.#counters, ([name, table]) => [
        name,
        signatures.get(name) as string,
        table.encode(zeros),
      ]),
      histograms: Array.from(this.#histograms, ([name, table]) => [
        name,
        signatures.get(name) as string,
        table.encode(),
      ]),
      windows: Array.from(this.#windows.values(), window => window.encode()),
      eventTimes: [...this.#eventTimes.values()],
      ...(written.length > 0 ? { written } : {}),
      released: this.#released,
      watermarks: this.watermarks.encode(),
      ...(this.plugins.isEmpty ? {} : { plugins: this.plugins.encode() }),
      ...(this.#history ? { history: this.#history.encode() } : {}),
      ...(this.#rankings && this.#rankings.size > 0 ? { rankings: this.#rankings.encode() } : {}),
      ...(this.steps ? { steps: this.steps.encode() } : {}),
    }
    return JSON.stringify(base)
  }

  #encodeTerms(): EncodedTerms[] {
    const encoded: EncodedTerms[] = []
    for (const [extractor, windows] of this.#terms)
      for (const { shape, slices } of windows)
        for (const [start, topics] of slices.entries())
          for (const [topic, summary] of topics)
            encoded.push([extractor, shape.label, start, topic, summary.encode()])
    return encoded
  }

  /**
   * A state of this shape from the encoding of one, without its terms.
   *
   * @param left receives what does not fit the shape or the catalogue, and is left out; if it is not given, that is
   *   an error, as between threads of one process
   * @throws StateMismatch if the encoding is of another version, or is not what `encode` writes
   */
  static decodeBase(shape: StateShape, encoded: string, left?: (what: string) => void): State {
    const base = parsed(encoded)
    if (base.version !== ENCODING_VERSION)
      throw new StateMismatch(
        `the state has version ${base.version}, and this program reads version ${ENCODING_VERSION}`,
      )
    const leave =
      left ??
      ((what: string) => {
        throw new StateMismatch(`${what} does not fit`)
      })
    const state = new State(shape)
    const fits = (name: string, signature: string) => {
      if (signatures.get(name) === signature) return true
      leave(`the metric ${name}`)
      return false
    }
    for (const [name, signature, table] of base.counters)
      if (fits(name, signature))
        state.#counters.set(name as CounterName, CounterTable.decode(table, keyCheck(name)))
    for (const [name, signature, table] of base.histograms)
      if (fits(name, signature)) {
        const { buckets } = METRICS[name as HistogramName]
        state.#histograms.set(name as HistogramName, HistogramTable.decode(buckets, table, keyCheck(name)))
      }
    for (const encodedWindow of base.windows) {
      const window = state.#windows.get(encodedWindow.shape.label)
      if (window && JSON.stringify(window.shape) === JSON.stringify(encodedWindow.shape))
        window.decode(encodedWindow)
      else leave(`the window ${encodedWindow.shape.label}`)
    }
    for (const time of base.eventTimes) state.observe(...time)
    if (base.written) state.written.decode(base.written)
    state.#released = base.released
    state.watermarks.decode(base.watermarks)
    if (base.plugins) state.plugins.decode(base.plugins, leave)
    if (base.history) {
      if (JSON.stringify(state.#history?.shape) === JSON.stringify(base.history.shape))
        state.#history?.decode(base.history)
      else leave('what is kept for reports')
    }
    if (base.rankings) {
      if (state.#rankings) state.#rankings.decode(base.rankings)
      else leave('rankings')
    }
    return state
  }

  /** Puts the terms of an encoding back where they were. Returns false if the shape has no such window. */
  decodeTerms([extractor, label, start, topic, summary]: EncodedTerms): boolean {
    const window = this.#terms.get(extractor)?.find(({ shape }) => shape.label === label)
    if (!window) return false
    window.slices.at(start, topic).mergeLater(summary)
    return true
  }

  /** How far each window of terms has moved: what a replay of deltas leaves out by. */
  termHorizons(): [extractor: string, window: string, horizon: number | null][] {
    return [...this.#terms].flatMap(([extractor, windows]) =>
      windows.map(({ shape, horizon }): [string, string, number | null] => [
        extractor,
        shape.label,
        Number.isFinite(horizon) ? horizon : null,
      ]),
    )
  }

  /** Moves windows of terms to where they were. */
  restoreHorizons(horizons: ReturnType<State['termHorizons']>): void {
    for (const [extractor, label, horizon] of horizons)
      if (horizon !== null)
        this.#terms
          .get(extractor)
          ?.find(({ shape }) => shape.label === label)
          ?.retreat(horizon)
  }
}

const NONE: ReadonlySet<string> = new Set()

function termWindowsOf(
  shape: StateShape,
  old: ReadonlyMap<string, readonly TermWindow[]>,
): Map<string, TermWindow[]> {
  return new Map(
    shape.extractors.map(({ name, top, windows }) => [
      name,
      windows.map(window => {
        const same = old
          .get(name)
          ?.find(
            terms =>
              terms.shape.label === window.label &&
              terms.shape.slide === window.slide &&
              terms.shape.size === window.size,
          )
        const capacity = window.terms ?? shape.terms
        if (same?.slices.capacity !== capacity) return new TermWindow(window, top, capacity)
        same.top = top
        return same
      }),
    ]),
  )
}

function parsed(encoded: string): EncodedBase {
  let base: EncodedBase
  try {
    base = JSON.parse(encoded) as EncodedBase
  } catch (error) {
    throw new StateMismatch(`the state cannot be read: ${(error as Error).message}`)
  }
  if (typeof base?.version !== 'number') throw new StateMismatch('the state has no version')
  return base
}

/** Refuses keys that have not as many values as the metric has labels. */
function keyCheck(name: string): (key: string) => void {
  const { length } = METRICS[name as CounterName].labels
  return key => {
    if (labelValues(key).length !== length)
      throw new StateMismatch(
        `a series of ${name} has ${labelValues(key).length} labels instead of ${length}`,
      )
  }
}

/**
 * Where a delta brings the first post of a source, topic, language and scorer, begins the counters of all sentiments: a
 * share of negative posts is then 0 if there is none, not absent, and the first one is an increase.
 */
function beginSentiments(state: State, delta: State): void {
  const posts = state.counter('mood_posts_total')
  for (const [key] of delta.counter('mood_posts_total').entries()) {
    if (posts.has(key)) continue
    const values = labelValues(key).slice(0, -1)
    for (const sentiment of SENTIMENTS) posts.cell(labelKey(...values, sentiment))
  }
}
