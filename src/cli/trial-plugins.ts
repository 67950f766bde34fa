import type { Logger } from 'pino'
import { MoodError } from '../catalogue/errors.ts'
import type { LoadedConfig } from '../config/load.ts'
import { type PluginEntry, parseOptions, splitPlugin } from '../config/plugin-options.ts'
import type { Problem } from '../config/problem.ts'
import { scorerContext } from '../loader/instances.ts'
import { type Definitions, loadDefinition } from '../loader/load.ts'
import type { Extractor } from '../plugin/extractor.ts'
import type { Scorer } from '../plugin/scorer.ts'
import { ConfigError } from './errors.ts'

type TrialKind = 'scorer' | 'extractor'

export interface Trial<Plugin> {
  name: string
  plugin: Plugin
}

/**
 * The scorers and extractors of a configuration, made in this very process: for trying them, where one that hangs is to
 * be seen hanging.
 *
 * @throws ConfigError with every problem of their options
 */
export async function trialPlugins(loaded: LoadedConfig, log: Logger, signal: AbortSignal) {
  const problems: Problem[] = []

  const make = async <Kind extends TrialKind>(
    kind: Kind,
    entry: PluginEntry[Kind],
    i: number,
  ): Promise<Trial<Scorer | Extractor> | undefined> => {
    const path = [`${kind}s`, i]
    try {
      const { use, name: given, options: raw } = splitPlugin<TrialKind>(kind, entry)
      const definition: Definitions[TrialKind] = await loadDefinition(kind, use, loaded.baseDir)
      const parsed = parseOptions(definition.options, raw, loaded.baseDir, kind)
      if (!parsed.ok) {
        problems.push(
          ...parsed.problems.map(({ path: inner, message }) => loaded.problem([...path, ...inner], message)),
        )
        return undefined
      }
      const name = given ?? definition.name
      const context = scorerContext({ name, log: contextLog(log, name), signal, baseDir: loaded.baseDir })
      return { name, plugin: await definition.create(parsed.options as never, context) }
    } catch (error) {
      const code = error instanceof MoodError ? error.code : 'ERR_PLUGIN_FAILED'
      problems.push(
        loaded.problem([...path, 'use'], error instanceof Error ? error.message : String(error), code),
      )
      return undefined
    }
  }

  const { scorers, extractors } = loaded.config
  const made = await Promise.all([
    Promise.all(scorers.map((entry, i) => make('scorer', entry, i))),
    Promise.all(extractors.map((entry, i) => make('extractor', entry, i))),
  ])
  if (problems.length > 0) throw new ConfigError(problems.sort((a, b) => a.line - b.line))
  return { scorers: made[0] as Trial<Scorer>[], extractors: made[1] as Trial<Extractor>[] }
}

/** pino takes fields first, plugins give them last. */
function contextLog(log: Logger, plugin: string) {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Record<string, unknown> = {}) =>
      log[level]({ plugin, ...fields }, message)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
