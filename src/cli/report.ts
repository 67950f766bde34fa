import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { usageError } from './errors.ts'
import { print, printable, printError } from './output.ts'

const EXAMPLES = `
Without --now it prints the last scheduled report.

Examples:
  $ mood-exporter report --config mood.yml                 the last scheduled report
  $ mood-exporter report --now --config mood.yml           the same, up to now
  $ mood-exporter report --now --name weekly --format markdown
  $ mood-exporter report --now --format json | jq '.topics[].net'

It only reads the directory state.dir, also while an exporter runs. Nothing is sent.`

interface Options {
  config: string
  now?: boolean
  name?: string
  format: 'text' | 'markdown' | 'json'
}

/** `mood-exporter report`: prints a report. */
export function reportCommand(): Command {
  return new Command('report')
    .description('Print a report of what the exporter has counted.')
    .option('-c, --config <file>', 'the configuration', 'mood.yml')
    .option('--now', 'report on the time up to now instead of the last scheduled report')
    .option('-n, --name <name>', 'which report of the section `reports`; by default the first')
    .addOption(
      new Option('-f, --format <format>', 'the output format')
        .choices(['text', 'markdown', 'json'])
        .default('text'),
    )
    .addHelpText('after', EXAMPLES)
    .action(report)
}

async function report({ config: file, now = false, name, format }: Options): Promise<void> {
  const [{ loadConfig }, { prepare }, { readState }, { buildReport }, { Schedule }, { INCIDENTS, REPORTS }] =
    await Promise.all([
      import('../config/load.ts'),
      import('../runtime/reload/prepare.ts'),
      import('../runtime/checkpoints/store/summary.ts'),
      import('../runtime/reports/build.ts'),
      import('../config/schedule.ts'),
      import('../runtime/checkpoints/kept.ts'),
    ])
  const { resolved } = await prepare(() => loadConfig(file), null)
  const spec = resolved.reports.find(report => name === undefined || report.name === name)
  if (!spec) {
    const names = resolved.reports.map(({ name }) => name).join(', ')
    throw usageError(
      names === ''
        ? `${file} has no section \`reports\``
        : `no report is called "${name}"; there is ${names}`,
    )
  }
  if (!resolved.state) throw usageError(`${file} has no \`state\`: what it counts is not stored`)
  const { dir } = resolved.state
  if (!existsSync(join(dir, 'state.db'))) throw usageError(`${dir} holds no state: run the exporter first`)
  const { state, kept } = readState(dir)
  if (!state.history)
    throw usageError(`${dir} holds nothing for reports: run the exporter with the section \`reports\` first`)
  const [last, before] = new Schedule(spec.cron, spec.timeZone).last(2, Date.now())
  const at = now ? Date.now() : (last ?? Date.now())
  // A report up to now has the length of a scheduled one.
  const usual = last !== undefined && before !== undefined ? last - before : null
  const made = buildReport(
    now ? { ...spec, period: spec.period ?? usual } : spec,
    at,
    {
      state,
      incidents: resolved.alertmanager ? ((kept(REPORTS, INCIDENTS) ?? []) as never) : null,
    },
    now || !resolved.hasPosts || state.watermarks.latest >= at,
    now,
    reason => printError(`The template of ${spec.name} cannot write it: ${printable(reason)}`),
  )
  print(format === 'json' ? JSON.stringify(made, null, 2) : made[format])
}
