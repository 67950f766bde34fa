/** Pairs of posts, and those of which both were predicted as labelled. */
export interface PairCounts {
  pairs: number
  right: number
}

/**
 * Counts pairs of posts that differ only slightly, for example by a negation: a pair is correct if all of its posts
 * are. The posts of a pair are adjacent, so only the latest pair is kept. A post without the other of its pair is not
 * counted.
 */
export class Pairs {
  #all: PairCounts = { pairs: 0, right: 0 }
  readonly #byKind = new Map<string, PairCounts>()
  #latest: { pair: string; posts: number; isRight: boolean; kind: string | undefined } | undefined

  add(pair: string | undefined, kind: string | undefined, isRight: boolean): void {
    if (this.#latest !== undefined && this.#latest.pair === pair) {
      this.#latest.posts++
      this.#latest.isRight &&= isRight
      return
    }
    this.#close()
    if (pair !== undefined) this.#latest = { pair, posts: 1, isRight, kind }
  }

  /** Over all posts added so far. */
  result(): { all: PairCounts; byKind: Record<string, PairCounts> } {
    this.#close()
    return { all: { ...this.#all }, byKind: Object.fromEntries(this.#byKind) }
  }

  #close(): void {
    const latest = this.#latest
    this.#latest = undefined
    if (latest === undefined || latest.posts < 2) return
    const counts = [this.#all]
    if (latest.kind !== undefined) {
      const ofKind = this.#byKind.get(latest.kind) ?? { pairs: 0, right: 0 }
      this.#byKind.set(latest.kind, ofKind)
      counts.push(ofKind)
    }
    for (const count of counts) {
      count.pairs++
      if (latest.isRight) count.right++
    }
  }
}
