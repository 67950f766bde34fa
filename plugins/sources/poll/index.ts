import {
  crossesInTheClear,
  defineSource,
  type Log,
  ReconnectPolicy,
  reconnecting,
  sleep,
} from 'mood-exporter/plugin'
import { Budget } from './budget.ts'
import { hasAuthorization, options, type PollOptions } from './options.ts'
import { Poller, readPosition } from './poller.ts'

/** How late a poll may be, in milliseconds, before posts may be missing. */
const SLACK_MS = 60_000

export default defineSource({
  name: 'poll',
  description: 'Polls a URL: a feed, a search, a timeline.',
  live: true,
  replayable: true,
  options,
  create(options, { log, store, position }) {
    const { url, every, token, headers, requests_per_day, backoff } = options
    const { host } = new URL(url)
    const hasCredentials = token !== undefined || hasAuthorization(headers)
    warnOfClearToken(options, hasCredentials, log)
    const secrets = { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
    const policy = new ReconnectPolicy(backoff)
    return {
      async run(emitter, signal) {
        const budget = new Budget(requests_per_day, store, emitter, ms =>
          log.warn('the daily limit of requests is reached: no poll until midnight (UTC)', {
            requests_per_day,
            hours: Math.ceil(ms / 3_600_000),
          }),
        )
        await budget.load()
        const spend = (signal: AbortSignal) => budget.spend(signal)
        const settings = { ...options, headers: commonHeaders(options), secrets, hasCredentials, spend, log }
        const poller = new Poller(settings, emitter, readPosition(position))
        await reconnecting({ policy, emitter, signal, log, peer: host, resumes: true }, async connection => {
          while (!connection.signal.aborted) {
            const startedAt = performance.now()
            const { lastAt } = poller
            const outageMs = lastAt === null ? 0 : Date.now() - lastAt
            const { restMs } = await poller.poll(connection)
            connection.up()
            // What has disappeared from a page after a longer time is unknown, unless the service can be asked for
            // everything since.
            if (outageMs > 2 * every + SLACK_MS) emitter.gap(options.since ? 'filled' : 'lost', outageMs)
            const rest = Math.max(every - (performance.now() - startedAt), restMs)
            await sleep(rest, connection.signal)
          }
        })
      },
    }
  },
})

function commonHeaders({ contact }: PollOptions): Record<string, string> {
  return {
    'user-agent': contact === undefined ? 'mood-exporter' : `mood-exporter (${contact})`,
    accept: '*/*',
  }
}

function warnOfClearToken({ url }: PollOptions, hasCredentials: boolean, log: Log): void {
  if (hasCredentials && crossesInTheClear(url))
    log.warn('the token crosses the network in the clear: use https, where the service has it')
}
