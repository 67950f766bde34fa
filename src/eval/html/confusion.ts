import { type Html, html } from '../../html/html.ts'
import type { ScorerReport } from '../report.ts'
import { LABELS, SAID } from '../sentiment.ts'
import { count, percent, rate } from './numbers.ts'

/** The predicted sentiments of posts with each label. A darker cell is a larger part of its row. */
export function confusion({ matrix, byLabel, unknown }: ScorerReport): Html {
  const said = SAID.filter(said => said !== 'unknown' || unknown > 0)
  const rows = LABELS.filter(label => byLabel[label].posts > 0)
  return html`<figure><figcaption>What it said<small>Posts by what they are labelled (rows) and what was said of them.
Shares are of the row.</small></figcaption>
<table class="tight"><caption class="soft">Confusion matrix</caption>
<thead><tr><th scope="col">Labelled</th>${said.map(said => html`<th scope="col" class="n">${said}</th>`)}</tr></thead>
<tbody>${rows.map(label => {
    const { posts } = byLabel[label]
    const cell = (of: number) =>
      html`<td class="heat" style="--part: ${(of / posts).toFixed(3)}">${percent(of / posts)}<small>${count(of)}</small></td>`
    return html`<tr><th scope="row">${label}</th>${said.map(said => cell(matrix[label][said]))}</tr>`
  })}</tbody></table>
<table class="tight"><caption class="soft">How well each label is recognised</caption>
<thead><tr><th scope="col">Label</th><th scope="col" class="n">recall</th><th scope="col" class="n">precision</th><th scope="col" class="n">F1</th></tr></thead>
<tbody>${rows.map(label => {
    const { recall, precision, f1 } = byLabel[label]
    return html`<tr><th scope="row">${label}</th>${[recall, precision, f1].map(value => html`<td class="n">${rate(value)}</td>`)}</tr>`
  })}</tbody></table></figure>`
}
