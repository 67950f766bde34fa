import { access, constants, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Command, Option } from 'commander'
import { ConfigError } from '../config/problem.ts'
import { reason } from '../config/read-file.ts'
import type { Report } from '../eval/report.ts'
import { EXIT, usageError } from './errors.ts'
import { evalOptions, type WrittenOptions } from './eval-options.ts'
import { refuseNoLanguage } from './language-option.ts'
import type { LogLevel } from './log-levels.ts'
import { print, printError } from './output.ts'

const EXAMPLES = `
FILE is TSV, CSV or JSON (an object per line, as in NDJSON, or an array of objects), plain or compressed (.gz, .zst), with
one post and its label per row or object. Labels are negative, neutral and positive in their usual spellings, in several
languages, or ratings on a scale. Without --scorer and --scores it measures the scorers of the configuration, or the
default ones. A post without a score counts as wrong.

Examples:
  $ mood-exporter eval --data tweets.tsv.gz
  $ mood-exporter eval --data tweets.csv --columns label=airline_sentiment,text=tweet --scorer afinn ./mine.ts
  $ mood-exporter eval --data reviews.tsv --lang ko --scale 1..10 --neutral 5..8 --scorer emoji
  $ mood-exporter eval --data posts.jsonl --map "meh=neutral" "spam=skip" --config mood.yml --html report.html
  $ mood-exporter eval --data tweets.tsv.gz --scorer "{ use: afinn, name: mine, words: { gg: 4 } }" --scorer afinn
  $ mood-exporter eval --data tweets.tsv.gz --scores model=scores.txt --json | jq '.scorers[].macroRecall'

The report contains posts of FILE, those with the worst mistakes; --mistakes 0 leaves them out. docs/scorers.md explains
the measures. Exits with 1 if a scorer failed on a post.`

/** How many of the worst mistakes are shown for each scorer. */
const MISTAKES = 10

interface Options extends WrittenOptions {
  data: string
  scorer?: string[]
  scores?: string[]
  config?: string
  lang?: string
  json?: boolean
  html?: string
  logLevel?: LogLevel
}

/** `mood-exporter eval`: how accurate scorers are on labelled posts. */
export function evalCommand(): Command {
  return new Command('eval')
    .description('Measure the accuracy of scorers on labelled posts.')
    .requiredOption('-d, --data <file>', 'labelled posts')
    .option('-s, --scorer <scorer...>', 'built-in scorers, files, or names of scorers in the configuration')
    .option('--scores <file...>', 'scores from another program, one line for each post; or NAME=FILE')
    .option(
      '-c, --config <file>',
      'the configuration whose scorers, languages, thresholds and limits to use; by default ./mood.yml, if it exists',
    )
    .option(
      '-l, --lang <language>',
      'the language of all posts, such as en, instead of a column or detection',
    )
    .option('--columns <columns>', 'the columns: label,text,lang in order, or label=NAME,text=NAME')
    .addOption(
      new Option(
        '--format <format>',
        "the format of the data; by default from the file's name and first line; ndjson is the same as json",
      ).choices(['tsv', 'csv', 'json', 'ndjson']),
    )
    .option('--encoding <name>', 'the encoding of the data, such as cp949 or latin1; by default UTF-8')
    .option('--map <label=sentiment...>', 'the meaning of other labels: negative, neutral, positive or skip')
    .option('--scale <low..high>', 'the possible ratings; by default those that occur')
    .option('--neutral <low..high>', 'the ratings that are neutral; by default the middle third')
    .option('--sample <posts>', 'measure this number of posts, spread evenly over the file')
    .option('--mistakes <n>', 'how many of the worst mistakes of each scorer to show', String(MISTAKES))
    .option('--json', 'print JSON')
    .option('--html <file>', 'write a report with plots as well')
    .addHelpText('after', EXAMPLES)
    .action((_: unknown, command: Command) => runEval(command.optsWithGlobals()))
}

async function runEval(options: Options): Promise<void> {
  const asked = evalOptions(options)
  refuseNoLanguage(options.lang)
  if (options.html !== undefined) await checkPage(options.html)
  const { DataError } = await import('../eval/data-error.ts')
  let report: Report
  try {
    report = await evaluateFile(options, asked)
  } catch (error) {
    // Each problem has its own line, as in `check`.
    throw error instanceof DataError ? new ConfigError(error.problems) : error
  }
  if (options.json) print(JSON.stringify(report, null, 2))
  else {
    const { reportText } = await import('./eval-text.ts')
    print(reportText(report))
  }
  if (options.html !== undefined) {
    const { reportPage } = await import('../eval/html/page.ts')
    await writeFile(options.html, reportPage(report))
    printError(`wrote ${options.html}`)
  }
  if (report.scorers.some(({ failed }) => failed > 0)) process.exitCode = EXIT.failure
}

async function evaluateFile(options: Options, asked: ReturnType<typeof evalOptions>): Promise<Report> {
  const [
    { openTable },
    { survey: surveyOf },
    { evaluate },
    { readScores },
    { scorersToEvaluate },
    { LanguageDetector },
  ] = await Promise.all([
    import('../eval/open-table.ts'),
    import('../eval/survey.ts'),
    import('../eval/evaluate.ts'),
    import('../eval/scores-file.ts'),
    import('./eval-scorers.ts'),
    import('../pipeline/language.ts'),
  ])
  // Quick checks come first: scorers may take long to load.
  const table = await openTable(options.data, asked.layout)
  const survey = await surveyOf(table, asked.labels)
  const files = await Promise.all((options.scores ?? []).map(readScores))
  for (const [i, { rows }] of files.entries())
    if (rows !== survey.rows)
      throw usageError(
        `expected as many scores as there are posts in ${options.data}, ${survey.rows}, got ${rows} in ${options.scores?.[i]}`,
      )
  const controller = new AbortController()
  const { scorers, config, close } = await scorersToEvaluate(options, controller.signal)
  const candidates = [
    ...scorers.map(({ name, plugin }) => ({ name, scorer: plugin })),
    ...files.map(scores => ({ name: scores.name, scores })),
  ]
  refuseDuplicates(candidates.map(({ name }) => name))
  warnOf(survey, options.data)

  const { Progress } = await import('./progress-line.ts')
  const posts = Math.min(asked.sample ?? survey.posts, survey.posts)
  const progress = new Progress(posts)
  const { languages, sentiment, limits } = config
  try {
    return await evaluate({
      table,
      survey,
      candidates,
      thresholds: sentiment,
      languages: {
        ...(options.lang === undefined ? {} : { fixed: options.lang }),
        detector: languages.detect ? new LanguageDetector(languages.labels) : null,
      },
      timeout: limits.plugin_timeout,
      mistakes: asked.mistakes,
      ...(asked.sample === undefined ? {} : { sample: asked.sample }),
      onProgress: done => progress.show(done),
    })
  } finally {
    progress.end()
    controller.abort()
    await close()
  }
}

/** Whether a page can be written, before hours of measuring. @throws ERR_USAGE */
async function checkPage(file: string): Promise<void> {
  const folder = dirname(file)
  const [page, around] = await Promise.all([file, folder].map(path => stat(path).catch(() => null)))
  if (page?.isDirectory()) throw usageError(`--html: ${file}: it is a folder; name a file`)
  if (!around?.isDirectory()) throw usageError(`--html: ${file}: there is no folder ${folder}`)
  await access(page ? file : folder, constants.W_OK).catch(error => {
    throw usageError(`--html: ${file}: cannot be written: ${reason(error)}`)
  })
}

function refuseDuplicates(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw usageError(
      `two are called "${twice}": name one, as in --scorer "{ use: afinn, name: mine }" or --scores mine=FILE`,
    )
}

/** Warns about posts that were left out. */
function warnOf(
  {
    unreadable,
    firstUnreadable,
    damaged,
    firstDamaged,
  }: Awaited<ReturnType<typeof import('../eval/survey.ts')['survey']>>,
  file: string,
): void {
  for (const { line, problem } of firstUnreadable) printError(`${file}:${line}: left out: ${problem}`)
  if (unreadable > firstUnreadable.length) printError(`${file}: ${unreadable} lines left out in all`)
  const asOthers = damaged === 1 ? '' : `, as are ${damaged} lines in all`
  if (damaged > 0) printError(`${file}:${firstDamaged}: not valid UTF-8${asOthers}`)
}
