import { counted } from '../config/counted.ts'
import { LENGTH_GROUPS } from '../eval/groups.ts'
import type { Report, ScorerReport } from '../eval/report.ts'
import { LABELS, SAID } from '../eval/sentiment.ts'
import { describeData, groupRows, kindRows, languagesOf, MEASURES } from '../eval/words.ts'
import { printable, table, terminalWidth, wrap } from './output.ts'

const NONE = '–'
const rate = (value: number | null) => (value === null ? NONE : value.toFixed(3))
const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)}%`
const count = (value: number) => Math.round(value).toLocaleString('en')
const within = (value: number | null, margin: number | null) =>
  value === null ? NONE : `${rate(value)} ±${(margin ?? 0).toFixed(3)}`

/** A report as tables for a terminal. */
export function reportText(report: Report): string {
  const { scorers } = report
  return [
    describeData(report)
      .flatMap(line => wrap(printable(line), terminalWidth()))
      .join('\n'),
    summary(report),
    ...scorers.map(confusion),
    groups('By language, macro-averaged recall', report, languagesOf(report), 'byLanguage'),
    groups('By length in characters, macro-averaged recall', report, LENGTH_GROUPS, 'byLength'),
    kinds(report),
    ...scorers.map(mistakes),
    table(MEASURES.map(({ name, meaning }) => [name, meaning])),
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

function summary({ scorers }: Report): string {
  const header = [
    'scorer',
    'scored',
    'accuracy',
    'macro recall',
    'F1 pos/neg',
    'right side',
    'calibration',
    'posts/s',
  ]
  const hasRatings = scorers.some(({ pearson }) => pearson !== null)
  const rows = scorers.flatMap(one => {
    const { posts, unknown, ofScored } = one
    const row = [
      one.scorer,
      percent(posts - unknown, posts),
      within(one.accuracy, one.accuracyMargin),
      within(one.macroRecall, one.macroRecallMargin),
      rate(one.f1pn),
      rate(one.polarAccuracy),
      rate(one.calibration.error),
      one.postsPerSecond === null ? NONE : count(one.postsPerSecond),
      ...(hasRatings ? [rate(one.pearson)] : []),
    ]
    if (unknown === 0 || unknown === posts) return [row]
    const { accuracy, macroRecall, f1pn } = ofScored
    return [
      row,
      ['  of those scored', '', rate(accuracy).padEnd(12), rate(macroRecall).padEnd(12), rate(f1pn)],
    ]
  })
  const failed = scorers
    .filter(({ failed }) => failed > 0)
    .map(
      ({ scorer, failed, posts, firstFailure = '' }) =>
        `${scorer} failed on ${count(failed)} of ${counted(posts, 'post')}, which ${failed === 1 ? 'counts' : 'count'} as unknown: ${printable(firstFailure)}`,
    )
  return [aligned([[...header, ...(hasRatings ? ["Pearson's r"] : [])], ...rows]), ...failed].join('\n')
}

/** The confusion matrix: predicted sentiments by actual ones. */
function confusion({ scorer, matrix, byLabel, unknown }: ScorerReport): string {
  const said = SAID.filter(said => said !== 'unknown' || unknown > 0)
  const rows = LABELS.filter(label => byLabel[label].posts > 0).map(label => {
    const { precision, recall, f1 } = byLabel[label]
    return [label, ...said.map(said => count(matrix[label][said])), rate(recall), rate(precision), rate(f1)]
  })
  const header = ['labelled', ...said.map(said => `said ${said}`), 'recall', 'precision', 'F1']
  return `${scorer}: what it said of posts with each label\n${aligned([header, ...rows], '  ')}`
}

/** Nothing if all posts are in one group. */
function groups(
  title: string,
  report: Report,
  names: readonly string[],
  by: 'byLanguage' | 'byLength',
): string {
  const { rows, small } = groupRows(report, names, by)
  if (rows.length < 2) return ''
  const header = ['', 'posts', ...report.scorers.map(({ scorer }) => scorer)]
  const cells = rows.map(({ name, posts, measures }) => [
    name,
    count(posts),
    ...measures.map(({ macroRecall }) => rate(macroRecall)),
  ])
  const rest = small > 0 ? [`  and ${small} with too few posts to say`] : []
  return [title, aligned([header, ...cells], '  '), ...rest].join('\n')
}

/** A table for each scorer; nothing if the data have no kinds. */
function kinds(report: Report): string {
  const rows = kindRows(report)
  const hasPairs = report.scorers.some(({ pairs }) => pairs.pairs > 0)
  if (rows.length === 0 && !hasPairs) return ''
  return report.scorers
    .map(({ scorer, pairs }, i) => {
      const cells = rows.map(({ name, posts, measures }) => {
        const { accuracy = null, saidNeutral = 0, saidNegative = 0, pairs: ofKind } = measures[i] ?? {}
        const part = ofKind === undefined || ofKind.pairs === 0 ? NONE : rate(ofKind.right / ofKind.pairs)
        return [
          printable(name),
          count(posts),
          rate(accuracy),
          rate(saidNeutral),
          rate(saidNegative),
          ...(hasPairs ? [part] : []),
        ]
      })
      const all = hasPairs ? `, ${count(pairs.pairs)} pairs, ${percent(pairs.right, pairs.pairs)} right` : ''
      const header = [
        '',
        'posts',
        'accuracy',
        'said neutral',
        'said negative',
        ...(hasPairs ? ['pairs'] : []),
      ]
      const table = cells.length === 0 ? [] : [aligned([header, ...cells], '  ')]
      return [`${scorer}: by kind of post${all}`, ...table].join('\n')
    })
    .join('\n\n')
}

const signed = (score: number) => `${score < 0 ? '-' : '+'}${Math.abs(score).toFixed(2)}`

function mistakes({ scorer, mistakes }: ScorerReport): string {
  if (mistakes.length === 0) return ''
  const lines = mistakes.flatMap(({ line, text, label, rating, score, explanation }) => {
    const start = `  ${signed(score)}  ${label}${rating === undefined ? '' : ` (${rating})`}  `
    const shown = wrap(printable(text), terminalWidth() - 4)
    const why = strongest(explanation)
    return [
      `${start}line ${line}`,
      ...shown.map(text => `    ${text}`),
      ...(why === '' ? [] : [`    ${why}`]),
    ]
  })
  return [`${scorer}: the worst mistakes, with score and label`, ...lines].join('\n')
}

/** The pieces with the largest effect on a score. */
function strongest(pieces: ScorerReport['mistakes'][number]['explanation'] = []): string {
  return [...pieces]
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, 4)
    .map(({ text, weight }) => `${printable(text)} ${signed(weight)}`)
    .join(', ')
}

/** Aligned columns, all but the first right-aligned. */
function aligned(rows: readonly (readonly string[])[], indent = ''): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map(row => (row[i] ?? '').length)))
  return rows
    .map(row => {
      const cells = widths.map((width, i) =>
        i === 0 ? (row[i] ?? '').padEnd(width) : (row[i] ?? '').padStart(width),
      )
      return (indent + cells.join('  ')).trimEnd()
    })
    .join('\n')
}
