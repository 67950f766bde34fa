/** An event-time window of moods; times in milliseconds. */
export interface WindowShape {
  /** The value of the label `window`, such as `1m`. */
  readonly label: string
  readonly size: number
  /** Divides the size. A tumbling window slides by its size. */
  readonly slide: number
  readonly lateness: number
}

/** What is kept for reports; times in milliseconds. */
export interface HistoryShape {
  readonly slice: number
  readonly keep: number
}

/** What is kept of rankings; times in milliseconds. */
export interface RankingsShape {
  /** Sliding windows. */
  readonly windows: readonly { readonly label: string; readonly size: number }[]
  /** Terms shown for each source and window. */
  readonly top: number
  /** Terms kept of a snapshot, in order of rank. */
  readonly terms: number
  /** Snapshots kept for each source. */
  readonly snapshots: number
  /** How long they are kept, at most. Not less than the longest window. */
  readonly keep: number
}

/** A sliding window of terms, made of slices as long as it slides; times in milliseconds. */
export interface TermWindowShape {
  readonly label: string
  readonly size: number
  /** Divides the size. */
  readonly slide: number
  /** Terms kept for each topic and slice, if not `StateShape.terms`. Such a window is for reports, and not shown. */
  readonly terms?: number
}

/** The shape of a state beside counters and histograms: the windows and extractors of a configuration. */
export interface StateShape {
  readonly windows: readonly WindowShape[]
  readonly extractors: readonly {
    readonly name: string
    /** Terms shown for each topic and window. */
    readonly top: number
    readonly windows: readonly TermWindowShape[]
  }[]
  /** Terms kept for each extractor, topic and slice (`limits.terms`). */
  readonly terms: number
  /** Slices kept open for each window (`limits.slices`). */
  readonly slices: number
  /** Milliseconds of silence after which a partition no longer holds back event time (`limits.idle`). */
  readonly idle: number
  /** Absent if no report is configured. */
  readonly history?: HistoryShape
  /** Absent if no source has rankings. */
  readonly rankings?: RankingsShape
  /** How far event time may be ahead of the clock, in milliseconds (`limits.future`). Default: a minute. */
  readonly future?: number
  /** Length of the steps of event time by which posts are also counted, for backfill; absent if they are not. */
  readonly step?: number
}

export const DEFAULT_FUTURE = 60_000

/** The largest slice of which all these windows can be made. */
export function sliceSizeOf(slides: readonly number[]): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
  return slides.reduce(gcd)
}

/**
 * The shape of a delta: each extractor counts its terms once, in slices of which all of its windows can be made,
 * instead of once for each window.
 */
export const deltaShapeOf = (shape: StateShape): StateShape => ({
  ...shape,
  extractors: shape.extractors.map(({ name, top, windows }) => ({
    name,
    top,
    windows: [
      {
        label: '',
        size: Number.POSITIVE_INFINITY,
        slide: sliceSizeOf([...windows.map(({ slide }) => slide), ...(shape.step ? [shape.step] : [])]),
      },
    ],
  })),
})
