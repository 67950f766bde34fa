/** A term over the lists of a window. */
export interface RankingEventTerm {
  term: string
  /** Share of the snapshots of the window that contain the term: above 0, at most 1. */
  share: number
  /** Over the snapshots that contain it; 1 is the first. */
  meanRank: number
}

/** A ranking, sent with each new list. */
export interface RankingEvent {
  kind: 'ranking'
  /** `ranking/signal/1700000000000`: the source, and when the list was made. */
  key: string
  source: string
  /** When the list was made; Unix milliseconds. */
  at: number
  /** The list, in order of rank: at most `rankings.top` terms. */
  items: {
    rank: number
    term: string
    /** How often it was searched for, read or used; null if the service does not say. */
    count: number | null
    /** When it was first listed within the longest window; Unix milliseconds. */
    since: number
  }[]
  windows: {
    /** The window's label: `1h`. */
    window: string
    /** The number of snapshots in it: the denominator of shares. */
    snapshots: number
    /** Ordered by share, descending, then by mean rank: at most `rankings.top` terms. */
    terms: RankingEventTerm[]
  }[]
}
