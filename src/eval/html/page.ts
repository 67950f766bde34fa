import { type Html, html, Html as Markup } from '../../html/html.ts'
import { sentimentBar } from '../../html/mood.ts'
import type { Report, ScorerReport } from '../report.ts'
import { LABELS, SAID, type Thresholds } from '../sentiment.ts'
import { describeData, MEASURES } from '../words.ts'
import { distribution } from './distribution.ts'
import { groups } from './groups.ts'
import { count, percent, rate, signed } from './numbers.ts'
import { reliability } from './reliability.ts'
import { REPORT_STYLE } from './style.ts'
import { summary } from './summary.ts'
import { nameMark } from './svg.ts'

/** A report as one self-contained HTML document: without scripts, and without external styles or pictures. */
export function reportPage(report: Report): string {
  const { data, scorers, thresholds } = report
  const name = data.file.replace(/^.*[/\\]/, '')
  const [about = '', ...more] = describeData(report)
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Scorers on ${name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<style>${new Markup(REPORT_STYLE)}</style>
</head>
<body>
<header><h1>How right scorers are on ${name}</h1></header>
<main>
<p class="lead">${about}</p>
${labelled(report)}
<p class="soft small lead">${more.join(' ')}</p>
${summary(report)}
${scorers.map((scorer, i) => section(scorer, i, thresholds))}
${groups(report)}
<section aria-labelledby="words"><h2 id="words">How to read it</h2>
<dl class="words">${MEASURES.map(({ name, meaning }) => html`<dt>${name}</dt><dd>${meaning}</dd>`)}</dl></section>
</main>
<footer><p>Made by mood-exporter eval.</p></footer>
</body>
</html>
`}`
}

function labelled({ data: { byLabel, posts } }: Report): Html {
  return html`<div class="shares">${sentimentBar({ ...byLabel, unknown: 0 })}<p class="small soft">${LABELS.toReversed().map(
    label => html`<span class="key ${label}"></span>${label} ${percent(byLabel[label] / posts)}`,
  )}</p></div>`
}

function section(scorer: ScorerReport, index: number, thresholds: Thresholds): Html {
  const id = `scorer-${index}`
  const isScored = scorer.unknown < scorer.posts
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${nameMark(index)}${scorer.scorer}</h2>
<div class="plots">${confusion(scorer)}${
    isScored && html`${distribution(scorer, thresholds)}${reliability(scorer, index)}`
  }</div>
${mistakes(scorer)}</section>`
}

/** The predicted sentiments of posts with each label. A darker cell is a larger part of its row. */
function confusion({ matrix, byLabel, unknown }: ScorerReport): Html {
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

/** How many pieces of an explanation are shown: those with the largest effect. */
const PIECES = 6

/** The posts whose scores differ most from their labels. */
function mistakes({ scorer, mistakes }: ScorerReport): Html | null {
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
