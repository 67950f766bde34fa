import type { PluginContext } from './context.ts'
import type { Json } from './store.ts'

/** The result of a command of a plugin. */
export interface CommandResult {
  /** Text for people, one line or several. It may contain text from others: unprintable characters are escaped. */
  readonly text: string
  /** The same for programs; `--json` prints it. */
  readonly data: Json
  /** Whether something failed: the command then exits with 1. */
  readonly failed?: boolean
}

/**
 * What a command receives beside the plugin's options. They are those of a configured instance, which is not running.
 */
export type CommandContext = Pick<PluginContext, 'name' | 'log' | 'signal' | 'baseDir' | 'topics'>

/**
 * A command of a plugin, beside the exporter's own: it shows or does something at the plugin's service. Rejects with
 * one line that says what went wrong.
 *
 * @param action one of the command's actions
 */
export type PluginCommand<Options> = (
  action: string,
  options: Options,
  context: CommandContext,
) => Promise<CommandResult>
