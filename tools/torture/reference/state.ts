/**
 * How far a file was read: the bytes of its text, and what distinguishes it from another file with the same inode.
 */
export interface Place {
  offset: number
  headBytes: number
  headSum: number
}

/** By source and inode. */
export type Positions = Record<string, Record<string, Place>>

/** The content of a commit. */
export class State {
  /** By series, as in the exposition. */
  readonly counts: Map<string, number>
  readonly positions: Positions
  readonly seen: Set<string>
  /** Ids that are not yet committed. */
  readonly newIds = new Set<string>()

  constructor(
    counts = new Map<string, number>(),
    positions: Positions = {},
    ids: readonly { id: string }[] = [],
  ) {
    this.counts = counts
    this.positions = positions
    this.seen = new Set(ids.map(({ id }) => id))
  }

  count(series: string): void {
    this.counts.set(series, (this.counts.get(series) ?? 0) + 1)
  }

  /** Whether an id is new; afterwards it is not. */
  isNew(id: string): boolean {
    if (this.seen.has(id)) return false
    this.seen.add(id)
    this.newIds.add(id)
    return true
  }

  forgetTopic(topic: string): void {
    for (const series of this.counts.keys())
      if (series.includes(`topic="${topic}"`)) this.counts.delete(series)
  }
}
