import { codeOf } from '../catalogue/errors.ts'
import { LISTED_KINDS, PLUGIN_KINDS, type PluginKind } from '../catalogue/plugin-kinds.ts'
import type { LoadedConfig } from '../config/load.ts'
import { splitPlugin } from '../config/plugin-options.ts'
import type { Path, Problem } from '../config/problem.ts'
import { createWithin } from '../eval/time-limit.ts'
import {
  type ContextParts,
  checked,
  contextFor,
  formatContext,
  inMemory,
  make,
  prepare,
  scorerContext,
} from '../loader/instances.ts'
import type { ValidationResult } from '../loader/validate.ts'
import { messageOf } from '../plugin/message-of.ts'
import type { Scorer } from '../plugin/scorer.ts'
import type { SourceContext } from '../plugin/source.ts'
import { topicSpecs } from '../runtime/resolved-config.ts'
import { checkedFraming } from '../runtime/workers/instances.ts'

/** How long a plugin may take to close, in milliseconds. */
const CLOSE_MS = 1000

/** A plugin in the configuration, and its path. */
interface Named {
  kind: PluginKind
  name: string
  use: string
  /** As written. */
  options: Record<string, unknown>
  path: Path
}

/** An address on which a plugin listens. */
export interface ListeningPlugin {
  path: Path
  host: string
  port: number
}

export interface CreatedPlugins {
  problems: Problem[]
  /** Warnings and errors that plugins logged while they were created. */
  warnings: Problem[]
  /** The `listen` options of plugins that have one. */
  listening: ListeningPlugin[]
}

/**
 * Creates every plugin of a configuration as `run` does, each within `limits.create_timeout`, and closes it. None
 * runs: nothing is read, written or listened on, and stores are in memory.
 */
export async function createPlugins(
  loaded: LoadedConfig,
  validation: ValidationResult,
): Promise<CreatedPlugins> {
  const { config, baseDir, problem } = loaded
  const created: CreatedPlugins = { problems: [], warnings: [], listening: [] }
  const topics = topicSpecs(config.topics)

  const attempt = async ({ kind, name, use, options: raw, path }: Named) => {
    const aborter = new AbortController()
    const parts: ContextParts = {
      log: {
        write: (level, _, message, fields = {}) => {
          if (level === 'warn' || level === 'error')
            created.warnings.push(problem(path, withFields(message, fields)))
        },
      },
      signal: aborter.signal,
      baseDir,
      topics,
      own: inMemory,
    }
    try {
      const { definition, options } = await prepare(kind, { use, options: raw }, baseDir)
      const { listen } = options as { listen?: { host?: unknown; port?: unknown } }
      if (typeof listen?.host === 'string' && typeof listen.port === 'number')
        created.listening.push({ path: [...path, 'listen'], host: listen.host, port: listen.port })
      const context =
        kind === 'scorer'
          ? scorerContext(kind, name, parts, definition)
          : kind === 'format'
            ? formatContext(name, parts, definition)
            : { ...contextFor(kind, name, parts, definition), ...(kind === 'source' ? ofSource(loaded) : {}) }
      const create = definition.create as (options: never, context: never) => unknown
      const instance = await make(kind, name, baseDir, async () =>
        soundOf(
          kind,
          name,
          parts,
          await createWithin(config.limits.create_timeout, () => create(options, context as never)),
        ),
      )
      // Ends what it has started in the background.
      aborter.abort()
      await closed(instance)
    } catch (error) {
      aborter.abort()
      created.problems.push(problem(path, messageOf(error), codeOf(error) ?? 'ERR_PLUGIN_FAILED'))
    }
  }

  // One after the other, so that a problem is attributed to the right plugin.
  for (const named of pluginsOf(loaded, validation)) await attempt(named)
  return created
}

function pluginsOf({ config }: LoadedConfig, validation: ValidationResult): Named[] {
  const listed = LISTED_KINDS.flatMap(kind => {
    const { section } = PLUGIN_KINDS[kind]
    return config[section].map((entry, i): Named => {
      const { use, options } = splitPlugin<PluginKind>(kind, entry as never)
      return { kind, name: validation[section][i]?.name ?? use, use, options, path: [section, i] }
    })
  })
  const formats = Array.from(config.sources, (entry, i): Named => {
    const { format, formatName } = validation.sources[i] as ValidationResult['sources'][number]
    const path = entry.format === undefined ? ['sources', i] : ['sources', i, 'format']
    return { kind: 'format', name: formatName, ...format, path }
  })
  return [...listed, ...formats]
}

const ofSource = ({ config }: LoadedConfig): Omit<SourceContext, keyof ReturnType<typeof contextFor>> => ({
  positions: new Map(),
  position: undefined,
  maxRecordBytes: config.limits.record_bytes,
})

/** What `create` returned. @throws Error if `run` would reject it */
function soundOf(kind: PluginKind, name: string, parts: ContextParts, instance: unknown): unknown {
  if (kind === 'scorer') return checked(instance as Scorer, name, parts)
  if (kind === 'format') return checkedFraming(instance as never)
  return instance
}

/** Closes a plugin. A failure to close is not a problem of the configuration. */
async function closed(instance: unknown): Promise<void> {
  const { close } = instance as { close?: unknown }
  if (typeof close !== 'function') return
  const { promise: expired, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, CLOSE_MS)
  try {
    await Promise.race([close.call(instance), expired])
  } catch {
    // It has not run, so nothing is lost.
  } finally {
    clearTimeout(timer)
  }
}

const withFields = (message: string, fields: Record<string, unknown>): string => {
  const texts = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return texts.length === 0 ? message : `${message} (${texts.join(', ')})`
}
