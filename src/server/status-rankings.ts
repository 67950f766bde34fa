import { type Html, html } from '../html/html.ts'
import { count, span } from '../html/numbers.ts'
import type { RankingStatus } from '../runtime/view.ts'
import { windowChoice } from './status-windows.ts'

/** Maximum of rankings shown. */
const MOST_TABLES = 20

/**
 * Rankings: a table for each source, with the current list and a column for each window. Nothing if there are none.
 */
export function rankings(all: readonly RankingStatus[], now: number): Html {
  if (all.length === 0) return html``
  return html`<section>
<h2>Rankings</h2>
<p class="soft small">The present list of each source, and over each window the terms that were there for the largest share of its lists, with their mean rank.</p>
<div class="terms">${all.slice(0, MOST_TABLES).map((ranking, place) => rankingTable(ranking, place, now))}</div>
${
  all.length > MOST_TABLES &&
  html`<p class="soft small">${count(all.length - MOST_TABLES)} more in the <a href="/api/v1/status">status as JSON</a>.</p>`
}
</section>`
}

function rankingTable({ source, at, items, windows }: RankingStatus, number: number, now: number): Html {
  const rows = Math.max(items.length, ...windows.map(({ terms }) => terms.length))
  const age = at === null ? html`no list` : html`${span(now - at)} ago`
  return html`<div class="card">
${windowChoice(
  `rankings${number}`,
  windows.map(({ window }) => window),
)}<table><caption><bdi>${source}</bdi> <small>${age}</small></caption>
<thead><tr><th scope="col"><abbr title="rank">#</abbr></th><th scope="col">now</th>${windows.map(
    ({ window, snapshots }, place) =>
      html`<th scope="col" class="w w${place}">${window} <small>${count(snapshots)} lists</small></th>`,
  )}</tr></thead>
<tbody>
${Array.from({ length: rows }, (_, row) => {
  const term = items[row]?.term
  return html`<tr><th scope="row">${row + 1}</th><td><div class="term">${
    term !== undefined && html`<bdi title="${term}">${term}</bdi>`
  }</div></td>${windows.map(({ terms }, place) => windowCell(terms[row], place))}</tr>
`
})}</tbody></table></div>
`
}

function windowCell(
  found: RankingStatus['windows'][number]['terms'][number] | undefined,
  place: number,
): Html {
  if (!found) return html`<td class="w w${place}"></td>`
  const { term, share, meanRank } = found
  return html`<td class="w w${place}"><div class="term"><bdi title="${term}">${term}</bdi><small class="nowrap">${Math.round(
    100 * share,
  )} %, rank ${meanRank.toFixed(1)}</small></div></td>`
}
