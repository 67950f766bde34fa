import { statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { closest } from 'fastest-levenshtein'
import { createError, type MoodError } from '../catalogue/errors.ts'
import { isBuiltIn, PLUGIN_KINDS, type PluginKind } from '../catalogue/plugin-kinds.ts'
import type { Definitions, PluginDefinition } from '../plugin/definitions.ts'
import { checkMetricDefinitions } from '../plugin/metric-definitions.ts'
import { OUTPUT_STREAMS } from '../plugin/output.ts'
import { packageFrom } from './hooks.ts'
import { builtInUrl } from './registry.ts'

const isPath = (use: string) => /^(\.{1,2}[/\\]|file:)/.test(use) || isAbsolute(use)

/**
 * The definition that `use:` names: a built-in plugin, a path relative to the configuration, or a package.
 *
 * @throws MoodError ERR_PLUGIN_NOT_FOUND, ERR_PLUGIN_FILE_NOT_FOUND, ERR_PLUGIN_UNLOADABLE or ERR_PLUGIN_INVALID
 */
export async function loadDefinition<Kind extends PluginKind>(
  kind: Kind,
  use: string,
  baseDir: string,
): Promise<Definitions[Kind]> {
  const specifier = locate(kind, use, baseDir)
  let module: { default?: unknown }
  try {
    module = await import(specifier)
  } catch (error) {
    throw importError(kind, use, error)
  }
  const definition = module.default as PluginDefinition | undefined
  const wrong = whatIsWrong(kind, definition)
  if (wrong) throw createError('ERR_PLUGIN_INVALID', { use, problem: wrong })
  return definition as unknown as Definitions[Kind]
}

function locate(kind: PluginKind, use: string, baseDir: string): string {
  if (isBuiltIn(kind, use)) return builtInUrl(kind, use)
  if (!isPath(use)) return packageFrom(use, pathToFileURL(baseDir).href)
  if (use.startsWith('file:')) return use
  const path = resolve(baseDir, use)
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw createError('ERR_PLUGIN_FILE_NOT_FOUND', { path, use })
  return pathToFileURL(path).href
}

function importError(kind: PluginKind, use: string, error: unknown): MoodError {
  const { code, message, stack } = error as NodeJS.ErrnoException
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
  if (missing && !isPath(use) && message.includes(`'${use.split('/')[0]}`)) {
    const near = closest(use, PLUGIN_KINDS[kind].builtIn)
    const hint = near && nearEnough(use, near) ? `, did you mean "${near}"?` : ''
    const more = `, and no package of that name is installed${hint}`
    return createError('ERR_PLUGIN_NOT_FOUND', { kind, use, more })
  }
  // For a module that does not parse, the first line of the stack is where.
  const where = error instanceof SyntaxError ? ` (${stack?.split('\n')[0]})` : ''
  const reason = `${message ?? error}${where}`
  return createError('ERR_PLUGIN_UNLOADABLE', { use, reason }, { cause: error })
}

const nearEnough = (a: string, b: string) =>
  a.slice(0, 2) === b.slice(0, 2) || Math.abs(a.length - b.length) <= 2

function whatIsWrong(kind: PluginKind, definition: PluginDefinition | undefined): string | null {
  if (typeof definition !== 'object' || definition === null) return 'exports no plugin by default'
  if (definition.kind !== kind)
    return `is a ${definition.kind ?? 'plain object'}, where a ${kind} is expected`
  if (typeof definition.name !== 'string' || definition.name === '') return 'has no name'
  if (typeof definition.create !== 'function') return 'has no create function'
  if (typeof definition.options?.safeParse !== 'function')
    return 'has no options: give a zod object, if only z.object({})'
  const { metrics } = definition
  if (metrics !== undefined && (typeof metrics !== 'object' || metrics === null))
    return 'declares `metrics` that are no object'
  try {
    checkMetricDefinitions(metrics ?? {})
  } catch (error) {
    return `declares a metric that cannot be exported: ${(error as Error).message}`
  }
  return definition.kind === 'output' ? whatIsWrongWithTakes(definition.takes) : null
}

function whatIsWrongWithTakes(takes: unknown): string | null {
  const known = OUTPUT_STREAMS.map(stream => `"${stream}"`).join(', ')
  if (!Array.isArray(takes) || takes.length === 0)
    return `does not say what it takes: give \`takes\` a list, of ${known}`
  const other = takes.find(stream => !(OUTPUT_STREAMS as readonly unknown[]).includes(stream))
  return other === undefined ? null : `takes ${JSON.stringify(other)}: expected ${known}`
}
