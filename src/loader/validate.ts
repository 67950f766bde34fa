import { Worker } from 'node:worker_threads'
import { errorText } from '../catalogue/errors.ts'
import {
  isBuiltIn,
  KINDS,
  LISTED_KINDS,
  PLUGIN_KINDS,
  type PluginKind,
  type PluginKindDeclaration,
  type PluginSection,
} from '../catalogue/plugin-kinds.ts'
import type { ConfigDraft, LoadedConfig } from '../config/load.ts'
import { type PluginEntry, splitPlugin } from '../config/plugin-options.ts'
import type { Problem } from '../config/problem.ts'
import { noteSecrets } from '../config/redact.ts'
import { matches } from '../config/secrets.ts'
import { exportedName, familyName, shapeOf } from '../plugin/metric-definitions.ts'
import { threadStart } from './thread-start.ts'
import { NOTHING_FOUND, type PluginResult, type Question, validateOne } from './validate-thread.ts'

/** How long one plugin's module may take to load, in milliseconds. */
const LOAD_MS = 20_000

export const DEFAULT_FORMAT = 'post'

/** A validated source. Its format is that of its entry, otherwise the plugin's default. */
interface ValidatedSource {
  name: string
  live: boolean
  replayable: boolean
  format: { use: string; options: Record<string, unknown> }
  formatName: string
  /** Whether its records contain rankings instead of posts. */
  rankings: boolean
}

/** The results for the plugins of a configuration, by section and in its order. */
export type ValidationResult = { [Section in PluginSection]: { name: string }[] } & {
  sources: ValidatedSource[]
  problems: Problem[]
  /** The paths of secrets in the configuration. */
  secrets: string[][]
}

/** Loads the plugins of a configuration and validates their options. Nothing is created or started. */
export async function validate(loaded: LoadedConfig): Promise<ValidationResult> {
  const { config, baseDir } = loaded
  const questions = LISTED_KINDS.flatMap(kind => {
    const { section } = PLUGIN_KINDS[kind]
    return config[section].map((entry, i) => questionOf(kind, entry as never, [section, i]))
  })
  const results = await answers(questions, baseDir)
  const inSection = (section: PluginSection) => results.filter((_, i) => questions[i]?.path[0] === section)

  // Only now are the default formats of the sources known.
  const ofSources = inSection('sources')
  const formats = config.sources.map(({ format }, i): Question => {
    if (format !== undefined) return questionOf('format', format, ['sources', i, 'format'])
    return { kind: 'format', use: ofSources[i]?.format ?? DEFAULT_FORMAT, options: {}, path: ['sources', i] }
  })
  const formatResults = await answers(formats, baseDir)

  const named = Object.fromEntries(
    LISTED_KINDS.map(kind => {
      const { section } = PLUGIN_KINDS[kind]
      const found = inSection(section)
      return [
        section,
        config[section].map(({ name }, i) => ({ name: name ?? found[i]?.name ?? `${section}[${i}]` })),
      ]
    }),
  ) as Record<PluginSection, { name: string }[]>
  const all = [...results, ...formatResults]
  const whole = [...all, ...(await innerResults(all, baseDir))]
  const problems = whole
    .flatMap(result => result.problems)
    .map(({ path, message, code }) => loaded.problem(path, message, code))
  problems.push(...metricConflicts([...questions, ...formats], all, loaded))
  problems.push(...duplicates(named, loaded), ...strayScorers(named.scorers, loaded))
  problems.push(...strayRankings(named.sources, formatResults, loaded))
  // Results for plugins that only run elsewhere.
  const secrets = whole.flatMap(({ secrets }) => secrets)
  noteSecrets(config, path => secrets.some(pattern => matches(pattern, path)), baseDir)
  return {
    ...named,
    problems,
    sources: named.sources.map(({ name }, i) => {
      const { use, options } = formats[i] as Question
      return {
        name,
        live: ofSources[i]?.live ?? false,
        replayable: ofSources[i]?.replayable ?? false,
        format: { use, options },
        formatName: formatResults[i]?.name ?? use,
        rankings: formatResults[i]?.ranking ?? false,
      }
    }),
    secrets,
  }
}

/** The maximum depth of plugins within plugins. */
const DEEPEST = 5

/** The results for inner plugins. */
async function innerResults(results: readonly PluginResult[], baseDir: string): Promise<PluginResult[]> {
  const all: PluginResult[] = []
  let outer = results
  for (let depth = 0; depth < DEEPEST && outer.length > 0; depth++) {
    outer = await answers(
      outer.flatMap(({ inner }) => inner),
      baseDir,
    )
    all.push(...outer)
  }
  return all
}

function questionOf<Kind extends PluginKind>(
  kind: Kind,
  entry: PluginEntry[Kind],
  path: (string | number)[],
): Question {
  const { use, options } = splitPlugin<PluginKind>(kind, entry)
  return { kind, use, options, path }
}

function duplicates(named: Record<PluginSection, { name: string }[]>, { problem }: LoadedConfig): Problem[] {
  return Object.entries(named).flatMap(([section, entries]) =>
    entries.flatMap(({ name }, i) =>
      entries.findIndex(other => other.name === name) < i
        ? [problem([section, i], `two ${section} are called "${name}": give this one a \`name\` of its own`)]
        : [],
    ),
  )
}

/** Metrics of two plugins with the same name, which would collide. */
function metricConflicts(
  questions: Question[],
  results: PluginResult[],
  { problem }: LoadedConfig,
): Problem[] {
  const first = new Map<string, { shared: string; path: Question['path'] }>()
  return questions.flatMap(({ kind, path }, i) => {
    const { name: plugin = '', metrics = {} } = results[i] as PluginResult
    return Object.entries(metrics).flatMap(([metric, definition]) => {
      const name = exportedName(plugin, metric, definition)
      const shared = JSON.stringify([kind, shapeOf(definition), definition.help])
      const known = first.get(familyName(name))
      if (!known) first.set(familyName(name), { shared, path })
      if (!known || known.shared === shared) return []
      const [section, place] = known.path
      return [
        problem(
          path,
          `its metric ${name} is also one of the plugin of ${section}[${place}], which is of another kind or declares it otherwise: rename a plugin or its metric`,
        ),
      ]
    })
  })
}

/** Names of scorers that are not configured. */
function strayScorers(scorers: { name: string }[], { config, problem }: LoadedConfig): Problem[] {
  const alert = typeof config.alert === 'object' ? config.alert.scorer : undefined
  const named: [path: (string | number)[], scorer: string | undefined][] = [
    [['alert', 'scorer'], alert],
    ...config.reports.map(({ scorer }, i): [(string | number)[], string | undefined] => [
      ['reports', i, 'scorer'],
      scorer,
    ]),
  ]
  const names = scorers.map(({ name }) => name)
  return named.flatMap(([path, scorer]) =>
    scorer === undefined || names.includes(scorer)
      ? []
      : [problem(path, `no scorer is called "${scorer}"; there is ${names.join(', ')}`)],
  )
}

/** Names of sources without rankings, where rankings are required. */
function strayRankings(
  sources: { name: string }[],
  formats: PluginResult[],
  { config, problem }: LoadedConfig,
): Problem[] {
  const named: [path: (string | number)[], source: string | undefined][] = [
    ...Object.entries(config.topics).map(([topic, rule]): [(string | number)[], string | undefined] => [
      ['topics', topic, 'from'],
      Array.isArray(rule) ? undefined : rule.from,
    ]),
    ...config.reports.flatMap(({ rankings = [] }, i) =>
      rankings.map((source, place): [(string | number)[], string] => [
        ['reports', i, 'rankings', place],
        source,
      ]),
    ),
  ]
  const names = sources.map(({ name }) => name).filter((_, i) => formats[i]?.ranking)
  const there =
    names.length === 0 ? 'the format of none has rankings' : `those with rankings are ${names.join(', ')}`
  return named.flatMap(([path, source]) => {
    // A source that could not be loaded is reported separately.
    const place = sources.findIndex(({ name }) => name === source)
    const isUnknown = place >= 0 && formats[place]?.name === undefined
    return source === undefined || names.includes(source) || isUnknown
      ? []
      : [problem(path, `no source with rankings is called "${source}"; ${there}`)]
  })
}

/** The plugin problems of a configuration that does not match its schema, so that all problems are shown at once. */
export async function validateDraft({ baseDir, value, problem }: ConfigDraft): Promise<Problem[]> {
  const questions = KINDS.flatMap(kind => {
    const { section, key }: PluginKindDeclaration = PLUGIN_KINDS[kind]
    const entries = value[section]
    if (!Array.isArray(entries)) return []
    return entries.flatMap((entry: unknown, i): Question[] => {
      const named = key === undefined ? entry : (entry as Record<string, unknown> | null)?.[key]
      const path = key === undefined ? [section, i] : [section, i, key]
      return isPluginEntry(kind, named) ? [questionOf(kind, named as never, path)] : []
    })
  })
  const results = await answers(questions, baseDir)
  return [...results, ...(await innerResults(results, baseDir))]
    .flatMap(({ problems }) => problems)
    .map(({ path, message, code }) => problem(path, message, code))
}

/** Whether it names a plugin: an entry by `use`, a format also by its name alone. */
function isPluginEntry(kind: PluginKind, value: unknown): boolean {
  if (typeof value === 'string') return kind === 'format'
  return typeof (value as { use?: unknown } | null | undefined)?.use === 'string'
}

/** Built-in plugins are validated here, all others in a thread of their own. */
async function answers(questions: Question[], baseDir: string): Promise<PluginResult[]> {
  const foreign = questions.filter(({ kind, use }) => !isBuiltIn(kind, use))
  const found = foreign.length > 0 ? await answersOfThread(foreign, baseDir) : []
  return Promise.all(
    questions.map(question => found[foreign.indexOf(question)] ?? validateOne(question, baseDir)),
  )
}

/** Validates plugins in a thread, since loading a module runs it, and it may never end. */
async function answersOfThread(questions: Question[], baseDir: string): Promise<PluginResult[]> {
  const results: PluginResult[] = []
  while (results.length < questions.length) {
    const rest = questions.slice(results.length)
    const failure = await ask(rest, baseDir, result => results.push(result))
    const stuck = questions[results.length]
    if (failure === null || !stuck) break
    results.push({
      ...NOTHING_FOUND,
      problems: [
        {
          path: [...stuck.path, 'use'],
          message: errorText('ERR_PLUGIN_UNLOADABLE', { use: stuck.use, reason: failure }),
          code: 'ERR_PLUGIN_UNLOADABLE',
        },
      ],
    })
  }
  return results
}

/** Resolves to null once all are validated, otherwise to the reason why the thread ended during one. */
function ask(
  questions: Question[],
  baseDir: string,
  answer: (result: PluginResult) => void,
): Promise<string | null> {
  const data = { role: 'validate', questions, baseDir }
  const { url, workerData } = threadStart('src/loader/validate-thread', data)
  const thread = new Worker(url, { workerData })
  return new Promise(resolve => {
    let left = questions.length
    let timer: NodeJS.Timeout
    const wait = () => {
      clearTimeout(timer)
      timer = setTimeout(() => end(`it has not finished within ${LOAD_MS / 1000} s`), LOAD_MS)
    }
    const end = (failure: string | null) => {
      clearTimeout(timer)
      resolve(failure)
      void thread.terminate()
    }
    thread.on('message', (result: PluginResult) => {
      answer(result)
      wait()
      if (--left === 0) end(null)
    })
    thread.on('error', error => end(`it ended its thread: ${error.message}`))
    thread.on('exit', () => end('it ended its thread'))
    wait()
  })
}
