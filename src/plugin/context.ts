import type { MetricDefinitions, PluginMetrics } from './metrics.ts'
import type { PluginStore } from './store.ts'
import type { TopicRule } from './topics.ts'

/**
 * A plugin's log. Lines are rate-limited and carry the plugin's name; values are cut and escaped. Calls never throw nor
 * wait, and may be made at any time from `create` until `close` has settled.
 */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

/**
 * What every plugin is given beside its options, by `create`. It belongs to that instance alone and does not change: a
 * configuration that is reloaded makes new instances, before the old ones are closed.
 */
export interface PluginContext<Metrics extends MetricDefinitions = MetricDefinitions> {
  /** The instance's name: `name:` in the configuration, otherwise the plugin's own. */
  readonly name: string
  readonly log: Log
  /**
   * Aborted when the instance is no longer wanted: on a reload, or when the exporter stops. For a scorer and an
   * extractor that is after the last call and before `close`; for a source it ends `run`.
   */
  readonly signal: AbortSignal
  /** The folder of the configuration file: what relative paths in options start from. */
  readonly baseDir: string
  /** The metrics that the definition declares. */
  readonly metrics: PluginMetrics<Metrics>
  /** What the plugin keeps over restarts. */
  readonly store: PluginStore
  /** The topics of the configuration; none where every post counts. */
  readonly topics: readonly TopicRule[]
}
