/** A plugin's log. Lines are rate-limited and carry the plugin's name; values are cut and escaped. */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

/** What every plugin is given beside its options. */
export interface PluginContext {
  /** The instance's name: `name:` in the configuration, else the plugin's own. */
  readonly name: string
  readonly log: Log
  /** Aborted when the instance is no longer wanted: on a reload, or when the exporter stops. */
  readonly signal: AbortSignal
  /** The folder of the configuration file: what relative paths in options start from. */
  readonly baseDir: string
}
