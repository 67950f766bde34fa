import { type Html, html } from '../html/html.ts'
import { balance, face, moodOf, moodWord, sentimentBar } from '../html/mood.ts'
import { count, score, share } from '../html/numbers.ts'
import type { TopicStatus } from '../runtime/view.ts'

/** Rows shown; a page with all of a thousand topics would help nobody. */
const MOST_ROWS = 100

const total = ({ positive, neutral, negative, unknown }: TopicStatus['posts']) =>
  positive + neutral + negative + unknown

/** Topics with their posts by sentiment, the busiest first. */
export function topics(all: readonly TopicStatus[]): Html {
  if (all.length === 0)
    return html`<section><h2>Topics</h2><p class="soft">No posts counted yet.</p></section>`
  const windows = [...new Set(all.flatMap(topic => topic.windows.map(({ window }) => window)))]
  const groups = Map.groupBy(all, ({ topic }) => topic)
  const busiest = [...groups.values()].sort((a, b) => most(b) - most(a))
  const shown = busiest.flatMap(rows =>
    rows.map((row, index) => ({ row, spans: index === 0 ? rows.length : 0 })),
  )
  const rows = shown.slice(0, MOST_ROWS)
  return html`<section>
<h2 id="topics">Topics</h2>
<div class="card" role="region" aria-labelledby="topics" tabindex="0">
<table>
<caption><span>Posts by sentiment since the start, and the mean score of the last complete window of each size.
<span class="nowrap"><span class="key positive"></span>positive<span class="key neutral"></span>neutral<span
class="key negative"></span>negative</span></span></caption>
<thead><tr><th scope="col">Topic</th><th scope="col">Scorer</th><th scope="col">Mood</th><th scope="col">Share</th>
<th scope="col" class="n">Positive</th><th scope="col" class="n">Neutral</th><th scope="col" class="n">Negative</th>
<th scope="col" class="n">Unknown</th>
${windows.map(window => html`<th scope="col" class="n">Last ${window}</th>`)}</tr></thead>
${rows.map(({ row, spans }) => topicRow(row, spans, windows))}
</table>
</div>
${rows.length < shown.length && html`<p class="soft small">${count(shown.length - rows.length)} more in the <a href="/api/v1/status">status as JSON</a>.</p>`}
</section>`
}

const most = (rows: TopicStatus[]) => Math.max(...rows.map(({ posts }) => total(posts)))

function topicRow(row: TopicStatus, spans: number, windows: string[]): Html {
  const { posts } = row
  const mood = moodOf(balance(posts))
  const scored = total(posts) - posts.unknown
  const part = (value: number) =>
    html`<td class="n">${count(value)} <small>${scored > 0 ? share(value, scored) : ''}</small></td>`
  return html`<tr>${
    spans > 0 && html`<th scope="row" rowspan="${spans}" class="name"><bdi>${row.topic}</bdi></th>`
  }<td>${row.scorer}</td>
<td class="nowrap">${face(mood)} ${moodWord(mood)}</td><td class="wide">${sentimentBar(posts)}</td>
${part(posts.positive)}${part(posts.neutral)}${part(posts.negative)}<td class="n">${count(posts.unknown)}</td>
${windows.map(window => windowCell(row.windows.find(found => found.window === window)))}</tr>
`
}

function windowCell(found: TopicStatus['windows'][number] | undefined): Html {
  if (!found) return html`<td class="n">–</td>`
  const posts = html`<small>${count(found.posts)} ${found.posts === 1 ? 'post' : 'posts'}</small>`
  if (found.score === null) return html`<td class="n">– ${posts}</td>`
  return html`<td class="n"><span class="${signOf(found.score)}">${score(found.score)}</span> ${posts}</td>`
}

const signOf = (value: number) => (value >= 0.05 ? 'plus' : value <= -0.05 ? 'minus' : 'even')
