import { isLoss } from '../catalogue/drop-reasons.ts'
import { type Html, html, Html as Markup } from '../html/html.ts'
import { FACES, face } from '../html/mood.ts'
import { count, moment, rate, span } from '../html/numbers.ts'
import { STYLE } from '../html/style.ts'
import type { Status } from '../runtime/view.ts'
import { configuration, plugins, sources } from './status-machinery.ts'
import { rankings } from './status-rankings.ts'
import { terms } from './status-terms.ts'
import { topics } from './status-topics.ts'

export interface PageOptions {
  /** Whether the page reloads itself every few seconds. Off by default: it would disturb a reader. */
  refresh: boolean
  docsUrl?: string | undefined
}

/** The interval of reloads, in seconds. */
const REFRESH_SECONDS = 5

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="11" fill="#0072b2"/>' +
    '<g fill="#fff"><circle cx="8.4" cy="9.4" r="1.5"/><circle cx="15.6" cy="9.4" r="1.5"/></g>' +
    '<path d="M8 14.8a4.8 4.8 0 0 0 8 0" fill="none" stroke="#fff" stroke-width="1.7" stroke-linecap="round"/></svg>',
)}`

/** The status page at `/`: an HTML document without scripts. */
export function statusPage(status: Status, { refresh, docsUrl }: PageOptions): string {
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>mood-exporter</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
${refresh && html`<meta http-equiv="refresh" content="${REFRESH_SECONDS}">`}
<link rel="icon" href="${ICON}">
<style>${new Markup(STYLE)}</style>
</head>
<body>
${FACES}
<header>
<div>
<h1>${face('positive')} mood-exporter</h1>
<p class="soft">Sentiment, topics and top terms of posts, as Prometheus metrics.</p>
</div>
<nav aria-label="Endpoints"><ul>
<li><a href="/metrics">Metrics</a></li>
<li><a href="/api/v1/status">Status as JSON</a></li>
<li><a href="/-/healthy">Health</a></li>
<li><a href="/-/ready">Readiness</a></li>
${docsUrl && html`<li><a href="${docsUrl}">Documentation</a></li>`}
</ul></nav>
</header>
<main>
${notices(status)}
${tiles(status)}
${topics(status.topics, status.sentiment)}
${sources(status.sources, status.now)}
${terms(status.terms, status.sentiment)}
${rankings(status.rankings, status.now)}
${plugins(status.plugins)}
${configuration(status.config)}
</main>
<footer>
<p>mood-exporter ${status.version} on Node.js ${status.node}. Shown as of ${moment(status.now)}.
${
  refresh
    ? html`Loads again every ${REFRESH_SECONDS} seconds; <a href="/">stop</a>.`
    : html`<a href="/">Load again</a>, or <a href="/?refresh">every ${REFRESH_SECONDS} seconds</a>.`
}</p>
</footer>
</body>
</html>
`}`
}

function notices({ notReady, config }: Status): Html {
  const list = (items: string[]) => html`<ul>${items.map(item => html`<li>${item}</li>`)}</ul>`
  return html`${
    notReady.length > 0 &&
    html`<section class="notice" aria-label="Not ready"><strong>Not ready yet.</strong>${list(notReady)}</section>`
  }${
    !config.lastReload.ok &&
    html`<section class="notice" aria-label="Reload failed"><strong>The configuration could not be reloaded
    at ${moment(config.lastReload.at)}; the running one is kept.</strong>${list(config.lastReload.problems)}</section>`
  }`
}

function tiles({ notReady, sources, workers, startedAt, now }: Status): Html {
  const sum = (of: (source: Status['sources'][number]) => number) =>
    sources.reduce((total, source) => total + of(source), 0)
  const dropped = (isCounted: (reason: string) => boolean) =>
    sum(source =>
      Object.entries(source.dropped).reduce(
        (total, [reason, n]) => (isCounted(reason) ? total + n : total),
        0,
      ),
    )
  const well = sources.filter(({ state }) => state === 'up' || state === 'finished').length
  const ready = notReady.length === 0
  const tile = (name: string, value: Html | string, more: Html | string) =>
    html`<div><dt>${name}</dt><dd>${value}<small>${more}</small></dd></div>`
  return html`<dl class="tiles">
${tile('State', html`<span class="pill ${ready ? 'ready' : 'not-ready'}">${ready ? 'ready' : 'not ready'}</span>`, html`up for ${span(now - startedAt)}`)}
${tile('Posts a second', rate(sum(source => source.postsPerSecond)), 'over the last seconds')}
${tile('Posts', count(sum(source => source.posts)), html`since ${moment(startedAt)}`)}
${tile('Off topic', count(dropped(reason => reason === 'off_topic')), 'posts that match no topic')}
${tile('Lost', count(dropped(isLoss)), html`of ${count(sum(source => source.records))} records`)}
${tile('Sources', `${well} of ${sources.length}`, 'up or finished')}
${tile('Workers', `${workers.ready} of ${workers.configured}`, `ready; ${count(workers.restarts)} replaced`)}
</dl>`
}
