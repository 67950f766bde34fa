import { StateMismatch } from './encoding.ts'
import { ensure } from './ensure.ts'
import { RankingHistory, type Snapshot, type SnapshotItem, type SnapshotResult } from './ranking-history.ts'
import type { RankingsShape } from './shape.ts'

/** Terms are encoded as indexes into `terms`, so that a term that is listed for a day is written once. */
export type EncodedRanking = [
  source: string,
  mergedAt: number | null,
  terms: string[],
  /** Pairs of a term and its rank, after the time. */
  snapshots: [at: number, ...places: number[]][],
  /** The counts and topics of the latest snapshot. */
  latest: [term: number, count: number | null, topics: readonly string[]][],
]

/** Counts how snapshots were handled, by source. */
export interface RankingCounts {
  snapshot(source: string, result: SnapshotResult): void
  /** Terms that were not listed before. */
  entered(source: string, terms: number): void
  evicted(source: string, snapshots: number): void
}

/** The snapshots of rankings, by source. A delta has only new ones; merging skips those that are known. */
export class Rankings {
  readonly shape: RankingsShape
  readonly #sources = new Map<string, RankingHistory>()

  constructor(shape: RankingsShape) {
    this.shape = shape
  }

  /** Snapshots of all sources. */
  get size(): number {
    let size = 0
    for (const { snapshots } of this.#sources.values()) size += snapshots.length
    return size
  }

  /** Of a source; undefined before its first snapshot. */
  of(source: string): RankingHistory | undefined {
    return this.#sources.get(source)
  }

  entries(): MapIterator<[source: string, history: RankingHistory]> {
    return this.#sources.entries()
  }

  /** Adds a snapshot to a delta. Returns false if the delta has one with that time. */
  add(source: string, snapshot: Snapshot): boolean {
    return this.#history(source).add(snapshot)
  }

  /** Adds the snapshots of a delta. @param now when it is merged */
  merge(delta: Rankings, now: number, future: number, counts: RankingCounts): void {
    for (const [source, { snapshots }] of delta.#sources) {
      const history = this.#history(source)
      for (const snapshot of snapshots) {
        const { result, entered } = history.take(snapshot, now, future)
        counts.snapshot(source, result)
        if (entered > 0) counts.entered(source, entered)
      }
      const evicted = history.evict()
      if (evicted > 0) counts.evicted(source, evicted)
    }
  }

  /** Advances windows with the clock. Returns whether one has other snapshots than before. */
  advance(now: number): boolean {
    let hasMoved = false
    for (const history of this.#sources.values()) hasMoved = history.advance(now) || hasMoved
    return hasMoved
  }

  /** Takes over the snapshots of another one, which has other windows. */
  adopt(other: Rankings): void {
    this.decode(other.encode())
  }

  /** Removes sources and topics that the configuration no longer has. */
  retain(sources: ReadonlySet<string>, topics: ReadonlySet<string>): void {
    for (const [source, history] of this.#sources)
      if (sources.has(source)) history.retain(topics)
      else this.#sources.delete(source)
  }

  reset(): void {
    this.#sources.clear()
  }

  encode(): EncodedRanking[] {
    return Array.from(this.#sources, ([source, history]) => encoded(source, history))
  }

  /** @throws StateMismatch if it is damaged */
  decode(rankings: readonly EncodedRanking[]): void {
    for (const ranking of rankings) {
      const [source, mergedAt, , snapshots] = ranking
      const history = this.#history(source)
      const latest = details(ranking)
      const last = snapshots.length - 1
      snapshots.forEach((each, i) => {
        if (!history.add(snapshotOf(ranking, each, i === last ? latest : null)))
          throw new StateMismatch(`the ranking ${source} has two snapshots of one time`)
      })
      history.mergedAt = mergedAt ?? Number.NEGATIVE_INFINITY
      history.evict()
    }
  }

  #history(source: string): RankingHistory {
    return ensure(this.#sources, source, () => new RankingHistory(this.shape))
  }
}

function encoded(source: string, { snapshots, mergedAt }: RankingHistory): EncodedRanking {
  const terms = new Map<string, number>()
  const indexOf = (term: string) => ensure(terms, term, () => terms.size)
  const places = snapshots.map(({ at, items }): [number, ...number[]] => [
    at,
    ...items.flatMap(({ term, rank }) => [indexOf(term), rank]),
  ])
  const latest = (snapshots.at(-1)?.items ?? []).flatMap(({ term, count, topics = [] }) =>
    count === undefined && topics.length === 0
      ? []
      : [[indexOf(term), count ?? null, topics] as [number, number | null, readonly string[]]],
  )
  return [source, Number.isFinite(mergedAt) ? mergedAt : null, [...terms.keys()], places, latest]
}

type Details = Map<number, { count: number | undefined; topics: readonly string[] }>

const details = ([, , , , latest]: EncodedRanking): Details =>
  new Map(latest.map(([term, count, topics]) => [term, { count: count ?? undefined, topics }]))

function snapshotOf(
  [source, , terms]: EncodedRanking,
  [at, ...places]: [number, ...number[]],
  latest: Details | null,
): Snapshot {
  const items: SnapshotItem[] = []
  for (let i = 0; i < places.length; i += 2) {
    const [index, rank] = [places[i] as number, places[i + 1]]
    const term = terms[index]
    if (typeof term !== 'string' || !Number.isInteger(rank) || (rank as number) < 1)
      throw new StateMismatch(`the ranking ${source} has a term without a place`)
    items.push({ rank: rank as number, term, ...latest?.get(index) })
  }
  if (!Number.isFinite(at) || items.length === 0)
    throw new StateMismatch(`the ranking ${source} has a snapshot without a time or without terms`)
  return { at, items }
}
