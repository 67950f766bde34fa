import { dirname, resolve } from 'node:path'
import { stringify } from 'yaml'
import { type AnyErrorCode, errorText } from '../catalogue/errors.ts'
import { LISTED_KINDS, PLUGIN_KINDS } from '../catalogue/plugin-kinds.ts'
import { alertmanagerProblems } from './alertmanager-schema.ts'
import { DEFAULT_CONFIG } from './default-file.ts'
import { type ConfigDocument, readDocument } from './document.ts'
import { expandEnvironment } from './environment.ts'
import { expectation, explainIssues } from './issues.ts'
import { unknownWindows } from './output-schema.ts'
import { byPlace, formatPath, type Path, type PathProblem, type Problem, quote } from './problem.ts'
import { readWhole, reason } from './read-file.ts'
import { reportProblems } from './report-schema.ts'
import { type Config, configSchema } from './schema.ts'
import { isSecretPath, maskSecrets } from './secrets.ts'
import { slideOf, termSlideOf, windowLabel } from './windows.ts'

export { formatProblem, type Problem } from './problem.ts'

/** A configuration that matches its schema. Its plugins are not loaded, and their options not validated. */
export interface LoadedConfig {
  /** The path as the user gave it. */
  file: string
  /** The folder at which paths in it start. */
  baseDir: string
  config: Config
  /** Makes a problem that was found later, for example with a plugin's options, with its line in the file. */
  problem(path: Path, message: string, code?: AnyErrorCode): Problem
  /** As YAML for people: environment references unexpanded, secrets masked, comments left out. */
  shown: string
  /**
   * The same, with further values masked.
   *
   * @param secretPaths `*` stands for any index or key: `['sources', '*', 'pin']`
   */
  show(secretPaths: readonly (readonly string[])[]): string
}

/** A configuration that does not match its schema. Its plugins can be validated nevertheless. */
export interface ConfigDraft {
  baseDir: string
  /** The sections, valid or not. */
  value: Record<string, unknown>
  problem: LoadedConfig['problem']
}

export type LoadResult =
  | { ok: true; loaded: LoadedConfig }
  | { ok: false; problems: Problem[]; draft?: ConfigDraft }

/** Thousands of keywords fit into a tenth of this. */
const MAX_BYTES = 4 * 2 ** 20

/** How long reading a pipe may take, in milliseconds. */
const READ_MS = 10_000

/** Reads and validates a configuration file. Returns all problems, in the order of the file. */
export async function loadConfig(file: string, env: NodeJS.ProcessEnv = process.env): Promise<LoadResult> {
  const unreadable = (reason: string): LoadResult => {
    const code = 'ERR_CONFIG_UNREADABLE'
    const message = errorText(code, { reason })
    return { ok: false, problems: [{ file, line: 0, column: 0, path: '', message, code }] }
  }
  let bytes: Buffer
  try {
    bytes = await readWhole(file, MAX_BYTES, READ_MS)
  } catch (error) {
    const isDefault = file === DEFAULT_CONFIG && (error as NodeJS.ErrnoException).code === 'ENOENT'
    const where = isDefault ? ` in ${process.cwd()}; name another with --config FILE` : ''
    return unreadable(reason(error) + where)
  }
  if (bytes.length > MAX_BYTES) return unreadable('it is larger than 4MiB')
  try {
    return parseConfig(new TextDecoder('utf-8', { fatal: true }).decode(bytes), file, env)
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return unreadable('it is not valid UTF-8')
    }
    throw error
  }
}

/** The same for a text. Paths in it start at the folder of `file`, which need not exist. */
export function parseConfig(text: string, file: string, env: NodeJS.ProcessEnv = process.env): LoadResult {
  const document = readDocument(text)
  const at = (
    path: Path,
    message: string,
    code: AnyErrorCode = 'ERR_CONFIG_INVALID',
    lineOfText?: number,
  ): Problem => {
    const hint = document.hintAt(path)
    return {
      file,
      ...document.placeOf(path, lineOfText),
      path: formatPath(path),
      message: hint === '' ? message : `${message}; ${hint}`,
      code,
    }
  }
  const syntax = document.problems.map(
    (problem): Problem => ({ file, ...problem, path: '', code: 'ERR_CONFIG_SYNTAX' }),
  )
  if (document.value === undefined) return { ok: false, problems: syntax }

  const validated = validate(document, dirname(resolve(file)), env)
  if ('config' in validated && syntax.length === 0) {
    const show = (secretPaths: readonly (readonly string[])[] = []) =>
      stringify(maskSecrets(document.value, secretPaths), { aliasDuplicateObjects: false, lineWidth: 0 })
    const { config } = validated
    return {
      ok: true,
      loaded: { file, baseDir: dirname(resolve(file)), config, problem: at, shown: show(), show },
    }
  }
  const found =
    'config' in validated
      ? []
      : validated.problems.map(({ path, message, lineOfText }) => at(path, message, undefined, lineOfText))
  const problems = [...syntax, ...found].sort(byPlace)
  const { value } = validated
  return {
    ok: false,
    problems,
    ...(value ? { draft: { baseDir: dirname(resolve(file)), value, problem: at } } : {}),
  }
}

const EMPTY = 'is empty: the least there can be is `sources: [{ use: demo }]`'

function validate(
  document: ConfigDocument,
  baseDir: string,
  env: NodeJS.ProcessEnv,
): { config: Config; value?: never } | { problems: PathProblem[]; value?: Record<string, unknown> } {
  const { value: written } = document
  if (written === null) return { problems: [{ path: [], message: EMPTY }] }
  if (typeof written !== 'object' || Array.isArray(written)) {
    const got = Array.isArray(written) ? 'a list' : 'a single value'
    return { problems: [{ path: [], message: `expected a mapping, such as \`sources: …\`, got ${got}` }] }
  }
  const expanded = expandEnvironment(written, env, document.isQuoted)
  const sections = expanded.value as Record<string, unknown>
  // A section with all lines commented out counts as absent.
  const isPresent = ([key, section]: [string, unknown]) => section !== null || !(key in configSchema.shape)
  const value = withEntries(Object.fromEntries(Object.entries(sections).filter(isPresent)))

  const problems = [...expanded.problems, ...duplicateNames(value)]
  const parsed = configSchema.safeParse(value, { error: expectation })
  if (!parsed.success) {
    // An unresolved reference is one problem, and not an invalid type as well.
    const unresolved = new Set(expanded.problems.map(({ path }) => formatPath(path)))
    const issues = explainIssues(parsed.error, configSchema, value, isSecretPath)
    problems.push(...issues.filter(({ path }) => !unresolved.has(formatPath(path))))
  }
  if (parsed.success)
    problems.push(
      ...tooManySlices(parsed.data),
      ...unknownWindows(parsed.data),
      ...reportProblems(parsed.data, baseDir),
      ...alertmanagerProblems(parsed.data, baseDir),
    )
  return parsed.success && problems.length === 0 ? { config: parsed.data } : { problems, value }
}

/** Windows that could never be complete, as they need more slices than may be open. */
export function tooManySlices({ windows, extractors, limits }: Config): PathProblem[] {
  const check = (size: number, slide: number, lateness: number, path: (string | number)[]): PathProblem[] => {
    const slices = Math.ceil((size + lateness) / slide)
    if (slices <= limits.slices) return []
    const message = `expected at most ${limits.slices} slices (limits.slices), got ${slices} of ${windowLabel(slide)}: let the window slide further`
    return [{ path: [...path, 'size'], message }]
  }
  return [
    ...windows.flatMap((window, i) => check(window.size, slideOf(window), window.lateness, ['windows', i])),
    ...extractors.flatMap(({ windows }, e) =>
      windows.flatMap((window, i) =>
        check(window.size, termSlideOf(window), 0, ['extractors', e, 'windows', i]),
      ),
    ),
  ]
}

/**
 * Entries with the same value of a label. An entry without a `name` is named after its plugin, so a plugin that is
 * used twice without names is a duplicate too.
 */
export function duplicateNames(config: Record<string, unknown>): PathProblem[] {
  return LISTED_KINDS.flatMap(kind => {
    const { section } = PLUGIN_KINDS[kind]
    const entries = config[section]
    if (!Array.isArray(entries)) return []
    const seen = new Set<string>()
    return entries.flatMap((entry: { name?: unknown; use?: unknown } | null, i): PathProblem[] => {
      const name = entry?.name ?? entry?.use
      if (typeof name !== 'string') return []
      if (!seen.has(name)) {
        seen.add(name)
        return []
      }
      const path = entry?.name === undefined ? [section, i] : [section, i, 'name']
      return [
        { path, message: `two ${section} are called ${quote(name)}: give this one a \`name\` of its own` },
      ]
    })
  })
}

/** Expands names in lists of plugins: `scorers: [afinn]` becomes `scorers: [{ use: afinn }]`. */
export function withEntries(config: Record<string, unknown>): Record<string, unknown> {
  const result = { ...config }
  for (const kind of LISTED_KINDS) {
    const { section } = PLUGIN_KINDS[kind]
    const entries = result[section]
    if (Array.isArray(entries))
      result[section] = entries.map((entry: unknown) => (typeof entry === 'string' ? { use: entry } : entry))
  }
  return result
}
