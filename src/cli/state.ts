import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { counted } from '../config/counted.ts'
import type { CheckResult, StoreSummary } from '../runtime/checkpoints/store/summary.ts'
import { EXIT, usageError } from './errors.ts'
import { print, printable, printError, table } from './output.ts'

const EXAMPLES = `
Examples:
  $ mood-exporter state show ./state            the content of a directory
  $ mood-exporter state show ./state --json | jq .positions
  $ mood-exporter state check ./state           reads everything, and reports damage

Both are read-only, and work while an exporter runs. DIR is the configuration's state.dir.`

/** \`mood-exporter state\`: shows the content of a state directory, and checks it for damage. */
export function stateCommand(): Command {
  const command = new Command('state')
    .description('Show or check the content of a state directory.')
    .addHelpText('after', EXAMPLES)
  command
    .command('show')
    .description('Show the content of a state directory.')
    .argument('<dir>', "the configuration's state.dir")
    .option('--json', 'print the result as JSON')
    .action(show)
  command
    .command('check')
    .description('Check a state directory for damage. Exits with 1 if there is any.')
    .argument('<dir>', "the configuration's state.dir")
    .option('--json', 'print the result as JSON')
    .action(check)
  return command
}

async function show(dir: string, { json = false }: { json?: boolean }): Promise<void> {
  requireState(dir)
  const { summarise } = await import('../runtime/checkpoints/store/summary.ts')
  const summary = summarise(dir)
  print(json ? JSON.stringify(summary, null, 2) : text(summary))
}

async function check(dir: string, { json = false }: { json?: boolean }): Promise<void> {
  requireState(dir)
  const store = await import('../runtime/checkpoints/store/summary.ts')
  const result = store.check(dir)
  if (!result.ok) process.exitCode = EXIT.failure
  if (json) print(JSON.stringify(result, null, 2))
  else if (result.ok) print(`${dir} is whole: ${checked(result)}.`)
  else printError(result.problems.map(problem => `${dir}: ${printable(problem)}`).join('\n'))
}

/** @throws MoodError ERR_USAGE that says what is there instead, and what to write */
function requireState(dir: string): void {
  if (existsSync(join(dir, 'state.db'))) return
  const found = statSync(dir, { throwIfNoEntry: false })
  if (!found) throw usageError(`there is no directory ${dir}: give the one that \`state.dir\` names`)
  if (!found.isDirectory()) throw usageError(`${dir} is a file: give the directory with the file state.db`)
  throw usageError(
    `there is no state.db in ${dir}: give the directory that \`state.dir\` names, or run the exporter first`,
  )
}

const checked = ({ epoch, rows }: CheckResult) =>
  epoch === null ? 'no epoch is committed' : `${counted(rows, 'row')} up to epoch ${epoch}`

function text(summary: StoreSummary): string {
  const { epoch, at, posts, windows, terms, rankings, positions, plugins, outbox } = summary
  const last = epoch === null ? 'none' : `${epoch}, of ${time(at)}`
  const rows: [string, string][] = [
    ['directory', `${summary.dir}${summary.inUse ? ' (an exporter has it open)' : ''}`],
    [
      'size',
      `${size(summary.bytes)}, ${size(summary.freeBytes)} of it free, and a log of ${size(summary.logBytes)}`,
    ],
    ['last epoch', `${last}; ${summary.pendingEpochs} not compacted`],
    ['posts by source', list(Object.entries(posts.source).map(([name, n]) => `${name} ${n}`))],
    ['scored by topic', list(Object.entries(posts.topic).map(([name, n]) => `${name} ${n}`))],
    ['windows', list(windows.map(({ window, closedUntil }) => `${window} until ${time(closedUntil)}`))],
    [
      'terms',
      list(
        terms.map(({ extractor, window, parts }) => `${extractor} in ${window}: ${counted(parts, 'part')}`),
      ),
    ],
    [
      'rankings',
      list(
        rankings.map(
          ({ source, snapshots, latest }) =>
            `${source}: ${counted(snapshots, 'list')}${latest === null ? '' : `, the latest of ${time(latest)}`}`,
        ),
      ),
    ],
    ['seen ids', summary.idsBytes === 0 ? 'none' : size(summary.idsBytes)],
    ...positions.map(({ source, partition, position }): [string, string] => [
      'position',
      `${source}${partition === '' ? '' : ` ${partition}`}: ${JSON.stringify(position)}`,
    ]),
    ...Object.entries(plugins).map(([plugin, keys]): [string, string] => [
      'plugin store',
      `${plugin}: ${list(keys)}`,
    ]),
    ['outbox', list(Object.entries(outbox).map(([output, n]) => `${output}: ${counted(n, 'event')}`))],
  ]
  return table(rows.map(([name, value]) => [name, printable(value)]))
}

const list = (items: string[]) => (items.length === 0 ? 'none' : items.join(', '))
const time = (at: number | null) => (at === null ? 'never' : new Date(at).toISOString())
const size = (bytes: number) =>
  bytes < 2 ** 20 ? `${(bytes / 2 ** 10).toFixed(0)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`
