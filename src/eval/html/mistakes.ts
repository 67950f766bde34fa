import { type Html, html } from '../../html/html.ts'
import type { ScorerReport } from '../report.ts'
import { signed } from './numbers.ts'

/** How many pieces of an explanation are shown: those with the largest effect. */
const PIECES = 6

/** The posts whose scores differ most from their labels. */
export function mistakes({ scorer, mistakes }: ScorerReport): Html | null {
  if (mistakes.length === 0) return null
  return html`<details class="card"><summary>The ${mistakes.length} worst mistakes</summary>
<table class="tight"><caption>Posts that ${scorer} got wrong, furthest from their labels first</caption>
<thead><tr><th scope="col" class="n">Score</th><th scope="col">Label</th><th scope="col">Post</th><th scope="col" class="n">Line</th></tr></thead>
<tbody>${mistakes.map(
    ({ score, label, rating, text, lang, line, explanation }) =>
      html`<tr><td class="n ${score < 0 ? 'minus' : 'plus'}">${signed(score)}</td><td>${label}${rating !== undefined && html`<small>rated ${rating}</small>`}</td>
<td class="text"><bdi dir="auto" ${lang !== undefined && html`lang="${lang}"`}>${text}</bdi>${why(explanation)}</td><td class="n">${line}</td></tr>`,
  )}</tbody></table></details>`
}

function why(pieces: ScorerReport['mistakes'][number]['explanation'] = []): Html | null {
  if (pieces.length === 0) return null
  const strongest = [...pieces].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, PIECES)
  return html`<small>${strongest.map(
    ({ text, weight, why }, i) =>
      html`${i > 0 && ', '}<bdi>${text}</bdi> <span class="${weight < 0 ? 'minus' : 'plus'}">${signed(weight)}</span>${why !== undefined && ` (${why})`}`,
  )}</small>`
}
