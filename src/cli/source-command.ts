import type { LoadedConfig } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'
import type { CommandContext } from '../plugin/command.ts'
import { EXIT, usageError } from './errors.ts'
import { print, printable } from './output.ts'

export interface SourceCommandOptions {
  config: string
  /** The name of the source, if several use the plugin. */
  source?: string
  json?: boolean
}

/**
 * Runs a command of a source plugin with the options in the configuration, and prints the result.
 *
 * @param plugin the plugin that the source uses
 * @param command one of the plugin's commands
 */
export async function runSourceCommand(
  plugin: string,
  command: string,
  action: string,
  { config: file, source, json }: SourceCommandOptions,
): Promise<void> {
  const { readConfig } = await import('./config-file.ts')
  const { ConfigError } = await import('../config/problem.ts')
  const { parseOptions, splitPlugin } = await import('../config/plugin-options.ts')
  const { loadDefinition } = await import('../loader/load.ts')
  const loaded = await readConfig(file)
  const place = placeOf(loaded, plugin, source)
  const { use, name, options: raw } = splitPlugin('source', loaded.config.sources[place] as never)
  const definition = await loadDefinition('source', use, loaded.baseDir)
  const parsed = parseOptions(definition.options, raw, loaded.baseDir, 'source')
  if (!parsed.ok) {
    const problems: Problem[] = parsed.problems.map(({ path, message }) =>
      loaded.problem(['sources', place, ...path], message),
    )
    throw new ConfigError(problems)
  }
  const context = await contextOf(loaded, name ?? definition.name)
  const result = await definition.commands?.[command]?.(action, parsed.options as never, context)
  if (!result) throw usageError(`the source ${use} has no command ${command}`)
  if (result.failed) process.exitCode = EXIT.failure
  print(json ? JSON.stringify(result.data, null, 2) : result.text.split('\n').map(printable).join('\n'))
}

/** The index of the source. */
function placeOf({ config }: LoadedConfig, plugin: string, wanted: string | undefined): number {
  const places = [...config.sources.entries()]
    .filter(([, { use, name }]) => use === plugin && (wanted ?? name ?? use) === (name ?? use))
    .map(([place]) => place)
  const [place, another] = places
  if (place === undefined)
    throw usageError(
      `the configuration has no source ${plugin}${wanted === undefined ? '' : ` called ${wanted}`}`,
    )
  if (another !== undefined)
    throw usageError(`the configuration has several sources ${plugin}: name one by --source`)
  return place
}

async function contextOf(loaded: LoadedConfig, name: string): Promise<CommandContext> {
  const { topicSpecs } = await import('../runtime/resolved-config.ts')
  const { createLog } = await import('./log.ts')
  const log = await createLog({ level: 'warn', format: loaded.config.log.format })
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: object) =>
    log[level]({ source: name, ...fields }, message)
  return {
    name,
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    signal: new AbortController().signal,
    baseDir: loaded.baseDir,
    topics: topicSpecs(loaded.config.topics),
  }
}
