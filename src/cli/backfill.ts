import { resolve } from 'node:path'
import { Command } from 'commander'
import { counted } from '../config/counted.ts'
import { summary } from './backfill-summary.ts'
import { EXIT, usageError } from './errors.ts'
import { print, printError } from './output.ts'
import { ProgressLine } from './progress-line.ts'
import { VERSION } from './version.ts'

const EXAMPLES = `
Reads the sources from their start to their end, and counts posts by the time they were written. The result is
OpenMetrics files, which promtool converts to blocks of Prometheus. After an interruption, run it again to continue.

Sources must be able to start from the beginning, as files can. A source without an end, such as a Kafka topic, counts
as read when no record arrives for --idle.

Examples:
  $ mood-exporter backfill --config archive.yml --out past
  $ mood-exporter backfill --config archive.yml --out past --step 1m --since 2026-01-01 --until 2026-02-01
  $ for file in past/*.om; do promtool tsdb create-blocks-from openmetrics --max-block-duration=162h "$file" data; done

docs/backfill.md shows all steps from the archive of a Twitter account to its dashboard, with recording rules.`

/** A step divides the shortest block of Prometheus, and must not exceed the time for which a sample is valid. */
const STEP = { divides: 7_200_000, least: 1000, most: 300_000 }

interface Options {
  config: string
  out: string
  step: string
  since?: string
  until?: string
  job: string
  instance: string
  idle: string
  logLevel?: string
}

/** `mood-exporter backfill`: writes the history of replayable sources as OpenMetrics with timestamps. */
export function backfillCommand(): Command {
  return new Command('backfill')
    .description('Write the history of sources as files for Prometheus.')
    .option('-c, --config <file>', 'the configuration', 'mood.yml')
    .requiredOption('-o, --out <folder>', 'the folder for the files; created if it does not exist')
    .option('--step <duration>', 'time between two samples, from 1s to 5m', '5m')
    .option('--since <date>', 'the first day of samples, from 00:00 UTC, such as 2026-01-01')
    .option(
      '--until <date>',
      'the end of samples: 00:00 UTC of that day, which is not included, such as 2026-02-01 for all of January',
    )
    .option('--job <name>', 'the label `job` of all series', 'mood-exporter')
    .option('--instance <name>', 'the label `instance` of all series', 'backfill')
    .option('--idle <duration>', 'how long to wait for further records of an endless source', '30s')
    .addHelpText('after', EXAMPLES)
    .action((_: unknown, command: Command) => run(command.optsWithGlobals()))
}

async function run(options: Options): Promise<void> {
  const [{ backfill }, { loadConfig }, { createLog }] = await Promise.all([
    import('../runtime/backfill/backfill.ts'),
    import('../config/load.ts'),
    import('./log.ts'),
  ])
  const step = await durationOf('--step', options.step)
  if (step < STEP.least || step > STEP.most || STEP.divides % step !== 0)
    throw usageError(
      `--step: expected a duration from 1s to 5m that divides 2h, such as 1m, got ${options.step}`,
    )
  const idleMs = await durationOf('--idle', options.idle)
  const since = dateOf('--since', options.since)
  const until = dateOf('--until', options.until)
  if (since !== undefined && until !== undefined && until <= since)
    throw usageError(`--until: expected a date after --since, ${options.since}, got ${options.until}`)
  const dir = resolve(options.out)
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const progress = new ProgressLine()
  const result = await backfill({
    load: () => loadConfig(options.config),
    dir,
    step,
    since,
    until,
    job: options.job,
    instance: options.instance,
    idleMs,
    version: VERSION,
    log: await createLog({ level: (options.logLevel ?? 'warn') as 'warn', format: 'auto' }),
    signal: stopping.signal,
    reading: posts =>
      progress.show(
        elapsed =>
          `read ${counted(posts, 'post')}, ${Math.round((1000 * posts) / elapsed).toLocaleString('en')} a second`,
      ),
    writing: part => progress.show(() => `wrote ${Math.floor(100 * part)} %`),
  })
  progress.end()
  if (!result.complete) {
    printError(`stopped after ${counted(result.posts, 'post')}: run it again to continue`)
    process.exitCode = EXIT.failure
    return
  }
  print(summary(result, options.out, { since, until }))
}

async function durationOf(option: string, text: string): Promise<number> {
  const { duration } = await import('../plugin/options.ts')
  const parsed = duration().safeParse(text)
  if (!parsed.success) throw usageError(`${option}: ${parsed.error.issues[0]?.message}, got ${text}`)
  return parsed.data
}

function dateOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw usageError(`${option}: expected a date such as 2026-01-31, got ${text}`)
  return at
}
