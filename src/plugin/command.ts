import type { PluginContext } from './context.ts'
import type { Json } from './store.ts'

/** What a command of a plugin came to. */
export interface CommandResult {
  /** What is printed for people: a line, or several. It may hold texts of strangers: what cannot be printed is escaped. */
  readonly text: string
  /** The same for programs, which `--json` prints. */
  readonly data: Json
  /** Whether something could not be done: the command then exits with 1. */
  readonly failed?: boolean
}

/** What a command is given beside the plugin's options: that of an instance of it, which is not running. */
export type CommandContext = Pick<PluginContext, 'name' | 'log' | 'signal' | 'baseDir' | 'topics'>

/**
 * A command of a plugin, beside those of the exporter: something to look at, or to do, at the service that it speaks to.
 * Rejects with what went wrong, in a line for people.
 *
 * @param action one of those that the command has
 */
export type PluginCommand<Options> = (
  action: string,
  options: Options,
  context: CommandContext,
) => Promise<CommandResult>
