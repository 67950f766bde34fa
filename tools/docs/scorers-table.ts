/**
 * Measures the built-in scorers on the labelled posts of a folder and writes the tables of docs/scorers.md:
 *
 *     node tools/docs/scorers-table.ts [FOLDER] [--scores en:NAME=FILE …] [--scores ko:NAME=FILE …]
 *
 * Without FOLDER it is that in `MOOD_DATA`. `--made-only` measures only the pairs and the plain texts.
 *
 * A scorer that was trained on these posts needs scores of models trained without the post in question, a line for
 * each post (`--scores`): its own scores would only show what it memorised. Without them its row says so.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readPlain } from '../../plugins/scorers/tuned/tools/corpus.ts'
import { englishPairs } from '../../plugins/scorers/tuned/tools/made/english-pairs.ts'
import { koreanPairs } from '../../plugins/scorers/tuned/tools/made/korean-pairs.ts'
import { koreanPlain } from '../../plugins/scorers/tuned/tools/made/korean-plain.ts'
import { isBuiltIn } from '../../src/catalogue/plugin-kinds.ts'
import type { Report, ScorerReport } from '../../src/eval/report.ts'
import { fillMarkers } from './markers.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const DOCUMENT = join(root, 'docs/scorers.md')

/** Scorers that were trained on the same posts that are measured. */
const TRAINED = new Set(['auto', 'tuned'])

/** The data sets: each is a table of the document, with the scorers in its order. */
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
  options: {
    scores: { type: 'string', multiple: true, default: [] },
    'made-only': { type: 'boolean', default: false },
  },
})
const named = positionals[0] ?? env.MOOD_DATA
if (named === undefined || !existsSync(named)) {
  console.error(
    `expected the folder with the labelled posts as argument or in MOOD_DATA, got ${named ?? 'none'}`,
  )
  process.exit(1)
}
const folder = resolve(named)

/** By set and scorer: the file with the scores. */
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
/** Two digits are the precision of a machine with other load. */
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

/** Generated posts, beside the collected ones: pairs of a sentence and its negation, and texts without a mood. */
const MADE = [
  {
    name: 'pairs-en',
    lang: 'en',
    scorers: ['auto', 'tuned', 'vader', 'afinn'],
    posts: () => englishPairs(1, 4, 99),
  },
  { name: 'pairs-ko', lang: 'ko', scorers: ['auto', 'tuned', 'emoji'], posts: () => koreanPairs(1, 4, 99) },
  {
    name: 'plain-ko',
    lang: 'ko',
    scorers: ['auto', 'tuned', 'emoji'],
    posts: () => [
      ...readPlain(folder).test.map(({ kind, text }) => ({ text, kind, label: 1, pair: 0 })),
      ...koreanPlain(1, 4, 98),
    ],
  },
] as const

const LABEL_NAMES = ['negative', 'neutral', 'positive']

function madeTable({ name, lang, scorers, posts }: (typeof MADE)[number]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'scorers-table-')), `${name}.tsv`)
  // The kinds of pairs differ only in their direction.
  const lines = posts().map(({ label, kind, pair, text }) =>
    [LABEL_NAMES[label], kind.split(',')[0], pair || '', text.replaceAll('\t', ' ')].join('\t'),
  )
  writeFileSync(file, `label\tkind\tpair\ttext\n${lines.join('\n')}\n`)
  const report = evaluate(['--data', file, '--lang', lang, '--scorer', ...scorers])
  rmSync(dirname(file), { recursive: true })
  const kinds = Object.keys(report.scorers[0]?.byKind ?? {})
  const isPairs = name.startsWith('pairs')
  const cells = (scorer: ScorerReport) =>
    kinds.map(kind => {
      const of = scorer.byKind[kind]
      if (of === undefined) return '–'
      return isPairs
        ? rate(of.pairs.right / of.pairs.pairs)
        : `${rate(of.saidNeutral)}, ${rate(of.saidNegative)}`
    })
  return [
    `${report.data.posts.toLocaleString('en')} posts${isPairs ? `, ${report.scorers[0]?.pairs.pairs} pairs` : ''}.`,
    '',
    `| scorer | ${kinds.join(' | ')} |`,
    `| --- |${' ---: |'.repeat(kinds.length)}`,
    ...report.scorers.map(scorer => `| \`${scorer.scorer}\` | ${cells(scorer).join(' | ')} |`),
  ].join('\n')
}

let document = readFileSync(DOCUMENT, 'utf8')
for (const made of MADE) {
  console.log(`measuring ${made.name} …`)
  document = fillMarkers(document, made.name, madeTable(made))
}
for (const set of values['made-only'] ? [] : SETS) {
  console.log(`measuring on ${set.file} …`)
  document = fillMarkers(document, set.name, tableOf(set))
}
writeFileSync(DOCUMENT, document)
console.log('wrote docs/scorers.md')
