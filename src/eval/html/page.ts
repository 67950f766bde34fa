import { type Html, html, Html as Markup } from '../../html/html.ts'
import { sentimentBar } from '../../html/mood.ts'
import type { Report, ScorerReport } from '../report.ts'
import { LABELS, type Thresholds } from '../sentiment.ts'
import { describeData, MEASURES } from '../words.ts'
import { confusion } from './confusion.ts'
import { distribution } from './distribution.ts'
import { groups } from './groups.ts'
import { mistakes } from './mistakes.ts'
import { percent } from './numbers.ts'
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
