import type { RankingsShape } from './shape.ts'

/** A term of a snapshot. */
export interface SnapshotItem {
  readonly rank: number
  readonly term: string
  /** How often it was searched for or used, as the service says; of the latest snapshot only. */
  readonly count?: number | undefined
  /** Topics whose keywords it has; of the latest snapshot only. */
  readonly topics?: readonly string[] | undefined
}

/** A ranking as it was at a moment. */
export interface Snapshot {
  /** Unix milliseconds. */
  readonly at: number
  /** Each term once, the first rank first. */
  readonly items: readonly SnapshotItem[]
}

/** What became of a snapshot: values of the label `result` of `mood_ranking_snapshots_total`. */
export type SnapshotResult = 'counted' | 'repeated' | 'late'

/** Gaps between snapshots that the usual one is taken from. */
const GAPS = 20

/** A term over the snapshots of a time. */
export interface RankedTerm {
  readonly term: string
  /** Share of the snapshots that hold it: above 0, at most 1. */
  readonly share: number
  /** Over the snapshots that hold it. */
  readonly meanRank: number
  /** When the first of those was made; Unix milliseconds. */
  readonly firstAt: number
}

/** The snapshots of a time. */
export interface RankingView {
  /** How many there are: what shares are of. */
  readonly snapshots: number
  /** The largest share first, then the best mean rank. */
  readonly terms: readonly RankedTerm[]
}

interface Window {
  readonly label: string
  readonly size: number
  /** Place of the first snapshot that lies in it. */
  first: number
  view: RankingView | null
}

const NONE: readonly SnapshotItem[] = []
const NOTHING: RankingView = { snapshots: 0, terms: [] }

/**
 * The snapshots of one ranking, in the order of their times, and its windows. A window ends at the time of the latest
 * snapshot, which moves on with the clock: it empties where no more come, and those of an archive are as they were then.
 */
export class RankingHistory {
  readonly #shape: RankingsShape
  #snapshots: Snapshot[] = []
  readonly #windows: Window[]
  readonly #longest: number
  /** When each term of the snapshots was last in the list. */
  readonly #lastSeen = new Map<string, number>()
  /** When the latest snapshot was merged, by the clock. */
  mergedAt = Number.NEGATIVE_INFINITY
  #now = Number.NEGATIVE_INFINITY

  constructor(shape: RankingsShape) {
    this.#shape = shape
    this.#windows = shape.windows.map(window => ({ ...window, first: 0, view: null }))
    this.#longest = Math.max(...shape.windows.map(({ size }) => size))
  }

  /** In the order of their times. */
  get snapshots(): readonly Snapshot[] {
    return this.#snapshots
  }

  get latest(): Snapshot | undefined {
    return this.#snapshots.at(-1)
  }

  /** The list as it is, the first rank first; none where the latest snapshot is older than the longest window. */
  get present(): readonly SnapshotItem[] {
    const { latest } = this
    return latest && latest.at > this.#end - this.#longest ? latest.items : NONE
  }

  /** The usual time between two snapshots, in milliseconds; null where there are fewer than two. */
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

  /** Adds a snapshot. False where there is one of its time. */
  add(snapshot: Snapshot): boolean {
    const place = this.#placeAfter(snapshot.at)
    if (this.#snapshots[place - 1]?.at === snapshot.at) return false
    const kept = this.#cut(snapshot)
    this.#snapshots.splice(place, 0, kept)
    // Of all but the latest only ranks are wanted.
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
   * @param future how far a snapshot may lie ahead of the clock: those further ahead come from a clock that was wrong,
   *   and are removed
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

  /** Moves on with the clock. Returns whether a window holds other snapshots than before. */
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

  /** Where windows end. */
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

  /** How many terms no snapshot held in the longest window before this one; 0 where there is no such snapshot. */
  #entering(snapshot: Snapshot): number {
    const horizon = snapshot.at - this.#longest
    if ((this.latest?.at ?? Number.NEGATIVE_INFINITY) <= horizon) return 0
    const { items } = this.#cut(snapshot)
    return items.filter(({ term }) => !((this.#lastSeen.get(term) ?? horizon) > horizon)).length
  }

  #see({ at, items }: Snapshot): void {
    for (const { term } of items) this.#lastSeen.set(term, Math.max(at, this.#lastSeen.get(term) ?? at))
  }

  /** Removes snapshots made after a time. */
  #removeAfter(time: number): void {
    const place = this.#placeAfter(time)
    if (place === this.#snapshots.length) return
    this.#snapshots.length = place
    this.#lastSeen.clear()
    for (const snapshot of this.#snapshots) this.#see(snapshot)
    this.#changed()
  }

  /** The place of the first snapshot that was made after a time. */
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
