import { labelKey, labelValues } from '../../catalogue/label-key.ts'
import type { StateShape } from '../../state/shape.ts'
import { State } from '../../state/state.ts'
import { decodeMoods, SENTIMENTS } from '../../state/window-slices.ts'
import type { BackfillDatabase, Rows } from './database.ts'

/** The name of the one partition that advances event time: a backfill has one clock for all sources. */
const CLOCK = 'backfill'

/**
 * Yields what a running exporter would have counted at each step of the past: a `State` to which the posts of each
 * step are added in turn.
 *
 * A sample at a time includes the posts written before it. Yields that time, in Unix milliseconds, with the state at
 * it.
 *
 * @param from the first time, a multiple of the step; earlier posts are included
 * @param until the last time
 */
export function* playback(
  database: BackfillDatabase,
  shape: StateShape & { step: number },
  from: number,
  until: number,
): Generator<{ at: number; state: State }> {
  const { step } = shape
  const state = new State({ ...shape, idle: Number.POSITIVE_INFINITY })
  const counts = new Ahead(database.rows('counts'))
  const histograms = new Ahead(database.rows('histograms'))
  const moods = new Ahead(database.rows('moods'))
  const terms = new Ahead(database.rows('terms'))
  for (let at = from; at <= until; at += step) {
    // A series begins at 0 one step before its first post.
    for (const { metric, key } of counts.peekUntil(at + step)) begin(state, metric, key)
    for (const { metric, key } of histograms.peekUntil(at + step)) state.histogram(metric).cell(key)
    for (const { metric, key, n } of counts.until(at)) state.counter(metric).add(key, n)
    for (const { metric, key, bucket, n } of histograms.until(at)) {
      const cell = state.histogram(metric).cell(key)
      if (bucket === null) cell.sum += n
      else cell.counts[bucket] = (cell.counts[bucket] as number) + n
    }
    for (const { start, window, mood } of moods.until(at)) {
      const slice = state.windows.get(window)?.slices.at(start)
      for (const [key, cell] of decodeMoods([mood])) slice?.mood(key).merge(cell)
    }
    for (const { terms: each } of terms.until(at)) state.mergeTerms(each)
    state.watermarks.observe(CLOCK, '', at, at)
    state.advance(at)
    state.refreshTerms(Number.POSITIVE_INFINITY)
    yield { at, state }
  }
}

/** Begins the counters of all sentiments together, as a running exporter does. */
function begin(state: State, metric: Rows['counts']['metric'], key: string): void {
  const counter = state.counter(metric)
  if (counter.has(key)) return
  if (metric !== 'mood_posts_total') counter.cell(key)
  else for (const sentiment of SENTIMENTS) counter.cell(labelKey(...labelValues(key).slice(0, -1), sentiment))
}

/** Rows in order of time, with a look-ahead of one step. */
class Ahead<Row extends { start: number }> {
  readonly #rows: Iterator<Row>
  #ahead: Row[] = []
  #next: Row | undefined

  constructor(rows: Iterator<Row>) {
    this.#rows = rows
    this.#next = rows.next().value as Row | undefined
  }

  /** Rows before a time, without removing them. */
  peekUntil(time: number): readonly Row[] {
    while (this.#next && this.#next.start < time) {
      this.#ahead.push(this.#next)
      this.#next = this.#rows.next().value as Row | undefined
    }
    return this.#ahead
  }

  /** Removes and returns the rows before a time. */
  until(time: number): Row[] {
    this.peekUntil(time)
    const taken = this.#ahead.filter(({ start }) => start < time)
    this.#ahead = this.#ahead.filter(({ start }) => start >= time)
    return taken
  }
}
