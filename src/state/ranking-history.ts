import type { RankingsShape } from './shape.ts'

/** A term of a snapshot. */
export interface SnapshotItem {
  readonly rank: number
  readonly term: string
  /** How often it was searched for or used, if the service says so; only in the latest snapshot. */
  readonly count?: number | undefined
  /** Topics whose keywords match it; only in the latest snapshot. */
  readonly topics?: readonly string[] | undefined
}

/** A ranking at a moment. */
export interface Snapshot {
  /** Unix milliseconds. */
  readonly at: number
  /** Each term once, in order of rank. */
  readonly items: readonly SnapshotItem[]
}

/** How a snapshot was handled: values of the label `result` of `mood_ranking_snapshots_total`. */
export type SnapshotResult = 'counted' | 'repeated' | 'late'

/** The number of gaps between snapshots from which the usual one is computed. */
const GAPS = 20

/** A term over the snapshots of a period. */
export interface RankedTerm {
  readonly term: string
  /** Share of the snapshots that contain it: above 0, at most 1. */
  readonly share: number
  /** Over the snapshots that contain it. */
  readonly meanRank: number
  /** The time of the first snapshot with it; Unix milliseconds. */
  readonly firstAt: number
}

/** The snapshots of a period. */
export interface RankingView {
  /** The number of snapshots: the denominator of shares. */
  readonly snapshots: number
  /** Ordered by share, descending, then by mean rank. */
  readonly terms: readonly RankedTerm[]
}

interface Window {
  readonly label: string
  readonly size: number
  /** The index of the first snapshot in it. */
  first: number
  view: RankingView | null
}

const NONE: readonly SnapshotItem[] = []
const NOTHING: RankingView = { snapshots: 0, terms: [] }

/**
 * The snapshots of one ranking in order of time, and its windows. A window ends at the time of the latest snapshot,
 * which the clock advances: without new snapshots it empties, and those of an archive are as they were then.
 */
export class RankingHistory {
  readonly #shape: RankingsShape
  #snapshots: Snapshot[] = []
  readonly #windows: Window[]
  readonly #longest: number
  /** When each term was last listed. */
  readonly #lastSeen = new Map<string, number>()
  /** When the latest snapshot was merged, by the clock. */
  mergedAt = Number.NEGATIVE_INFINITY
  #now = Number.NEGATIVE_INFINITY

  constructor(shape: RankingsShape) {
    this.#shape = shape
    this.#windows = shape.windows.map(window => ({ ...window, first: 0, view: null }))
    this.#longest = Math.max(...shape.windows.map(({ size }) => size))
  }

  /** In order of time. */
  get snapshots(): readonly Snapshot[] {
    return this.#snapshots
  }

  get latest(): Snapshot | undefined {
    return this.#snapshots.at(-1)
  }

  /** The current list, in order of rank; empty if the latest snapshot is older than the longest window. */
  get present(): readonly SnapshotItem[] {
    const { latest } = this
    return latest && latest.at > this.#end - this.#longest ? latest.items : NONE
  }

  /** The usual time between two snapshots, in milliseconds; null if there are fewer than two. */
  get interval(): number | null {
    const times = this.#snapshots.slice(-GAPS - 1).map(({ at }) => at)
    const gaps = times.slice(1).map((at, i) => at - (times[i] as number))
    return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? null
  }

  /** The terms of a window, by its label. */
  view(label: string): RankingView {
    const window = this.#windows.find(each => each.label === label)
    if (!window) return NOTHING
    window.view ??= viewOf(this.#snapshots.slice(window.first))
    return window.view
  }

  /** The terms of the snapshots from `start` up to, and not including, `end`; Unix milliseconds. */
  between(start: number, end: number): RankingView {
    return viewOf(this.#snapshots.filter(({ at }) => at >= start && at < end))
  }

  /** Adds a snapshot. Returns false if there is one with its time. */
  add(snapshot: Snapshot): boolean {
    const place = this.#placeAfter(snapshot.at)
    if (this.#snapshots[place - 1]?.at === snapshot.at) return false
    const kept = this.#cut(snapshot)
    this.#snapshots.splice(place, 0, kept)
    // Only the latest snapshot needs more than ranks.
    const older = place === this.#snapshots.length - 1 ? place - 1 : place
    if (older >= 0) this.#snapshots[older] = ranksOf(this.#snapshots[older] as Snapshot)
    this.#see(kept)
    this.#changed()
    return true
  }

  /**
   * Adds a snapshot of a delta.
   *
   * @param now when it is merged
   * @param future how far a snapshot may be ahead of the clock: those further ahead come from a wrong clock, and are
   *   removed
   */
  take(snapshot: Snapshot, now: number, future: number): { result: SnapshotResult; entered: number } {
    this.#removeAfter(Math.max(now + future, snapshot.at))
    const { latest } = this
    if (latest && snapshot.at <= latest.at - this.#shape.keep) return { result: 'late', entered: 0 }
    const entered = this.#entering(snapshot)
    if (!this.add(snapshot)) return { result: 'repeated', entered: 0 }
    if (this.latest?.at !== snapshot.at) return { result: 'counted', entered: 0 }
    this.mergedAt = now
    this.#now = now
    this.#move()
    return { result: 'counted', entered }
  }

  /** Evicts snapshots that are no longer kept. Returns how many of them were evicted because there were too many. */
  evict(): number {
    const { latest } = this
    if (!latest) return 0
    const old = this.#placeAfter(latest.at - this.#shape.keep)
    const evicted = Math.max(0, this.#snapshots.length - old - this.#shape.snapshots)
    if (old + evicted === 0) return 0
    const gone = this.#snapshots.splice(0, old + evicted)
    const first = this.#snapshots[0]?.at ?? latest.at
    for (const { items } of gone)
      for (const { term } of items)
        if ((this.#lastSeen.get(term) ?? first) < first) this.#lastSeen.delete(term)
    this.#changed()
    return evicted
  }

  /** Advances with the clock. Returns whether a window has other snapshots than before. */
  advance(now: number): boolean {
    this.#now = now
    return this.#move()
  }

  /** Removes topics that the configuration no longer has. */
  retain(topics: ReadonlySet<string>): void {
    const { latest } = this
    if (!latest) return
    const items = latest.items.map(item => ({
      ...item,
      topics: (item.topics ?? []).filter(topic => topics.has(topic)),
    }))
    this.#snapshots[this.#snapshots.length - 1] = { at: latest.at, items }
  }

  /** The end of all windows. */
  get #end(): number {
    const { latest } = this
    if (!latest) return Number.NEGATIVE_INFINITY
    return latest.at + Math.max(0, this.#now - this.mergedAt || 0)
  }

  #changed(): void {
    for (const window of this.#windows) window.view = null
    this.#move()
  }

  #move(): boolean {
    const end = this.#end
    let hasMoved = false
    for (const window of this.#windows) {
      const first = this.#placeAfter(end - window.size)
      if (first === window.first) continue
      window.first = first
      window.view = null
      hasMoved = true
    }
    return hasMoved
  }

  /**
   * The number of terms that no snapshot of the longest window before this one contains; 0 without such a snapshot.
   */
  #entering(snapshot: Snapshot): number {
    const horizon = snapshot.at - this.#longest
    if ((this.latest?.at ?? Number.NEGATIVE_INFINITY) <= horizon) return 0
    const { items } = this.#cut(snapshot)
    return items.filter(({ term }) => !((this.#lastSeen.get(term) ?? horizon) > horizon)).length
  }

  #see({ at, items }: Snapshot): void {
    for (const { term } of items) this.#lastSeen.set(term, Math.max(at, this.#lastSeen.get(term) ?? at))
  }

  /** Removes snapshots after a time. */
  #removeAfter(time: number): void {
    const place = this.#placeAfter(time)
    if (place === this.#snapshots.length) return
    this.#snapshots.length = place
    this.#lastSeen.clear()
    for (const snapshot of this.#snapshots) this.#see(snapshot)
    this.#changed()
  }

  /** The index of the first snapshot after a time. */
  #placeAfter(time: number): number {
    let [low, high] = [0, this.#snapshots.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#snapshots[middle] as Snapshot).at <= time) low = middle + 1
      else high = middle
    }
    return low
  }

  #cut({ at, items }: Snapshot): Snapshot {
    return { at, items: items.length > this.#shape.terms ? items.slice(0, this.#shape.terms) : items }
  }
}

const ranksOf = ({ at, items }: Snapshot): Snapshot => ({
  at,
  items: items.map(({ term, rank }) => ({ rank, term })),
})

function viewOf(snapshots: readonly Snapshot[]): RankingView {
  const terms = new Map<string, { appearances: number; ranks: number; firstAt: number }>()
  for (const { at, items } of snapshots)
    for (const { term, rank } of items) {
      const known = terms.get(term)
      if (known) {
        known.appearances++
        known.ranks += rank
      } else terms.set(term, { appearances: 1, ranks: rank, firstAt: at })
    }
  const ranked = Array.from(terms, ([term, { appearances, ranks, firstAt }]) => ({
    term,
    share: appearances / snapshots.length,
    meanRank: ranks / appearances,
    firstAt,
  }))
  ranked.sort((a, b) => b.share - a.share || a.meanRank - b.meanRank || (a.term < b.term ? -1 : 1))
  return { snapshots: snapshots.length, terms: ranked }
}
