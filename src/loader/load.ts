import { existsSync, statSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createError, type MoodError } from '../catalogue/errors.ts'
import { isBuiltIn, KINDS, PLUGIN_KINDS, type PluginKind } from '../catalogue/plugin-kinds.ts'
import { quote } from '../config/problem.ts'
import { nearest } from '../config/suggest.ts'
import type { Definitions, PluginDefinition } from '../plugin/definitions.ts'
import { messageOf } from '../plugin/message-of.ts'
import { checkMetricDefinitions } from '../plugin/metric-definitions.ts'
import { OUTPUT_STREAMS } from '../plugin/output.ts'
import type { RankingFormatDefinition } from '../plugin/ranking.ts'
import { packageFrom } from './hooks.ts'
import { withPlace } from './place.ts'
import { builtInUrl } from './registry.ts'

const isPath = (use: string) => /^(?:\.{1,2}(?:[/\\]|$)|file:)/.test(use) || isAbsolute(use)

/**
 * The definition of the plugin in `use:`: a built-in name, a path relative to the configuration, or a package.
 *
 * @throws MoodError ERR_PLUGIN_NOT_FOUND, ERR_PLUGIN_FILE_NOT_FOUND, ERR_PLUGIN_UNLOADABLE or ERR_PLUGIN_INVALID
 */
export async function loadDefinition<Kind extends PluginKind>(
  kind: Kind,
  use: string,
  baseDir: string,
): Promise<Definitions[Kind]> {
  const specifier = locate(kind, use, baseDir)
  let definition: PluginDefinition | undefined
  let wrong: string | null
  try {
    definition = (await import(specifier)).default
    wrong = whatIsWrong(kind, definition)
  } catch (error) {
    throw importError(kind, use, error, baseDir)
  }
  if (wrong) throw createError('ERR_PLUGIN_INVALID', { use, problem: wrong })
  return definition as unknown as Definitions[Kind]
}

/** The definitions of all built-in plugins, or of those with one name, by kind and name. */
export async function builtInPlugins(name?: string): Promise<PluginDefinition[]> {
  const wanted = KINDS.flatMap(kind =>
    PLUGIN_KINDS[kind].builtIn
      .filter(builtIn => name === undefined || builtIn === name)
      .map(builtIn => ({ kind, builtIn })),
  )
  return Promise.all(wanted.map(({ kind, builtIn }) => builtInPlugin(kind, builtIn)))
}

const builtInPlugin = async (kind: PluginKind, name: string) =>
  ({ ...(await loadDefinition(kind, name, process.cwd())), kind }) as PluginDefinition

/** Whether the records of a format contain rankings instead of posts. */
export const isRankingFormat = (definition: Definitions['format']): definition is RankingFormatDefinition =>
  'ranking' in definition && definition.ranking === true

const notFound = (kind: PluginKind, use: string, more: string) =>
  createError('ERR_PLUGIN_NOT_FOUND', { kind, use: quote(use), more })

function locate(kind: PluginKind, use: string, baseDir: string): string {
  if (isBuiltIn(kind, use)) return builtInUrl(kind, use)
  if (isPath(use)) return pathToFileURL(fileAt(use, baseDir)).href
  if (/^[a-z][a-z0-9+.-]*:/i.test(use))
    throw notFound(kind, use, ', and it is neither the path of a file nor the name of a package')
  return packageFrom(use, pathToFileURL(baseDir).href)
}

/** The file that `use` names. @throws MoodError if there is none */
function fileAt(use: string, baseDir: string): string {
  let path: string
  let more = ''
  try {
    path = use.startsWith('file:') ? fileURLToPath(use) : resolve(baseDir, use)
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path
    more = endingHintFor(path, baseDir)
  } catch {
    path = 'that can be read'
  }
  throw createError('ERR_PLUGIN_FILE_NOT_FOUND', { path, use: quote(use), more })
}

function importError(kind: PluginKind, use: string, error: unknown, baseDir: string): MoodError {
  const { code, message } = (error ?? {}) as NodeJS.ErrnoException
  if (!isPath(use)) {
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    const isName = /^[\w.~@-]/.test(use)
    if (
      code === 'ERR_INVALID_MODULE_SPECIFIER' ||
      (isMissing && (!isName || message.includes(`'${use.split('/')[0]}`)))
    ) {
      return notFound(kind, use, `, and no package of that name is installed${nameHint(kind, use, baseDir)}`)
    }
    if (code === 'ERR_PACKAGE_PATH_NOT_EXPORTED')
      return notFound(kind, use, ', and its package is installed, but exports nothing of that name')
  }
  const reason = importFailure(error, baseDir)
  return createError('ERR_PLUGIN_UNLOADABLE', { use, reason }, { cause: error })
}

/** A suggestion for a name that is neither built in nor installed. */
function nameHint(kind: PluginKind, use: string, baseDir: string): string {
  const isFile = /\.[cm]?[jt]s$/.test(use)
  if (isFile && !use.includes('\0'))
    return statSync(resolve(baseDir, use), { throwIfNoEntry: false })?.isFile()
      ? `: the path of a file starts with "./", write ${quote(`./${use}`)}`
      : `: the path of a file starts with "./" or "../", relative to the configuration`
  const other = KINDS.find(other => isBuiltIn(other, use))
  if (other !== undefined) return `: "${use}" is ${withArticle(other)}`
  const near = nearest(use, PLUGIN_KINDS[kind].builtIn)
  return near === undefined ? '' : `, did you mean "${near}"?`
}

/** File extensions that Node.js runs, in the order in which they are suggested. */
const ENDINGS = ['.ts', '.js', '.mts', '.mjs', '.cts', '.cjs', '.json']

/** Why a plugin's module could not be imported, where in its code, and a hint for the usual mistakes. */
function importFailure(error: unknown, baseDir: string): string {
  const message = messageOf(error)
  const { code } = (error ?? {}) as NodeJS.ErrnoException
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_UNSUPPORTED_DIR_IMPORT')
    return message + endingHint(message)
  if (!(error instanceof SyntaxError)) return withPlace(message, error, baseDir)
  // For a syntax error, the first line of the stack is the place.
  const where = ` (${error.stack?.split('\n')[0]})`
  const [, missing] = /does not provide an export named '(\w+)'/.exec(message) ?? []
  if (missing === undefined) return message + where
  return `${message}${where}: correct the name or, if ${missing} is a type, import it with \`import type\``
}

/**
 * A hint for a path without a file, if there is one with another extension: `./words` or `./words.js` for
 * `./words.ts`.
 */
function endingHint(message: string): string {
  const [, missing = '', importer = ''] = /'([^']+)'.* imported from (.+)$/s.exec(message) ?? []
  if (!missing.startsWith('/') && !missing.startsWith('file:')) return ''
  return endingHintFor(missing.startsWith('file:') ? fileURLToPath(missing) : missing, dirname(importer))
}

/**
 * The same for the absolute path.
 * @param from the folder from which the suggested path starts, if the file is in it
 */
function endingHintFor(path: string, from: string): string {
  const stem = path.replace(/\.[cm]?js$/, '')
  const found = [
    ...ENDINGS.map(ending => stem + ending),
    ...ENDINGS.map(ending => `${path}/index${ending}`),
  ].find(file => existsSync(file))
  if (found === undefined) return ''
  const folder = `${resolve(from)}/`
  return `: write the file's ending, "${found.startsWith(folder) ? `./${found.slice(folder.length)}` : found}"`
}

const withArticle = (noun: string) => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`

function whatIsWrong(kind: PluginKind, definition: PluginDefinition | undefined): string | null {
  if (typeof definition !== 'object' || definition === null) return 'has no plugin as its default export'
  if (definition.kind !== kind)
    return `is ${withArticle(definition.kind ?? 'plain object')}, where ${withArticle(kind)} is expected`
  if (typeof definition.name !== 'string' || definition.name === '') return 'has no name'
  if (typeof definition.create !== 'function') return 'has no create function'
  if (typeof definition.options?.safeParse !== 'function')
    return 'has no options: give a zod object, if only z.object({})'
  // Schemas of other zod versions have no `_zod`: their defaults, units and secrets cannot be read.
  if (!('_zod' in definition.options) && '_def' in definition.options)
    return 'has `options` of another version of zod: use the `z` that "mood-exporter/plugin" exports'
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
