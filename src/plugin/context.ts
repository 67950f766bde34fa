import type { MetricDefinitions, PluginMetrics } from './metrics.ts'
import type { PluginStore } from './store.ts'
import type { TopicRule } from './topics.ts'

/**
 * A plugin's log. Lines are rate-limited and carry the plugin's name; values are cut and escaped. Calls never throw
 * or wait, and are allowed from `create` until `close` has settled.
 */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

/**
 * What `create` receives beside the options. It belongs to this instance and does not change: a reload creates new
 * instances before it closes the old ones.
 */
export interface PluginContext<Metrics extends MetricDefinitions = MetricDefinitions> {
  /** The instance's name: `name:` in the configuration, otherwise the plugin's own. */
  readonly name: string
  readonly log: Log
  /**
   * Aborted when the instance is no longer needed: on a reload, or when the exporter stops. For a scorer and an
   * extractor that is after the last call and before `close`; for an output right before `close`, when a pending write
   * is aborted too; for a source it ends `run`; for a format it is the only notice.
   */
  readonly signal: AbortSignal
  /** The folder of the configuration file. Relative paths in options start there. */
  readonly baseDir: string
  /** The metrics that the definition declares. */
  readonly metrics: PluginMetrics<Metrics>
  /** Values that are kept over restarts. */
  readonly store: PluginStore
  /** The topics of the configuration; none if every post counts, and always none for an output. */
  readonly topics: readonly TopicRule[]
}
