/** Posts by sentiment; `unknown` are those without a score. */
export interface SentimentCounts {
  positive: number
  neutral: number
  negative: number
  unknown: number
}

/** The posts of one topic, as one scorer scored them. */
export interface WindowRow {
  topic: string
  scorer: string
  posts: SentimentCounts
  /** Mean score, from -1 to 1; null if no post has a score. */
  score: number | null
}

/** An event-time window that closed. A topic without posts may have a row of zeros, or none. */
export interface WindowEvent {
  kind: 'window'
  /** `window/1m/1700000000000`: the window, and when it ends. */
  key: string
  /** The window's label: `1m`. */
  window: string
  /** From `start` up to, and not including, `end`; Unix milliseconds. */
  start: number
  end: number
  rows: WindowRow[]
}
