import { type Html, html } from '../html/html.ts'
import { type Cuts, face, moodOf } from '../html/mood.ts'
import { count } from '../html/numbers.ts'
import type { TermsStatus } from '../runtime/view.ts'
import { windowChoice } from './status-windows.ts'

/** Maximum of tables shown, one for each extractor and topic. */
const MOST_TABLES = 60

/** Top terms: a table for each extractor and topic, a column for each window. */
export function terms(all: readonly TermsStatus[], cuts: Cuts): Html {
  const groups = Map.groupBy(
    all.filter(({ terms }) => terms.length > 0),
    ({ extractor, topic }) => JSON.stringify([extractor, topic]),
  )
  const tables = [...groups.values()]
  return html`<section>
<h2>Top terms</h2>
${
  tables.length === 0
    ? html`<p class="soft">No terms in the present windows.</p>`
    : html`<p class="soft small">Posts with each term in the window, by when they were written, and their mean mood.</p>
<div class="terms">${tables.slice(0, MOST_TABLES).map((windows, place) => termsTable(windows, place, cuts))}</div>`
}
${
  tables.length > MOST_TABLES &&
  html`<p class="soft small">${count(tables.length - MOST_TABLES)} more tables in the <a href="/api/v1/status">status as JSON</a>.</p>`
}
</section>`
}

function termsTable(windows: TermsStatus[], number: number, cuts: Cuts): Html {
  const { extractor, topic } = windows[0] as TermsStatus
  const ranks = Math.max(...windows.map(({ terms }) => terms.length))
  const rows = Array.from(
    { length: ranks },
    (_, rank) => html`<tr><th scope="row">${rank + 1}</th>${windows.map(({ terms }, place) =>
      termCell(terms[rank], place, cuts),
    )}</tr>
`,
  )
  return html`<div class="card">
${windowChoice(
  `terms${number}`,
  windows.map(({ window }) => window),
)}<table><caption>${extractor} <small>in <bdi>${topic}</bdi></small></caption>
<thead><tr><th scope="col"><abbr title="rank">#</abbr></th>${windows.map(
    ({ window }, place) => html`<th scope="col" class="w w${place}">${window}</th>`,
  )}</tr></thead>
<tbody>
${rows}</tbody></table></div>
`
}

function termCell(found: TermsStatus['terms'][number] | undefined, place: number, cuts: Cuts): Html {
  if (!found) return html`<td class="w w${place}"></td>`
  return html`<td class="w w${place}"><div class="term">${face(moodOf(found.score, cuts), true)}<bdi title="${found.term}">${
    found.term
  }</bdi><small>${count(found.posts)}</small></div></td>`
}
