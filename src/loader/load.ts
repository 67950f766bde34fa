import { statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { closest } from 'fastest-levenshtein'
import { MoodError } from '../catalogue/errors.ts'
import type { ExtractorDefinition } from '../plugin/extractor.ts'
import type { FormatDefinition } from '../plugin/format.ts'
import type { ScorerDefinition } from '../plugin/scorer.ts'
import type { SourceDefinition } from '../plugin/source.ts'
import { packageFrom } from './hooks.ts'
import { isShipped, type PluginKind, SHIPPED, shippedUrl } from './registry.ts'

export interface Definitions {
  source: SourceDefinition
  format: FormatDefinition
  scorer: ScorerDefinition
  extractor: ExtractorDefinition
}

export type PluginDefinition = { [Kind in PluginKind]: Definitions[Kind] & { kind: Kind } }[PluginKind]

const isPath = (use: string) => /^(\.{1,2}[/\\]|file:)/.test(use) || isAbsolute(use)

/**
 * The definition that `use:` names: a shipped plugin, a path relative to the configuration, or a package.
 *
 * @throws MoodError ERR_PLUGIN_NOT_FOUND, ERR_PLUGIN_FAILED (its module throws) or ERR_PLUGIN_INVALID
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
  if (wrong) throw new MoodError('ERR_PLUGIN_INVALID', `${use}: ${wrong}`)
  return definition as unknown as Definitions[Kind]
}

function locate(kind: PluginKind, use: string, baseDir: string): string {
  if (isShipped(kind, use)) return shippedUrl(kind, use)
  if (!isPath(use)) return packageFrom(use, pathToFileURL(baseDir).href)
  if (use.startsWith('file:')) return use
  const path = resolve(baseDir, use)
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new MoodError(
      'ERR_PLUGIN_NOT_FOUND',
      `no file ${path} (from "${use}", relative to the configuration)`,
    )
  }
  return pathToFileURL(path).href
}

function importError(kind: PluginKind, use: string, error: unknown): MoodError {
  const { code, message, stack } = error as NodeJS.ErrnoException
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
  if (missing && !isPath(use) && message.includes(`'${use.split('/')[0]}`)) {
    const near = closest(use, SHIPPED[kind])
    const hint = near && nearEnough(use, near) ? `, did you mean "${near}"?` : ''
    return new MoodError(
      'ERR_PLUGIN_NOT_FOUND',
      `no ${kind} "${use}" is shipped, and no package of that name is installed${hint}`,
    )
  }
  // For a module that does not parse, the first line of the stack is where.
  const where = error instanceof SyntaxError ? ` (${stack?.split('\n')[0]})` : ''
  return new MoodError(
    'ERR_PLUGIN_FAILED',
    `${use} failed while it was loaded: ${message ?? error}${where}`,
    { cause: error },
  )
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
  return null
}
