import { type Html, html } from '../html/html.ts'
import { type Cuts, face, moodOf, moodWord, sentimentBar } from '../html/mood.ts'
import { count, score, share } from '../html/numbers.ts'
import type { TopicStatus } from '../runtime/view.ts'
import { windowChoice } from './status-windows.ts'

/** Maximum of rows shown; a thousand topics would make the page unusable. */
const MOST_ROWS = 100

const total = ({ positive, neutral, negative, unknown }: TopicStatus['posts']) =>
  positive + neutral + negative + unknown

/** Topics with their mood and their posts by sentiment, in the order of the configuration. */
export function topics(all: readonly TopicStatus[], cuts: Cuts): Html {
  if (all.length === 0)
    return html`<section><h2>Topics</h2><p class="soft">No posts counted yet.</p></section>`
  const windows = [...new Set(all.flatMap(topic => topic.windows.map(({ window }) => window)))]
  const rows = all.slice(0, MOST_ROWS)
  return html`<section>
<h2 id="topics">Topics</h2>
<div class="card" role="region" aria-labelledby="topics" tabindex="0">
${windowChoice('topics', windows)}
<table class="cards">
<caption><span>The mood of the longest window that has scores; posts by sentiment since the start.
<span class="nowrap"><span class="key positive"></span>positive<span class="key neutral"></span>neutral<span
class="key negative"></span>negative</span></span></caption>
<thead><tr><th scope="col">Topic</th><th scope="col">Scorer</th><th scope="col">Mood</th>
${windows.map((window, place) => html`<th scope="col" class="n w w${place}">Last ${window}</th>`)}
<th scope="col">Share</th><th scope="col" class="n">Positive</th><th scope="col" class="n">Neutral</th>
<th scope="col" class="n">Negative</th><th scope="col" class="n">Unknown</th></tr></thead>
<tbody>
${rows.map((row, index) => topicRow(row, rows[index - 1]?.topic === row.topic, windows, cuts))}</tbody>
</table>
</div>
${rows.length < all.length && html`<p class="soft small">${count(all.length - rows.length)} more in the <a href="/api/v1/status">status as JSON</a>.</p>`}
</section>`
}

function topicRow(row: TopicStatus, isAgain: boolean, windows: string[], cuts: Cuts): Html {
  const { posts } = row
  const mood = moodOf(row.recent?.score ?? null, cuts)
  const scored = total(posts) - posts.unknown
  const part = (name: string, value: number) =>
    html`<td class="n" data-label="${name}">${count(value)} <small>${scored > 0 ? share(value, scored) : ''}</small></td>`
  return html`<tr${isAgain && html` class="again"`}><th scope="row" class="name"><bdi>${row.topic}</bdi></th>
<td data-label="Scorer">${row.scorer}</td>
<td class="nowrap" data-label="Mood">${face(mood)} ${moodWord(mood)}${
    row.recent && html` <small>last ${row.recent.window}</small>`
  }</td>
${windows.map((window, place) => windowCell(window, place, row, cuts))}
<td class="wide" data-label="Share">${sentimentBar(posts)}</td>
${part('Positive', posts.positive)}${part('Neutral', posts.neutral)}${part('Negative', posts.negative)}<td
class="n" data-label="Unknown">${count(posts.unknown)}</td></tr>
`
}

function windowCell(window: string, place: number, row: TopicStatus, cuts: Cuts): Html {
  const found = row.windows.find(each => each.window === window)
  const start = html`<td class="n w w${place}" data-label="Last ${window}">`
  if (!found) return html`${start}–</td>`
  const posts = html`<small>${count(found.posts)} ${found.posts === 1 ? 'post' : 'posts'}</small>`
  if (found.score === null) return html`${start}– ${posts}</td>`
  const sign = found.score >= cuts.positive ? 'plus' : found.score <= cuts.negative ? 'minus' : 'even'
  return html`${start}<span class="${sign}">${score(found.score)}</span> ${posts}</td>`
}
