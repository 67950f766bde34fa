import type { z } from 'zod'
import type { PluginErrors } from './error.ts'
import type { MetricDefinitions } from './metrics.ts'

/** A plugin within another, as the options of the other name it. */
export interface InnerPlugin {
  /** Its path in the options of the other. */
  readonly path: readonly (string | number)[]
  readonly use: string
  /** Its own options, not yet validated. */
  readonly options: Record<string, unknown>
}

/** What plugins of every kind declare. */
export interface PluginDeclaration<Options extends z.ZodObject, Metrics extends MetricDefinitions> {
  readonly name: string
  /** One line for `mood-exporter plugins`. */
  readonly description: string
  /** The codes of the errors that `create` throws, each with its meaning and what to do. */
  readonly errors?: PluginErrors
  /** Validates the options beside `use:` in the configuration. Documentation is generated from it. */
  readonly options: Options
  /** The plugin's own metrics, which `context.metrics` records. */
  readonly metrics?: Metrics
}
