import { isLoss } from '../catalogue/drop-reasons.ts'
import { type Html, html } from '../html/html.ts'
import { bytes, count, moment, rate, span } from '../html/numbers.ts'
import type { PluginStatus, SourceStatus, Status } from '../runtime/view.ts'

/** Counts by name, in descending order: "off_topic 1,200, invalid 3". */
function tallied(counts: Record<string, number>, isCounted: (name: string) => boolean = () => true): Html {
  const found = Object.entries(counts).filter(([name, n]) => n > 0 && isCounted(name))
  if (found.length === 0) return html`–`
  found.sort(([, a], [, b]) => b - a)
  return html`${found.map(([name, n], index) => html`${index > 0 && ', '}<span class="nowrap">${name} ${count(n)}</span>`)}`
}

/** The state of each source. */
export function sources(all: readonly SourceStatus[], now: number): Html {
  return html`<section>
<h2 id="sources">Sources</h2>
<div class="card" role="region" aria-labelledby="sources" tabindex="0">
<table class="cards">
<caption><span>Where posts come from. Lost: records that could not be read, or found no room. Left out: posts that match no topic,
duplicates, records without a post. Event time is how far the posts' own times have come.</span></caption>
<thead><tr><th scope="col">Source</th><th scope="col">Plugin</th><th scope="col">State</th>
<th scope="col" class="n">Records</th><th scope="col" class="n">Posts</th><th scope="col" class="n">Posts/s</th>
<th scope="col">Lost</th><th scope="col">Left out</th><th scope="col" class="n">Queue</th><th scope="col" class="n">Reconnects</th>
<th scope="col" class="n">Event time</th></tr></thead>
<tbody>
${all.map(source => sourceRow(source, now))}</tbody>
</table>
</div>
</section>`
}

function sourceRow(source: SourceStatus, now: number): Html {
  return html`<tr><th scope="row" class="name">${source.name}</th>
<td data-label="Plugin">${source.use} <small class="nowrap">${source.format}</small></td>
<td class="state" data-label="State"><span class="pill ${source.state}">${source.state}</span>${
    source.detail !== '' && html`<small class="name">${source.detail}</small>`
  }</td>
<td class="n" data-label="Records">${count(source.records)}</td><td class="n" data-label="Posts">${count(source.posts)}</td>
<td class="n" data-label="Posts/s">${rate(source.postsPerSecond)}</td>
<td data-label="Lost">${tallied(source.dropped, isLoss)}</td>
<td data-label="Left out">${tallied(source.dropped, reason => !isLoss(reason))}</td>
<td class="n" data-label="Queue">${bytes(source.queueBytes)}</td>
<td class="n" data-label="Reconnects">${count(source.reconnects)}</td>
<td class="n" data-label="Event time">${source.watermark === null ? '–' : behind(source.watermark, now)}</td></tr>
`
}

function behind(watermark: number, now: number): Html {
  const date = new Date(watermark)
  if (Number.isNaN(date.getTime())) return html`–`
  return html`<time datetime="${date.toISOString()}" title="${date.toISOString()}">${span(now - watermark)} ${
    watermark > now ? 'ahead' : 'ago'
  }</time>`
}

/** The time and errors of each plugin. */
export function plugins(all: readonly PluginStatus[]): Html {
  return html`<section>
<h2 id="plugins">Plugins</h2>
<div class="card" role="region" aria-labelledby="plugins" tabindex="0">
<table class="cards">
<caption><span>Time spent in each plugin since the start, over all workers, and calls that failed.</span></caption>
<thead><tr><th scope="col">Plugin</th><th scope="col">Kind</th><th scope="col">Uses</th>
<th scope="col" class="n">Time</th><th scope="col">Errors</th><th scope="col">Last error</th></tr></thead>
<tbody>
${all.map(
  plugin => html`<tr><th scope="row" class="name">${plugin.name}</th><td data-label="Kind">${plugin.kind}</td>
<td class="name" data-label="Uses">${plugin.use}</td><td class="n" data-label="Time">${span(plugin.seconds * 1000)}</td>
<td data-label="Errors">${tallied(plugin.errors)}</td><td class="error" data-label="Last error">${plugin.lastError || '–'}</td></tr>
`,
)}</tbody>
</table>
</div>
</section>`
}

/** The running configuration. Its secrets are already masked. */
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
