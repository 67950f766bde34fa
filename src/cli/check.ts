import { Command } from 'commander'
import { LISTED_KINDS, PLUGIN_KINDS } from '../catalogue/plugin-kinds.ts'
import type { LoadedConfig, LoadResult } from '../config/load.ts'
import { byPlace, formatProblem, type Problem } from '../config/problem.ts'
import { EXIT } from './errors.ts'
import { print, printError } from './output.ts'

const EXAMPLES = `
Examples:
  $ mood-exporter check                         checks ./mood.yml
  $ mood-exporter check --config prod/mood.yml
  $ mood-exporter check --json | jq .problems   each with file, line, column, path, message and code

Exits with 0 if there is no problem, otherwise with 1. Sources are not started.`

/** \`mood-exporter check\`: validates a configuration and loads its plugins, and starts nothing. */
export function checkCommand(): Command {
  return new Command('check')
    .description('Check a configuration and its plugins, and show every problem.')
    .option('-c, --config <file>', 'the configuration', 'mood.yml')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(check)
}

async function check({ config: file, json = false }: { config: string; json?: boolean }): Promise<void> {
  const { loadConfig } = await import('../config/load.ts')
  const result = await loadConfig(file)
  const problems = result.ok ? await problemsOfPlugins(result.loaded) : await allProblems(result)
  if (problems.length > 0) process.exitCode = EXIT.failure

  if (json) print(JSON.stringify({ ok: problems.length === 0, file, problems }, null, 2))
  else if (result.ok && problems.length === 0) print(`${file} is valid: ${summary(result.loaded)}.`)
  else printError([...problems.map(formatProblem), count(problems.length, 'problem')].join('\n'))
}

/** Those of the configuration, and those of its plugins as far as it could be read, in the order of the file. */
async function allProblems({ problems, draft }: Extract<LoadResult, { ok: false }>): Promise<Problem[]> {
  if (!draft) return problems
  const { validateDraft } = await import('../loader/validate.ts')
  return [...problems, ...(await validateDraft(draft))].sort(byPlace)
}

async function problemsOfPlugins(loaded: LoadedConfig): Promise<Problem[]> {
  const { validatePlugins } = await import('../loader/validate.ts')
  const problems = await validatePlugins(loaded)
  return problems.sort(byPlace)
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`

/** `1 source (tcp), 2 topics, …` */
function summary({ config }: LoadedConfig): string {
  const named = (entries: { name?: string | undefined; use: string }[], what: string) => {
    const names = entries.map(({ name, use }) => name ?? use).join(', ')
    return names === '' ? count(0, what) : `${count(entries.length, what)} (${names})`
  }
  // Outputs are the only plugins that a configuration need not have.
  const [sources, ...others] = LISTED_KINDS.filter(
    kind => kind !== 'output' || config.outputs.length > 0,
  ).map(kind => named(config[PLUGIN_KINDS[kind].section], kind))
  const topics = count(Object.keys(config.topics).length, 'topic')
  return [sources, topics, ...others, count(config.windows.length, 'window')].join(', ')
}
