import { Command } from 'commander'
import { createError, type MoodError } from '../catalogue/errors.ts'
import { quote } from '../config/problem.ts'
import type { PluginDefinition } from '../plugin/definitions.ts'
import { print, table, terminalWidth, wrap } from './output.ts'

const EXAMPLES = `
Examples:
  $ mood-exporter plugins          every built-in plugin by its kind
  $ mood-exporter plugins tcp      the options of the source tcp
  $ mood-exporter plugins --json   all of them with their options, for programs

Your own plugins are used by file (use: ./exclaim.ts) or package, without registration.`

/** `mood-exporter plugins`: lists the built-in plugins and their options. */
export function pluginsCommand(): Command {
  return new Command('plugins')
    .description('List the built-in plugins, or show the options of one.')
    .argument('[name]', 'the plugin whose options to show')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(plugins)
}

async function plugins(name: string | undefined, { json = false }: { json?: boolean }): Promise<void> {
  const { builtInPlugins } = await import('../loader/load.ts')
  const found = await builtInPlugins(name)
  if (name !== undefined && found.length === 0) throw await unknownPlugin(name)
  if (json) return print(JSON.stringify(await Promise.all(found.map(asJson)), null, 2))
  if (name === undefined) return print(list(found))
  print((await Promise.all(found.map(details))).join('\n\n'))
}

async function unknownPlugin(name: string): Promise<MoodError> {
  const { PLUGIN_KINDS } = await import('../catalogue/plugin-kinds.ts')
  const { nearest } = await import('../config/suggest.ts')
  const near = nearest(
    name,
    Object.values(PLUGIN_KINDS).flatMap(({ builtIn }) => builtIn),
  )
  const hint = near === undefined ? '' : `, did you mean "${near}"?`
  return createError('ERR_PLUGIN_NOT_FOUND', { kind: 'plugin', use: quote(name), more: hint })
}

function list(found: PluginDefinition[]): string {
  const kinds = Map.groupBy(found, ({ kind }) => kind)
  // One table, so that the columns of all kinds align.
  const rows = [...kinds].map(([kind, plugins]) => ({
    kind,
    rows: plugins.map(({ name, description }) => [name, description]),
  }))
  const widest = Math.max(...rows.flatMap(({ rows }) => rows.map(([name = '']) => name.length)))
  return rows
    .map(({ kind, rows }) => {
      const padded = rows.map(([name = '', text = '']) => [name.padEnd(widest), text])
      return `${kind}s\n${table(padded, { indent: '  ' })}`
    })
    .join('\n\n')
}

async function details({ kind, name, description, options }: PluginDefinition): Promise<string> {
  const { describeOptions } = await import('../config/describe.ts')
  const { optionsText } = await import('./options-table.ts')
  const intro = wrap(`${name} (${kind}): ${description}`, terminalWidth())
  return [...intro, '', optionsText(describeOptions(options))].join('\n')
}

async function asJson({ kind, name, description, options }: PluginDefinition) {
  const { describeOptions } = await import('../config/describe.ts')
  return { kind, name, description, options: describeOptions(options) }
}
