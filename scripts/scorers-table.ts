/**
 * Measures the built-in scorers on the labelled posts of a folder and writes the tables of docs/scorers.md:
 *
 *     node scripts/scorers-table.ts [FOLDER] [--scores en:NAME=FILE …] [--scores ko:NAME=FILE …]
 *
 * A scorer that was trained on these posts is measured by scores that it made of posts it was not trained on, a line for
 * each post (`--scores`): by itself it would only show what it remembers. Without them its row says so.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { isBuiltIn } from '../src/catalogue/plugin-kinds.ts'
import type { Report, ScorerReport } from '../src/eval/report.ts'
import { fillMarkers } from './markers.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const DOCUMENT = join(root, 'docs/scorers.md')

/** Those that have learnt from the very posts that are measured on. */
const TRAINED = new Set(['auto', 'tuned'])

/** What is measured on: each is a table of the document. Scorers stand in its order, once they ship. */
const SETS = [
  {
    name: 'en',
    file: 'en-tweets.tsv.gz',
    args: ['--columns', 'label,text', '--lang', 'en'],
    scorers: ['auto', 'tuned', 'vader', 'afinn', 'emoji'],
    ratings: false,
  },
  {
    name: 'ko',
    file: 'ko-reviews.tsv.gz',
    args: ['--columns', 'label,text', '--lang', 'ko', '--scale', '1..10', '--neutral', '5..8'],
    scorers: ['auto', 'tuned', 'emoji'],
    ratings: true,
  },
] as const

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scores: { type: 'string', multiple: true, default: [] } },
})
const folder = resolve(positionals[0] ?? join(root, '../shared/data'))
if (!existsSync(folder)) {
  console.error(`there is no ${folder}: name the folder with the labelled posts`)
  process.exit(1)
}

/** By set and scorer: the file with its scores. */
function scoresFor(set: string, scorer: string): string | undefined {
  const prefix = `${set}:${scorer}=`
  return values.scores.find(option => option.startsWith(prefix))?.slice(prefix.length)
}

function evaluate(args: readonly string[]): Report {
  const command = [join(root, 'bin/mood-exporter.mjs'), 'eval', ...args, '--mistakes', '0', '--json']
  return JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8', maxBuffer: 2 ** 26 }))
}

const rate = (value: number | null) => (value === null ? '–' : value.toFixed(3))
const percent = (value: number) => `${(100 * value).toFixed(value < 0.995 ? 1 : 0)} %`
/** Two digits are what a machine that does other things as well can tell. */
const speed = (value: number | null) =>
  value === null ? '–' : Number(value.toPrecision(2)).toLocaleString('en')

function row(
  set: (typeof SETS)[number],
  scorer: string,
  measured: ScorerReport | undefined,
  timed: ScorerReport,
): string {
  const cells = measured
    ? [
        percent(1 - measured.unknown / measured.posts),
        rate(measured.macroRecall),
        rate(measured.ofScored.macroRecall),
        rate(measured.accuracy),
        rate(measured.f1pn),
        rate(measured.polarAccuracy),
        ...(set.ratings ? [rate(measured.pearson)] : []),
        rate(measured.calibration.error),
      ]
    : ['trained on these posts: not measured', ...new Array(set.ratings ? 7 : 6).fill('')]
  return `| \`${scorer}\` | ${[...cells, speed(timed.postsPerSecond)].join(' | ')} |`
}

function tableOf(set: (typeof SETS)[number]): string {
  const names = set.scorers.filter(name => isBuiltIn('scorer', name))
  const scores = names.flatMap(scorer => {
    const file = scoresFor(set.name, scorer)
    return file === undefined ? [] : ['--scores', `${scorer}-held-out=${resolve(file)}`]
  })
  const args = ['--data', join(folder, set.file), ...set.args, '--scorer', ...names]
  const { data, scorers } = evaluate([...args, ...scores])
  const found = (name: string) => scorers.find(({ scorer }) => scorer === name)
  const rows = names.map(name => {
    const timed = found(name) as ScorerReport
    return row(set, name, TRAINED.has(name) ? found(`${name}-held-out`) : timed, timed)
  })
  const header = [
    'scorer',
    'scored',
    'macro recall',
    'of those scored',
    'accuracy',
    'F1 pos/neg',
    'right side',
    ...(set.ratings ? ["Pearson's r"] : []),
    'calibration error',
    'posts/s',
  ]
  const { negative, neutral, positive } = data.byLabel
  const [n, o, p] = [negative, neutral, positive].map(posts => posts.toLocaleString('en'))
  return [
    `${data.posts.toLocaleString('en')} posts of \`${set.file}\`: ${n} negative, ${o} neutral, ${p} positive.`,
    '',
    '```sh',
    `mood-exporter eval --data ${set.file} ${set.args.join(' ')} --scorer ${names.join(' ')}`,
    '```',
    '',
    `| ${header.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(header.length - 1)}`,
    ...rows,
  ].join('\n')
}

let document = readFileSync(DOCUMENT, 'utf8')
for (const set of SETS) {
  console.log(`measuring on ${set.file} …`)
  document = fillMarkers(document, set.name, tableOf(set))
}
writeFileSync(DOCUMENT, document)
console.log('wrote docs/scorers.md')
