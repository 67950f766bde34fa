import { resolve } from 'node:path'
import { parse } from 'yaml'
import { expectation } from '../config/issues.ts'
import type { LoadedConfig } from '../config/load.ts'
import { formatPath, type Problem } from '../config/problem.ts'
import { nameSchema } from '../config/schema.ts'
import { configToTry } from './config-file.ts'
import { dryRunPlugins } from './dry-run-plugins.ts'
import { usageError } from './errors.ts'
import { createLog } from './log.ts'
import type { LogLevel } from './log-levels.ts'

interface Wanted {
  /** Built-in plugins, files, packages, entries as in the configuration, or names of its scorers. */
  scorer?: readonly string[]
  scores?: readonly string[]
  config?: string
  logLevel?: LogLevel
}

type Entry = LoadedConfig['config']['scorers'][number]

/**
 * Creates the scorers to measure, as `mood-exporter score` does: the named ones, otherwise those of the
 * configuration, otherwise the default ones, unless there are scores from a file.
 *
 * @throws ConfigError with all problems
 */
export async function scorersToEvaluate(wanted: Wanted, signal: AbortSignal) {
  const loaded = await configToTry(wanted.config)
  const isOnlyScores = wanted.scores !== undefined && wanted.config === undefined
  const named = wanted.scorer ?? (isOnlyScores ? [] : undefined)
  const chosen = named ? choose(named, loaded) : loaded
  const { config } = chosen
  const log = await createLog({ level: wanted.logLevel ?? 'warn', format: config.log.format })
  const { scorers } = await dryRunPlugins({ ...chosen, config: { ...config, extractors: [] } }, log, signal)
  return {
    scorers,
    config,
    async close(): Promise<void> {
      for (const { plugin } of scorers) await plugin.close?.()
    },
  }
}

/** The configuration with other scorers: its own with those names, and new ones. */
function choose(named: readonly string[], loaded: LoadedConfig): LoadedConfig {
  const { scorers } = loaded.config
  const own = (name: string) => scorers.findIndex(({ name: given, use }) => (given ?? use) === name)
  const places = named.map(name => own(name))
  const entries = named.map((name, i) => scorers[places[i] as number] ?? entryOf(name))
  return {
    ...loaded,
    config: { ...loaded.config, scorers: entries },
    problem(path, message, code): Problem {
      const [, index, ...inner] = path
      const place = places[index as number] ?? -1
      if (place >= 0) return loaded.problem(['scorers', place, ...inner], message, code)
      const problem = loaded.problem([], message, code)
      const where = inner[0] === 'use' ? '' : formatPath(inner)
      return { ...problem, file: `--scorer ${named[index as number]}`, line: 0, column: 0, path: where }
    },
  }
}

/** A scorer named on the command line. Paths start at the working directory. */
function entryOf(text: string): Entry {
  const entry = text.trimStart().startsWith('{') ? mappingOf(text) : { use: text }
  return /^\.{1,2}[/\\]/.test(entry.use) ? { ...entry, use: resolve(entry.use) } : entry
}

function mappingOf(text: string): Entry {
  let entry: unknown
  try {
    entry = parse(text, { logLevel: 'error' })
  } catch (error) {
    // The other lines point to the place, which is easy to see in one line.
    const [why] = (error as Error).message.split(/:?\n/)
    throw usageError(`--scorer: expected an entry such as "{ use: afinn }": ${why}`)
  }
  const { use, name } = entry as Record<string, unknown>
  if (typeof use !== 'string' || use === '')
    throw usageError(`--scorer: expected \`use\` in ${text}, to say which scorer it is`)
  const parsed = nameSchema.optional().safeParse(name, { error: expectation })
  if (!parsed.success)
    throw usageError(`--scorer: name: ${parsed.error.issues[0]?.message ?? 'expected a name'}`)
  return entry as Entry
}
