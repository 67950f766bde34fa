import {
  type Emitter,
  type Log,
  type PluginMetrics,
  type ReconnectPolicy,
  type Source,
  sleep,
  type TopicRule,
} from 'mood-exporter/plugin'
import type { Api } from './api.ts'
import { Asker } from './ask.ts'
import type { metrics } from './metrics.ts'
import { countedQueries, type Queries } from './queries.ts'
import type { Wanted } from './rules/wanted.ts'
import { SpanReader } from './span-reader.ts'
import { type Spending, whileSpent } from './spending.ts'
import { SETTLE_MS, Timetable } from './timetable.ts'

/** A poll that is this many times later than scheduled has filled a gap. */
const LATE = 2

export interface PollSettings {
  api: Api
  /** Makes the queries of topics. */
  wanted: (topics: readonly TopicRule[]) => Wanted
  topics: readonly TopicRule[]
  policy: () => ReconnectPolicy
  url: string
  everyMs: number
  /** Up to when posts were read before, in Unix milliseconds. */
  until: number | undefined
  /** When the rate limit allows the next request, in Unix milliseconds. */
  nextAt: () => number
  /** Called with the emitter of the run. */
  onRun: (emitter: Emitter) => void
  log: Log
  metrics: PluginMetrics<typeof metrics>
}

export interface SearchSettings extends PollSettings {
  spending: Spending
  wholeRetweets: boolean
  maxRecordBytes: number
}

/**
 * Polls X's recent search for posts since the last poll.
 *
 * Each poll covers the time from the end of the previous one up to half a minute ago: by then X finds all posts, so
 * none is missed between polls, and none is read twice. Posts are emitted in the order in which they were written,
 * with the covered time as their position.
 */
export class RecentSearch implements Source {
  readonly #settings: SearchSettings
  readonly #queries: Queries

  constructor(settings: SearchSettings) {
    this.#settings = settings
    this.#queries = countedQueries(settings)
  }

  async run(emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { policy, url, everyMs, until, nextAt, onRun, log, metrics, spending } = this.#settings
    onRun(emitter)
    const asker = new Asker({ policy: policy(), emitter, signal, log, peer: url, nextAt })
    const reader = new SpanReader({ ...this.#settings, queries: this.#queries })
    const timetable = new Timetable(until ?? Date.now() - SETTLE_MS - everyMs, 1000)
    while (!signal.aborted) {
      const startedAt = Date.now()
      if ((await whileSpent({ budget: spending.budget, emitter, metrics, signal })) > 0) asker.down()
      spending.refresh()
      const next = timetable.next(Date.now())
      if (next && !signal.aborted) {
        const { span, lostMs } = next
        const read = await reader.read(span, { asker, signal, waits: true })
        if (!read) return
        if (lostMs > 0) emitter.gap('lost', lostMs)
        if (read.skippedMs > 0) emitter.gap('lost', read.skippedMs)
        else if (span.to - span.from > LATE * everyMs) emitter.gap('filled', span.to - span.from)
        for (const { topics } of read.posts)
          for (const topic of topics) metrics.volume_posts.add(1, { topic })
        const records = read.posts.map(({ record }) => record)
        await emitter.write(records, { position: { until: span.to } })
        timetable.read(span)
      }
      await sleep(Math.max(1000, everyMs - (Date.now() - startedAt)), signal)
    }
  }

  topics(topics: readonly TopicRule[]): void {
    this.#queries.topics(topics)
  }

  async close(): Promise<void> {
    await this.#settings.spending.close()
  }
}
