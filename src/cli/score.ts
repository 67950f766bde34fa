import { createInterface } from 'node:readline'
import { Command } from 'commander'
import type { TextResult } from './dry-run.ts'
import { EXIT, usageError } from './errors.ts'
import { refuseNoLanguage } from './language-option.ts'
import type { LogLevel } from './log-levels.ts'
import { print, printable, table } from './output.ts'

const EXAMPLES = `
Each TEXT is a post. Without one, or with "-", each line of standard input is a post. Without --config it uses
./mood.yml or, if that does not exist, the default scorers and extractors; standard error says which.

Examples:
  $ mood-exporter score "I love the new galaxy s26! 🎉 #unboxing"
  $ mood-exporter score --config mood.yml --lang ko "정말 좋아요 😍"
  $ mood-exporter score --explain "not bad at all"         the contribution of each word
  $ mood-exporter score --json - < tweets.txt | jq .scores`

/** `mood-exporter score`: shows the results of scorers and extractors for texts. */
export function scoreCommand(): Command {
  return new Command('score')
    .description('Try the scorers and extractors on a text, or on each line of standard input.')
    .argument('[text...]', 'posts to score; "-" for standard input')
    .option('-c, --config <file>', 'the configuration whose plugins, topics and languages to use')
    .option('-l, --lang <language>', 'the language of the posts, such as en, instead of detecting it')
    .option('--explain', 'show the words that contributed to each score')
    .option('--json', 'print a line of JSON for each post')
    .addHelpText('after', EXAMPLES)
    .action((texts: string[], _: unknown, command: Command) => score(texts, command.optsWithGlobals()))
}

interface Options {
  config?: string
  lang?: string
  explain?: boolean
  json?: boolean
  logLevel?: LogLevel
}

async function score(
  texts: string[],
  { config: file, lang, explain = false, json = false, logLevel }: Options,
): Promise<void> {
  if (texts.length > 1 && texts.includes('-')) {
    throw usageError('expected texts or "-" for standard input, got both')
  }
  refuseNoLanguage(lang)
  const [{ createLog }, { dryRun }, { configToTry }] = await Promise.all([
    import('./log.ts'),
    import('./dry-run.ts'),
    import('./config-file.ts'),
  ])
  const loaded = await configToTry(file)
  const controller = new AbortController()
  const log = await createLog({ level: logLevel ?? 'warn', format: loaded.config.log.format })
  const { score: scoreText, close } = await dryRun(loaded, log, controller.signal)

  for await (const text of texts.length === 0 || texts[0] === '-' ? lines() : texts) {
    const result = await scoreText(text, lang, explain)
    print(json ? JSON.stringify(result) : asText(result, loaded.config.languages.labels))
    if ([...result.scores, ...result.terms].some(({ error }) => error !== undefined)) {
      process.exitCode = EXIT.failure
    }
  }
  controller.abort()
  await close()
}

/** The lines of standard input, without empty ones. */
async function* lines(): AsyncGenerator<string> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (line.trim() !== '') yield line
  }
}

function asText(
  { text, lang, topics, keywords, scores, terms }: TextResult,
  labels: readonly string[],
): string {
  const counted = lang === null || labels.includes(lang) ? '' : ', which counts as other'
  const rows = [
    ['lang', lang === null ? 'not known, which counts as other' : printable(lang) + counted],
    [
      'topics',
      topics.length === 0
        ? 'none: dropped as off_topic'
        : topics.map(topic => withKeywords(topic, keywords[topic])).join(', '),
    ],
    ...scores.flatMap(scoreRows),
    ...terms.map(({ extractor, terms, error }) => [
      `extractor ${extractor}`,
      [...terms.map(printable), ...(error === undefined ? [] : [`failed: ${printable(error)}`])].join('  ') ||
        '–',
    ]),
  ]
  return `${printable(text)}\n${table(rows, { indent: '  ' })}`
}

/** A topic with the matched keywords: `galaxy (galaxy s26, 갤럭시)`. */
const withKeywords = (topic: string, keywords: readonly string[] = []): string =>
  keywords.length === 0 ? topic : `${topic} (${keywords.map(printable).join(', ')})`

/** The score of one scorer, followed by its explanation. */
function scoreRows({ scorer, score, sentiment, error, ...more }: TextResult['scores'][number]): string[][] {
  const said = [
    ...(score === null && error !== undefined
      ? []
      : [`${score === null ? '    –' : signed(score)}  ${sentiment}`]),
    ...(more.emotions?.length ? [more.emotions.map(printable).join(', ')] : []),
    ...(more.disagreement === undefined ? [] : [`disagreement ${more.disagreement.toFixed(2)}`]),
    ...(error === undefined ? [] : [`failed: ${printable(error)}`]),
  ]
  return [
    [`scorer ${scorer}`, said.join('  ')],
    ...(more.explanation ?? []).map(({ text, weight, why }) => [
      '',
      `  ${signed(weight)}  ${printable(text)}${why === undefined ? '' : `  (${printable(why)})`}`,
    ]),
  ]
}

const signed = (score: number) => `${score < 0 ? '-' : '+'}${Math.abs(score).toFixed(2)}`
