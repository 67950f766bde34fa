import { type Html, html } from '../html/html.ts'
import { bytes, count, moment, rate, span } from '../html/numbers.ts'
import type { PluginStatus, SourceStatus, Status } from '../runtime/view.ts'

/** Counts by name, the largest first: "off_topic 1,200, invalid 3". */
function tallied(counts: Record<string, number>): Html {
  const found = Object.entries(counts).filter(([, n]) => n > 0)
  if (found.length === 0) return html`–`
  found.sort(([, a], [, b]) => b - a)
  return html`${found.map(([name, n], index) => html`${index > 0 && ', '}<span class="nowrap">${name} ${count(n)}</span>`)}`
}

/** The state of each source. */
export function sources(all: readonly SourceStatus[], now: number): Html {
  return html`<section>
<h2 id="sources">Sources</h2>
<div class="card" role="region" aria-labelledby="sources" tabindex="0">
<table>
<caption><span>Where posts come from. Event time is how far the posts' own times have come.</span></caption>
<thead><tr><th scope="col">Source</th><th scope="col">Plugin</th><th scope="col">State</th>
<th scope="col" class="n">Records</th><th scope="col" class="n">Posts</th><th scope="col" class="n">Posts/s</th>
<th scope="col">Dropped</th><th scope="col" class="n">Queue</th><th scope="col" class="n">Reconnects</th>
<th scope="col" class="n">Event time</th></tr></thead>
<tbody>
${all.map(source => sourceRow(source, now))}</tbody>
</table>
</div>
</section>`
}

function sourceRow(source: SourceStatus, now: number): Html {
  return html`<tr><th scope="row" class="name">${source.name}</th>
<td>${source.use} <small class="nowrap">${source.format}</small></td>
<td class="state"><span class="pill ${source.state}">${source.state}</span>${
    source.detail !== '' && html`<small class="name">${source.detail}</small>`
  }</td>
<td class="n">${count(source.records)}</td><td class="n">${count(source.posts)}</td>
<td class="n">${rate(source.postsPerSecond)}</td><td>${tallied(source.dropped)}</td>
<td class="n">${bytes(source.queueBytes)}</td><td class="n">${count(source.reconnects)}</td>
<td class="n">${source.watermark === null ? '–' : behind(source.watermark, now)}</td></tr>
`
}

function behind(watermark: number, now: number): Html {
  const date = new Date(watermark)
  if (Number.isNaN(date.getTime())) return html`–`
  return html`<time datetime="${date.toISOString()}" title="${date.toISOString()}">${span(now - watermark)} ${
    watermark > now ? 'ahead' : 'ago'
  }</time>`
}

/** What each plugin cost and broke. */
export function plugins(all: readonly PluginStatus[]): Html {
  return html`<section>
<h2 id="plugins">Plugins</h2>
<div class="card" role="region" aria-labelledby="plugins" tabindex="0">
<table>
<caption><span>Time spent in each plugin since the start, over all workers, and calls that failed.</span></caption>
<thead><tr><th scope="col">Plugin</th><th scope="col">Kind</th><th scope="col">Uses</th>
<th scope="col" class="n">Time</th><th scope="col">Errors</th><th scope="col">Last error</th></tr></thead>
<tbody>
${all.map(
  plugin => html`<tr><th scope="row" class="name">${plugin.name}</th><td>${plugin.kind}</td>
<td class="name">${plugin.use}</td><td class="n">${span(plugin.seconds * 1000)}</td><td>${tallied(plugin.errors)}</td>
<td class="error">${plugin.lastError || '–'}</td></tr>
`,
)}</tbody>
</table>
</div>
</section>`
}

/** The running configuration. Its secrets are masked before they come here. */
export function configuration(config: Status['config']): Html {
  return html`<section>
<h2>Configuration</h2>
<div class="card">
<details><summary>${config.file}</summary>
<p class="soft small">Loaded ${moment(config.loadedAt)}, secrets masked.</p>
<pre tabindex="0" aria-label="The running configuration">${config.shown}</pre></details>
</div>
</section>`
}
