import { type Html, html } from '../../html/html.ts'
import { LENGTH_GROUPS } from '../groups.ts'
import type { Report } from '../report.ts'
import { groupRows, kindRows, languagesOf } from '../words.ts'
import { dots } from './dots.ts'
import { count, percent, rate } from './numbers.ts'
import { nameMark } from './svg.ts'

/** Accuracy by language and length of posts. Nothing if all posts are in one group. */
export function groups(report: Report): Html | null {
  const parts = [
    part(report, 'By language', languagesOf(report), 'byLanguage'),
    part(report, 'By length in characters', LENGTH_GROUPS, 'byLength'),
    kinds(report),
  ].filter(part => part !== null)
  if (parts.length === 0) return null
  return html`<section aria-labelledby="groups"><h2 id="groups">Which posts</h2>
<div class="plots wide">${parts}</div></section>`
}

function part(
  report: Report,
  caption: string,
  names: readonly string[],
  by: 'byLanguage' | 'byLength',
): Html | null {
  const { rows, small } = groupRows(report, names, by)
  if (rows.length < 2) return null
  const scorers = report.scorers.map(({ scorer }) => scorer)
  const left = small > 0 ? ` ${small} more have too few posts to say.` : ''
  const figure = dots({ caption, note: `Macro-averaged recall with its 95% interval.${left}`, rows, scorers })
  const header = scorers.map(
    (scorer, i) =>
      html`<th scope="col" class="n">${nameMark(i)}${scorer}<br><small>recall, scored</small></th>`,
  )
  const table = html`<details class="card"><summary>${caption}, as a table</summary><table class="tight"><caption class="soft">Macro-averaged
recall, and the part of posts that has a score</caption>
<thead><tr><th scope="col">Group</th><th scope="col" class="n">posts</th>${header}</tr></thead>
<tbody>${rows.map(
    ({ name, posts, measures }) =>
      html`<tr><th scope="row">${name}</th><td class="n">${count(posts)}</td>${measures.map(
        ({ macroRecall, unknown }) =>
          html`<td class="n">${rate(macroRecall)}<small>${percent(1 - unknown / posts)}</small></td>`,
      )}</tr>`,
  )}</tbody></table></details>`
  return html`<div>${figure}${table}</div>`
}

/** Accuracy by kind of post. Nothing if the data have no kinds. */
function kinds(report: Report): Html | null {
  const rows = kindRows(report)
  if (rows.length === 0) return null
  const header = report.scorers.map(
    ({ scorer }, i) =>
      html`<th scope="col" class="n">${nameMark(i)}${scorer}<br><small>right, said neutral, negative, pairs</small></th>`,
  )
  return html`<div><details class="card" open><summary>By kind</summary><table class="tight"><caption class="soft">The part of posts
that was scored as labelled, as neutral and as negative, and of pairs that are right</caption>
<thead><tr><th scope="col">Kind</th><th scope="col" class="n">posts</th>${header}</tr></thead>
<tbody>${rows.map(
    ({ name, posts, measures }) =>
      html`<tr><th scope="row">${name}</th><td class="n">${count(posts)}</td>${measures.map(
        ({ accuracy, saidNeutral, saidNegative, pairs }) =>
          html`<td class="n">${rate(accuracy)}<small>${percent(saidNeutral)}, ${percent(saidNegative)}${
            pairs.pairs === 0 ? '' : `, ${percent(pairs.right / pairs.pairs)}`
          }</small></td>`,
      )}</tr>`,
  )}</tbody></table></details></div>`
}
