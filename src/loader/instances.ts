import { codeOf, createError, errorText, MoodError } from '../catalogue/errors.ts'
import type { PluginKind } from '../catalogue/plugin-kinds.ts'
import { parseOptions } from '../config/plugin-options.ts'
import { LanguageDetector } from '../pipeline/language.ts'
import type { Instances } from '../pipeline/pipeline.ts'
import type { Plan, PluginSpec } from '../pipeline/plan.ts'
import type { PluginContext } from '../plugin/context.ts'
import type { Definitions } from '../plugin/definitions.ts'
import { messageOf } from '../plugin/message-of.ts'
import type { MetricDefinitions } from '../plugin/metrics.ts'
import type { Scorer, ScorerContext } from '../plugin/scorer.ts'
import { traitsOf } from '../plugin/scorer-traits.ts'
import type { TopicRule } from '../plugin/topics.ts'
import { loadDefinition } from './load.ts'

/** What contexts of plugins are made of. */
export interface ContextParts {
  log: {
    write(
      level: 'debug' | 'info' | 'warn' | 'error',
      cause: string,
      message: string,
      fields?: Record<string, unknown>,
    ): void
  }
  signal: AbortSignal
  baseDir: string
  topics: readonly TopicRule[]
  /** What a plugin records and keeps, by its kind and name. */
  own(owner: string, metrics: MetricDefinitions): Pick<PluginContext, 'metrics' | 'store'>
}

/**
 * What a plugin is given beside its options.
 *
 * @param metrics what its definition declares
 * @throws TypeError where a metric that is declared cannot be exported
 */
export function contextFor(
  kind: PluginKind,
  name: string,
  { log, signal, baseDir, topics, own }: ContextParts,
  metrics: MetricDefinitions = {},
): PluginContext {
  const cause = `${kind} ${name}`
  return {
    name,
    signal,
    baseDir,
    topics,
    ...own(cause, metrics),
    log: {
      debug: (message, fields) => log.write('debug', cause, message, fields),
      info: (message, fields) => log.write('info', cause, message, fields),
      warn: (message, fields) => log.write('warn', cause, message, fields),
      error: (message, fields) => log.write('error', cause, message, fields),
    },
  }
}

/** The same for a scorer, which may be made of others. */
export function scorerContext(
  kind: PluginKind,
  name: string,
  parts: ContextParts,
  metrics: MetricDefinitions = {},
): ScorerContext {
  let members = 0
  return {
    ...contextFor(kind, name, parts, metrics),
    async scorer({ use, ...options }) {
      const member = `${name}/${members++}`
      const spec = { use, name: use, options }
      const { definition, options: parsed } = await prepare('scorer', spec, parts.baseDir)
      return checked(await definition.create(parsed, scorerContext(kind, member, parts, definition.metrics)))
    },
  }
}

/** @throws TypeError where a scorer is not what it must be, or declares what cannot become labels */
export function checked(scorer: Scorer): Scorer {
  traitsOf(scorer)
  return scorer
}

/** A plugin's definition and its validated options. */
export async function prepare<Kind extends PluginKind>(
  kind: Kind,
  { use, options: raw }: PluginSpec,
  baseDir: string,
): Promise<{ definition: Definitions[Kind]; options: never }> {
  const definition = await loadDefinition(kind, use, baseDir)
  const parsed = parseOptions(definition.options, raw, baseDir)
  if (!parsed.ok) {
    const problems = parsed.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw createError('ERR_CONFIG_INVALID', { problem: `${use}: ${problems.join('; ')}` })
  }
  return { definition, options: parsed.options as never }
}

/** Makes a plugin. An error of its `create` says whose it is, and keeps the code that it has. */
export async function make<T>(kind: PluginKind, name: string, create: () => T | Promise<T>): Promise<T> {
  try {
    return await create()
  } catch (error) {
    const message = errorText('ERR_PLUGIN_FAILED', { kind, name, reason: messageOf(error) })
    throw new MoodError(codeOf(error) ?? 'ERR_PLUGIN_FAILED', message, { cause: error })
  }
}

/** Makes all the plugins that a worker runs. */
export async function makeInstances(plan: Plan, parts: ContextParts): Promise<Instances> {
  const each = <Kind extends 'format' | 'extractor'>(kind: Kind, specs: PluginSpec[]) =>
    Promise.all(
      specs.map(async spec => {
        const { definition, options } = await prepare(kind, spec, plan.baseDir)
        return make(kind, spec.name, () =>
          definition.create(options, contextFor(kind, spec.name, parts, definition.metrics)),
        )
      }),
    )
  const [formats, scorers, extractors, detector] = await Promise.all([
    each(
      'format',
      plan.sources.map(({ format }) => format),
    ),
    Promise.all(
      plan.scorers.map(async spec => {
        const { definition, options } = await prepare('scorer', spec, plan.baseDir)
        const create = async () =>
          checked(
            await definition.create(options, scorerContext('scorer', spec.name, parts, definition.metrics)),
          )
        return make('scorer', spec.name, create)
      }),
    ),
    each('extractor', plan.extractors),
    plan.languages.detect ? new LanguageDetector(plan.languages.labels) : null,
  ])
  return { formats, scorers, extractors, detector } as Instances
}
