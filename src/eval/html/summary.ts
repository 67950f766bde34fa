import { counted } from '../../config/counted.ts'
import { type Html, html } from '../../html/html.ts'
import type { Rates } from '../measures.ts'
import type { Report, ScorerReport } from '../report.ts'
import { dots } from './dots.ts'
import { count, percent, rate } from './numbers.ts'
import { speeds } from './speeds.ts'
import { nameMark } from './svg.ts'

/** A column of the table: its values, and which is best. */
interface Column {
  name: string
  value(scorer: ScorerReport): number | null
  show(value: number | null, scorer: ScorerReport): Html | string
  best: 'most' | 'least'
  /** The rate, if it is also known for scored posts alone. */
  rate?: keyof Rates
}

const margin = (value: number | null) => (value === null ? '' : html`<small>±${value.toFixed(3)}</small>`)

const COLUMNS: readonly Column[] = [
  { name: 'Scored', value: ({ posts, unknown }) => 1 - unknown / posts, show: percent, best: 'most' },
  {
    name: 'Macro-averaged recall',
    value: ({ macroRecall }) => macroRecall,
    show: (value, { macroRecallMargin }) => html`${rate(value)}${margin(macroRecallMargin)}`,
    best: 'most',
    rate: 'macroRecall',
  },
  {
    name: 'Accuracy',
    value: ({ accuracy }) => accuracy,
    show: (value, { accuracyMargin }) => html`${rate(value)}${margin(accuracyMargin)}`,
    best: 'most',
    rate: 'accuracy',
  },
  { name: 'F1, positive and negative', value: ({ f1pn }) => f1pn, show: rate, best: 'most', rate: 'f1pn' },
  { name: 'On the right side', value: ({ polarAccuracy }) => polarAccuracy, show: rate, best: 'most' },
  { name: 'Pearson’s r', value: ({ pearson }) => pearson, show: rate, best: 'most' },
  { name: 'Calibration error', value: ({ calibration }) => calibration.error, show: rate, best: 'least' },
  {
    name: 'Posts a second',
    value: ({ postsPerSecond }) => postsPerSecond,
    show: value => (value === null ? '–' : count(value)),
    best: 'most',
  },
]

/** All scorers side by side. */
export function summary(report: Report): Html {
  const { scorers } = report
  return html`<section aria-labelledby="summary"><h2 id="summary">Side by side</h2>
<div class="card">${table(report)}</div>
${
  scorers.length > 1 &&
  html`<div class="plots wide">${dots({
    caption: 'Macro-averaged recall',
    note: 'With its 95% interval. A post without a score counts as wrong.',
    rows: scorers.map((scorer, i) => ({ name: scorer.scorer, measures: [scorer], scorer: i })),
    scorers: scorers.map(({ scorer }) => scorer),
  })}${speeds(scorers)}</div>`
}</section>`
}

function table({ scorers }: Report): Html {
  const columns = COLUMNS.filter(({ value }) => scorers.some(scorer => value(scorer) !== null))
  const best = columns.map(column => bestOf(column, scorers))
  const cells = (scorer: ScorerReport) =>
    columns.map(({ value, show }, i) => {
      const found = value(scorer)
      return html`<td class="${found !== null && found === best[i] ? 'n best' : 'n'}">${show(found, scorer)}</td>`
    })
  return html`<table><caption>The best value of each column is bold. Posts without a score count as wrong; of those
that have one it is the smaller line below.</caption>
<thead><tr><th scope="col">Scorer</th>${columns.map(({ name }) => html`<th scope="col" class="n">${name}</th>`)}</tr></thead>
<tbody>${scorers.map(
    (scorer, i) =>
      html`<tr><th scope="row">${nameMark(i)}${scorer.scorer}${failures(scorer)}</th>${cells(scorer)}</tr>${ofScored(scorer, columns)}`,
  )}</tbody></table>`
}

/** The same for posts with a score, if some have none. */
function ofScored({ unknown, posts, ofScored }: ScorerReport, columns: readonly Column[]): Html | null {
  if (unknown === 0 || unknown === posts) return null
  return html`<tr class="aside"><th scope="row">of those scored</th>${columns.map(
    ({ rate: name }) => html`<td class="n">${name && rate(ofScored[name])}</td>`,
  )}</tr>`
}

const failures = ({ failed, posts, firstFailure }: ScorerReport): Html | null =>
  failed === 0
    ? null
    : html`<br><small class="minus">failed on ${count(failed)} of ${counted(posts, 'post')}: ${firstFailure}</small>`

/** Null if there is nothing to compare. */
function bestOf({ value, best }: Column, scorers: readonly ScorerReport[]): number | null {
  const values = scorers.map(value).filter(value => value !== null)
  if (values.length < 2) return null
  return best === 'most' ? Math.max(...values) : Math.min(...values)
}
