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
  /** Terms shown of each source and window. */
  readonly top: number
  /** Terms kept of a snapshot, the first ones. */
  readonly terms: number
  /** Snapshots kept of a source. */
  readonly snapshots: number
  /** How long they are kept at most: as long as the longest window, at least. */
  readonly keep: number
}

/** A sliding window of terms, made of slices as long as it slides; times in milliseconds. */
export interface TermWindowShape {
  readonly label: string
  readonly size: number
  /** Divides the size. */
  readonly slide: number
  /** Terms kept for each topic and slice, where that is not as of all others. Such a window is for reports, and is not shown. */
  readonly terms?: number
}

/** What a state keeps beside counters and histograms: the windows and the extractors of a configuration. */
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
  /** Absent where no report is configured. */
  readonly history?: HistoryShape
  /** Absent where no source has rankings. */
  readonly rankings?: RankingsShape
  /** How far event time may lie ahead of the clock, in milliseconds (`limits.future`); a minute where absent. */
  readonly future?: number
  /** Length of the steps that counters of posts are also counted by, by event time; not at all where absent. */
  readonly step?: number
}

export const DEFAULT_FUTURE = 60_000

/** The longest slice that all of these windows can be made of. */
export function sliceSizeOf(slides: readonly number[]): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
  return slides.reduce(gcd)
}

/**
 * The shape of a delta: each extractor counts its terms once, in slices that all of its windows can be made of, and
 * not once for each window.
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
