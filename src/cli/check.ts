import { Command } from 'commander'
import { LISTED_KINDS, PLUGIN_KINDS } from '../catalogue/plugin-kinds.ts'
import { counted } from '../config/counted.ts'
import type { LoadedConfig, LoadResult } from '../config/load.ts'
import { byPlace, ConfigError, formatProblem, formatWarning, type Problem, quote } from '../config/problem.ts'
import { EXIT } from './errors.ts'
import { print, printError } from './output.ts'

const EXAMPLES = `
Examples:
  $ mood-exporter check                         checks ./mood.yml
  $ mood-exporter check --config prod/mood.yml
  $ mood-exporter check --json | jq .problems   each with file, line, column, path, message and code

Exits with 0 if there is no problem, otherwise with 1; warnings do not count. Plugins are created and closed, but do not
read, write or listen.`

/** `mood-exporter check`: validates a configuration and creates its plugins, without running them. */
export function checkCommand(): Command {
  return new Command('check')
    .description('Check a configuration and its plugins, and show every problem.')
    .option('-c, --config <file>', 'the configuration', 'mood.yml')
    .option('--web.config.file <file>', 'the file with TLS and passwords, as for `run`')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(check)
}

interface Found {
  problems: Problem[]
  /** Probable mistakes that `run` accepts. */
  warnings: Problem[]
  /** What was not checked because of the problems, as the beginning of a sentence; undefined if all was. */
  unchecked?: string | undefined
}

interface CheckOptions {
  config: string
  json?: boolean
  'web.config.file'?: string
}

async function check({ config: file, json = false, ...options }: CheckOptions): Promise<void> {
  const { loadConfig } = await import('../config/load.ts')
  const result = await loadConfig(file)
  const found = result.ok
    ? await checkLoaded(result.loaded)
    : { problems: await allProblems(result), warnings: [], unchecked: uncheckedOf(result) }
  const { problems, unchecked } = found
  const webConfig = options['web.config.file']
  if (webConfig !== undefined) problems.push(...(await webConfigProblems(webConfig)))
  if (problems.length > 0) process.exitCode = EXIT.failure

  const warnings = found.warnings.map(({ code: _, ...warning }) => warning)
  if (json) print(JSON.stringify({ ok: problems.length === 0, file, problems, warnings }, null, 2))
  else {
    const lines = [...found.warnings.map(formatWarning), ...problems.map(formatProblem)]
    const rest =
      unchecked === undefined
        ? ''
        : `. ${unchecked} checked after ${problems.length === 1 ? 'it is' : 'these are'} fixed.`
    if (problems.length > 0) lines.push(counted(problems.length, 'problem') + rest)
    if (lines.length > 0) printError(lines.join('\n'))
    if (result.ok && problems.length === 0) print(`${file} is valid: ${summary(result.loaded)}.`)
  }
}

/** The problems of the configuration and of its plugins, as far as it could be read, in the order of the file. */
async function allProblems({ problems, draft }: Extract<LoadResult, { ok: false }>): Promise<Problem[]> {
  if (!draft) return problems
  const { validateDraft } = await import('../loader/validate.ts')
  return [...problems, ...(await validateDraft(draft))].sort(byPlace)
}

/** What cannot be checked in a configuration that does not match its schema. */
function uncheckedOf({ problems, draft }: Extract<LoadResult, { ok: false }>): string | undefined {
  if (draft) return 'Names that refer to other sections, and the plugins themselves, are'
  return problems.some(({ code }) => code === 'ERR_CONFIG_SYNTAX') ? 'Everything else is' : undefined
}

/** What `run` would reject, and probable mistakes, in a configuration that matches its schema. */
async function checkLoaded(loaded: LoadedConfig): Promise<Found> {
  const { validate } = await import('../loader/validate.ts')
  const validation = await validate(loaded)
  if (validation.problems.length > 0)
    return {
      problems: validation.problems.sort(byPlace),
      warnings: [],
      unchecked: 'The plugins themselves are',
    }
  const [{ createPlugins }, { checkPorts }, { unmatchableKeywords }, { topicSpecs }] = await Promise.all([
    import('./create-plugins.ts'),
    import('./check-ports.ts'),
    import('../pipeline/unmatchable.ts'),
    import('../runtime/resolved-config.ts'),
  ])
  const created = await createPlugins(loaded, validation)
  const ports = await checkPorts(loaded, created.listening)
  const keywords = unmatchableKeywords(topicSpecs(loaded.config.topics)).map(
    ({ topic, role, place, not }) => {
      const list = Array.isArray(loaded.config.topics[topic]) ? [] : [role]
      return loaded.problem(
        ['topics', topic, ...list, place],
        `matches no post: every post with it contains ${quote(not)}, which \`not\` excludes`,
      )
    },
  )
  return {
    problems: [...created.problems, ...ports.problems].sort(byPlace),
    warnings: [...created.warnings, ...ports.warnings, ...keywords].sort(byPlace),
  }
}

async function webConfigProblems(file: string): Promise<Problem[]> {
  const { readWebConfig } = await import('../server/web-config.ts')
  try {
    readWebConfig(file)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return [...error.problems]
    throw error
  }
}

/** `1 source (tcp), 2 topics, …` */
function summary({ config }: LoadedConfig): string {
  const named = (entries: { name?: string | undefined; use: string }[], what: string) => {
    const names = entries.map(({ name, use }) => name ?? use).join(', ')
    return names === '' ? counted(0, what) : `${counted(entries.length, what)} (${names})`
  }
  // Only outputs are optional.
  const [sources, ...others] = LISTED_KINDS.filter(
    kind => kind !== 'output' || config.outputs.length > 0,
  ).map(kind => named(config[PLUGIN_KINDS[kind].section], kind))
  const topics = counted(Object.keys(config.topics).length, 'topic')
  return [sources, topics, ...others, counted(config.windows.length, 'window')].join(', ')
}
