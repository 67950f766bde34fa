/** Units as Grafana names them. `count:` shortens thousands (1.2K), `suffix:` writes the number as it is. */
export const UNITS = {
  posts: 'count:posts',
  postsPerSecond: 'count:posts/s',
  records: 'count:records',
  recordsPerSecond: 'count:records/s',
  perMinute: 'suffix:a minute',
  batches: 'count:batches',
  threads: 'suffix:threads',
  samples: 'count:samples',
  lists: 'suffix:lists',
  terms: 'suffix:terms',
  /** From 1. */
  rank: 'none',
  alerts: 'suffix:firing',
  /** From -1 to 1. */
  score: 'none',
  /** Standard deviations from the usual value. */
  deviations: 'suffix:σ',
  /** Percentage points: differences of shares. */
  points: 'suffix:points',
  /** From 0 to 1, shown as a percentage. */
  share: 'percentunit',
  cores: 'suffix:cores',
  seconds: 's',
  bytes: 'bytes',
  bytesPerSecond: 'Bps',
  files: 'count:files',
  /** A number that a mapping turns into a word or a face. */
  state: 'none',
} as const
