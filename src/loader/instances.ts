import { codeOf, createError, errorText, MoodError } from '../catalogue/errors.ts'
import type { PluginKind } from '../catalogue/plugin-kinds.ts'
import { parseOptions } from '../config/plugin-options.ts'
import { nearest } from '../config/suggest.ts'
import type { PluginContext } from '../plugin/context.ts'
import type { Definitions } from '../plugin/definitions.ts'
import type { FormatContext } from '../plugin/format.ts'
import { MemoryStore } from '../plugin/memory-store.ts'
import { messageOf } from '../plugin/message-of.ts'
import type { MetricDefinitions } from '../plugin/metrics.ts'
import { RecordedMetrics } from '../plugin/recorded-metrics.ts'
import type { Scorer, ScorerContext } from '../plugin/scorer.ts'
import { traitsOf } from '../plugin/scorer-traits.ts'
import { shown } from '../plugin/shown.ts'
import type { TopicRule } from '../plugin/topics.ts'
import { isRankingFormat, loadDefinition } from './load.ts'
import { withPlace } from './place.ts'

/** A plugin in the configuration. Its options are not yet validated. */
export interface PluginUse {
  use: string
  options: Record<string, unknown>
}

/** The parts of a plugin's context. */
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
  /** Reports a declared limit of a plugin that was lowered to the maximum; by default it is logged. */
  clamped?(owner: string, message: string): void
  /** What a plugin records and keeps, by its kind and name. */
  own(owner: string, declared: Declared): Pick<PluginContext, 'metrics' | 'store'>
}

/** The part of a plugin's definition on which its metrics depend. */
export interface Declared {
  readonly name: string
  readonly metrics?: MetricDefinitions
}

/**
 * Makes the context of a plugin.
 *
 * @param definition declares its metrics
 * @throws TypeError if a declared metric cannot be exported
 */
export function contextFor(
  kind: PluginKind,
  name: string,
  { log, signal, baseDir, topics, own }: ContextParts,
  definition: Declared,
): PluginContext {
  const cause = `${kind} ${name}`
  return {
    name,
    signal,
    baseDir,
    topics,
    ...own(cause, definition),
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
  definition: Declared,
): ScorerContext {
  let members = 0
  return {
    ...contextFor(kind, name, parts, definition),
    async scorer({ use, ...options }) {
      const member = `${name}/${members++}`
      const { definition, options: parsed } = await prepare('scorer', { use, options }, parts.baseDir)
      const scorer = await definition.create(parsed, scorerContext(kind, member, parts, definition))
      return checked(scorer, member, parts)
    },
  }
}

/** The same for a format, whose records may contain records of other formats. */
export function formatContext(name: string, parts: ContextParts, definition: Declared): FormatContext {
  let inner = 0
  return {
    ...contextFor('format', name, parts, definition),
    async format(spec) {
      const { use, ...options } = typeof spec === 'string' ? { use: spec } : spec
      const member = `${name}/${inner++}`
      const { definition, options: parsed } = await prepare('format', { use, options }, parts.baseDir)
      if (isRankingFormat(definition))
        throw createError('ERR_CONFIG_INVALID', {
          problem: `${use}: expected a format of posts, not of rankings`,
        })
      return definition.create(parsed, formatContext(member, parts, definition))
    },
  }
}

/**
 * Validates a scorer and returns it. A warning names each declared limit that is lowered to its maximum.
 *
 * @throws TypeError if a scorer is invalid, or declares emotions that cannot become label values
 */
export function checked(scorer: Scorer, name: string, { clamped, log }: ContextParts): Scorer {
  const owner = `scorer ${name}`
  const warn = clamped ?? ((owner, message) => log.write('warn', owner, message))
  for (const message of traitsOf(withMethods('scorer', scorer)).clamped) warn(owner, message)
  return scorer
}

/** A plugin's definition and its validated options. */
export async function prepare<Kind extends PluginKind>(
  kind: Kind,
  { use, options: raw }: PluginUse,
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

/**
 * Creates a plugin. An error of its `create` is prefixed with the plugin and keeps its code; an error without a code
 * gets the place where it was thrown.
 *
 * @param baseDir the folder of the configuration
 */
export async function make<T>(
  kind: PluginKind,
  name: string,
  baseDir: string,
  create: () => T | Promise<T>,
): Promise<T> {
  try {
    return withMethods(kind, await create())
  } catch (error) {
    const code = codeOf(error)
    const reason = code === undefined ? withPlace(messageOf(error), error, baseDir) : messageOf(error)
    const message = errorText('ERR_PLUGIN_FAILED', { kind, name, reason })
    throw new MoodError(code ?? 'ERR_PLUGIN_FAILED', message, { cause: error })
  }
}

/** Metrics and store of a plugin that are neither exported nor stored: in memory, for the life of the instance. */
export const inMemory: ContextParts['own'] = (_owner, { metrics = {} }) => ({
  metrics: new RecordedMetrics(metrics).metrics,
  store: new MemoryStore(),
})

/** The methods of each kind, of which an instance must have one. */
const METHODS: Readonly<Record<PluginKind, readonly string[]>> = {
  source: ['run'],
  format: ['decode'],
  scorer: ['score', 'scoreBatch'],
  extractor: ['extract'],
  output: ['write'],
}

/**
 * The instance that `create` returned.
 *
 * @throws TypeError if it has none of the methods of its kind; suggests a method with a similar name
 */
export function withMethods<T>(kind: PluginKind, instance: T): T {
  const methods = METHODS[kind]
  const expected = `an object with a function ${methods.map(name => `\`${name}\``).join(' or ')}`
  if (typeof instance !== 'object' || instance === null) {
    const hint =
      instance === undefined ? '; an arrow function needs parentheses to return one: `() => ({ … })`' : ''
    throw new TypeError(`expected \`create\` to return ${expected}, got ${shown(instance)}${hint}`)
  }
  if (methods.some(name => typeof (instance as Record<string, unknown>)[name] === 'function')) return instance
  const names = namesOf(instance)
  const [near] = methods.flatMap(method => {
    const similar = nearest(method, names)
    return similar === undefined || similar === method
      ? []
      : [`, got \`${similar}\`: rename it to \`${method}\``]
  })
  throw new TypeError(`expected \`create\` to return ${expected}${near ?? ''}`)
}

/** The property names of an object, including those of its class. */
function namesOf(instance: object): string[] {
  const names: string[] = []
  for (let object = instance; object && object !== Object.prototype; object = Object.getPrototypeOf(object))
    names.push(...Object.getOwnPropertyNames(object).filter(name => name !== 'constructor'))
  return names
}
