/** A term over the lists of a window. */
export interface RankingEventTerm {
  term: string
  /** Share of the snapshots of the window that hold the term: above 0, at most 1. */
  share: number
  /** Over the snapshots that hold it; 1 is the first. */
  meanRank: number
}

/** A ranking, as of a new list. */
export interface RankingEvent {
  kind: 'ranking'
  /** `ranking/signal/1700000000000`: the source and when the list was made. */
  key: string
  source: string
  /** When the list was made; Unix milliseconds. */
  at: number
  /** The list, the first rank first: at most `rankings.top` terms. */
  items: {
    rank: number
    term: string
    /** How often it was searched for, read or used; null where the service does not say. */
    count: number | null
    /** When it was first in the list, within the longest window; Unix milliseconds. */
    since: number
  }[]
  windows: {
    /** The window's label: `1h`. */
    window: string
    /** Snapshots in it: what shares are of. */
    snapshots: number
    /** The largest share first, then the best mean rank: at most `rankings.top` terms. */
    terms: RankingEventTerm[]
  }[]
}
