/** The names and properties of the exporter on which the harness relies. */

/** The section `state` of mood.yml. */
export const stateSection = (dir: string) => ({ dir, interval: `${COMMIT_INTERVAL_MS}ms` })

/** How often the exporter commits, in milliseconds. */
export const COMMIT_INTERVAL_MS = 1000

/** Files of a state directory. */
export const STATE_DB = 'state.db'
export const STATE_WAL = 'state.db-wal'

/** The exporter's output on standard output when it serves. */
export const ADDRESS = /Metrics +(\S+)\/metrics/

/** When the configuration was last loaded: changes with every reload. */
export const RELOADED_AT = 'mood_config_last_reload_success_timestamp_seconds'
/** 1 if the last reload succeeded. */
export const RELOAD_WORKED = 'mood_config_last_reload_successful'

/** 1 if counts were restored from the state directory, 0 if some or all could not be. */
export const RESTORED = 'mood_state_restored'
/** A metric with such a name and a value above 0 reports a loss of state. */
export const LOSS = /^mood_state_.*(lost|damaged|discarded|forgotten)/
/** What a log line must contain that reports a loss, or rejects a state directory. */
export const NAMES_STATE = /state/i

/** Series that must never go back, not even after a restart. */
export const DURABLE = /^mood_.+_(total|count|sum|bucket)$/
/** Exceptions, each with its reason. */
export const NOT_DURABLE: ReadonlySet<string> = new Set([
  // The cost of commits is counted by each process: it cannot be part of the commits.
  'mood_state_commits_total',
  'mood_state_commit_seconds_total',
  'mood_state_commit_failures_total',
  'mood_state_written_bytes_total',
  'mood_state_compaction_seconds_total',
])

/** The compared metrics with their labels, in the order of the model. */
export const COMPARED = {
  mood_source_records_total: ['source'],
  mood_source_posts_total: ['source'],
  mood_posts_dropped_total: ['source', 'reason'],
  mood_posts_total: ['source', 'topic', 'sentiment'],
  mood_positivity_ratio_count: ['source', 'topic'],
  mood_post_delay_seconds_count: ['source'],
} as const

export type Compared = keyof typeof COMPARED

/** `limits.record_bytes`: a record longer than this is oversized. */
export const RECORD_BYTES = 2048

/** Limits for a start until the exporter is ready, and for a clean stop; milliseconds. */
export const READY_MS = 30_000
export const SHUTDOWN_MS = 5000
