import { Argument, Command } from 'commander'
import type { LoadedConfig } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'
import type { CommandContext } from '../plugin/command.ts'
import { EXIT, usageError } from './errors.ts'
import { print, printable } from './output.ts'

const EXAMPLES = `
Examples:
  $ mood-exporter twitter rules           every rule of the app, and whose it is
  $ mood-exporter twitter rules diff      what \`apply\` would change; changes nothing
  $ mood-exporter twitter rules apply     makes ours those of the topics, as a running exporter does by itself
  $ mood-exporter twitter rules clear     removes ours

Rules of others are never changed. Exits with 1 where X refuses a rule.`

interface Options {
  config: string
  source?: string
  json?: boolean
}

/** `mood-exporter twitter`: what the source `twitter` has at X. */
export function twitterCommand(): Command {
  const command = new Command('twitter').description('Show or change what X has of the source `twitter`.')
  command
    .command('rules')
    .description("Show or change the rules of X's filtered stream.")
    .addArgument(
      new Argument('[action]', 'what to do').choices(['list', 'diff', 'apply', 'clear']).default('list'),
    )
    .option('-c, --config <file>', 'the configuration', 'mood.yml')
    .option('--source <name>', 'the source, where the configuration has several')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action((action: string, options: Options) => run('rules', action, options))
  return command
}

async function run(command: string, action: string, { config: file, source, json }: Options): Promise<void> {
  const { readConfig } = await import('./config-file.ts')
  const { ConfigError } = await import('../config/config-error.ts')
  const { parseOptions, splitPlugin } = await import('../config/plugin-options.ts')
  const { loadDefinition } = await import('../loader/load.ts')
  const loaded = await readConfig(file)
  const place = placeOf(loaded, source)
  const { use, name, options: raw } = splitPlugin('source', loaded.config.sources[place] as never)
  const definition = await loadDefinition('source', use, loaded.baseDir)
  const parsed = parseOptions(definition.options, raw, loaded.baseDir, 'source')
  if (!parsed.ok) {
    const problems: Problem[] = parsed.problems.map(({ path, message }) =>
      loaded.problem(['sources', place, ...path], message),
    )
    throw new ConfigError(problems)
  }
  const context = await contextOf(loaded, name ?? definition.name)
  const result = await definition.commands?.[command]?.(action, parsed.options as never, context)
  if (!result) throw usageError(`the source ${use} has no command ${command}`)
  if (result.failed) process.exitCode = EXIT.failure
  print(json ? JSON.stringify(result.data, null, 2) : result.text.split('\n').map(printable).join('\n'))
}

/** The place of the source that is meant. */
function placeOf({ config }: LoadedConfig, wanted: string | undefined): number {
  const places = [...config.sources.entries()]
    .filter(([, { use, name }]) => use === 'twitter' && (wanted ?? name ?? use) === (name ?? use))
    .map(([place]) => place)
  const [place, another] = places
  if (place === undefined)
    throw usageError(
      `the configuration has no source twitter${wanted === undefined ? '' : ` called ${wanted}`}`,
    )
  if (another !== undefined)
    throw usageError('the configuration has several sources twitter: name one by --source')
  return place
}

async function contextOf(loaded: LoadedConfig, name: string): Promise<CommandContext> {
  const { topicSpecs } = await import('../runtime/resolved-config.ts')
  const { createLog } = await import('./log.ts')
  const log = await createLog({ level: 'warn', format: loaded.config.log.format })
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: object) =>
    log[level]({ source: name, ...fields }, message)
  return {
    name,
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    signal: new AbortController().signal,
    baseDir: loaded.baseDir,
    topics: topicSpecs(loaded.config.topics),
  }
}
