import type { Logger } from 'pino'
import { codeOf } from '../catalogue/errors.ts'
import { PLUGIN_KINDS } from '../catalogue/plugin-kinds.ts'
import type { LoadedConfig } from '../config/load.ts'
import { type PluginEntry, parseOptions, splitPlugin } from '../config/plugin-options.ts'
import { byPlace, ConfigError, type Problem } from '../config/problem.ts'
import { createWithin } from '../eval/time-limit.ts'
import { type ContextParts, checked, inMemory, scorerContext, withMethods } from '../loader/instances.ts'
import { loadDefinition } from '../loader/load.ts'
import { withPlace } from '../loader/place.ts'
import type { Definitions } from '../plugin/definitions.ts'
import type { Extractor } from '../plugin/extractor.ts'
import { messageOf } from '../plugin/message-of.ts'
import type { Scorer } from '../plugin/scorer.ts'
import { topicSpecs } from '../runtime/resolved-config.ts'

type DryRunKind = 'scorer' | 'extractor'

export interface NamedPlugin<Plugin> {
  name: string
  plugin: Plugin
}

/**
 * The scorers and extractors of a configuration, created in this process, each within `limits.create_timeout`, for
 * trying them.
 *
 * @throws ConfigError with all problems of their options
 */
export async function dryRunPlugins(loaded: LoadedConfig, log: Logger, signal: AbortSignal) {
  const { scorers, extractors, limits } = loaded.config
  // Loading a module runs it, and it may never end: this is detected in a thread, which can be ended.
  const { validateDraft } = await import('../loader/validate.ts')
  const problems: Problem[] = await validateDraft({
    baseDir: loaded.baseDir,
    value: { scorers, extractors },
    problem: loaded.problem,
  })
  if (problems.length > 0) throw new ConfigError(problems.sort(byPlace))
  const parts: ContextParts = {
    log: { write: (level, plugin, message, fields = {}) => log[level]({ plugin, ...fields }, message) },
    signal,
    baseDir: loaded.baseDir,
    topics: topicSpecs(loaded.config.topics),
    own: inMemory,
  }

  const make = async <Kind extends DryRunKind>(
    kind: Kind,
    entry: PluginEntry[Kind],
    i: number,
  ): Promise<NamedPlugin<Scorer | Extractor> | undefined> => {
    const path = [PLUGIN_KINDS[kind].section, i]
    try {
      const { use, name: given, options: raw } = splitPlugin<DryRunKind>(kind, entry)
      const definition: Definitions[DryRunKind] = await loadDefinition(kind, use, loaded.baseDir)
      const parsed = parseOptions(definition.options, raw, loaded.baseDir, kind)
      if (!parsed.ok) {
        problems.push(
          ...parsed.problems.map(({ path: inner, message }) => loaded.problem([...path, ...inner], message)),
        )
        return undefined
      }
      const name = given ?? definition.name
      const context = scorerContext(kind, name, parts, definition)
      const plugin = await createWithin(limits.create_timeout, () =>
        definition.create(parsed.options as never, context),
      )
      const isScorer = kind === 'scorer'
      return { name, plugin: isScorer ? checked(plugin as Scorer, name, parts) : withMethods(kind, plugin) }
    } catch (error) {
      const code = codeOf(error)
      const message =
        code === undefined ? withPlace(messageOf(error), error, loaded.baseDir) : messageOf(error)
      problems.push(loaded.problem([...path, 'use'], message, code ?? 'ERR_PLUGIN_FAILED'))
      return undefined
    }
  }

  const made = await Promise.all([
    Promise.all(scorers.map((entry, i) => make('scorer', entry, i))),
    Promise.all(extractors.map((entry, i) => make('extractor', entry, i))),
  ])
  if (problems.length > 0) throw new ConfigError(problems.sort(byPlace))
  return { scorers: made[0] as NamedPlugin<Scorer>[], extractors: made[1] as NamedPlugin<Extractor>[] }
}
