import {
  type Emitter,
  type Log,
  orAborted,
  type PluginMetrics,
  type ReconnectPolicy,
  sleep,
  type TopicRule,
} from 'mood-exporter/plugin'
import type { Api } from './api.ts'
import { Asker } from './ask.ts'
import type { Gap } from './gaps.ts'
import type { metrics } from './metrics.ts'
import type { Progress } from './progress.ts'
import { Queries } from './queries.ts'
import type { RecentIds } from './recent-ids.ts'
import type { Wanted } from './rules/wanted.ts'
import { SpanReader } from './span-reader.ts'
import type { Spending } from './spending.ts'
import { SETTLE_MS } from './timetable.ts'

/**
 * How long a post may be under way to the stream, in milliseconds: gaps are filled from so long before. The stream's
 * latency is some seven seconds at most.
 *
 * @see https://docs.x.com/x-api/posts/filtered-stream/introduction
 */
const UNDER_WAY_MS = 10_000

/** The longest sleep until the clock is looked at again, in milliseconds: it may be set meanwhile. */
const LOOK_MS = 60_000

/** Records that are handed over at once. */
const CHUNK = 500

export interface FillerSettings {
  api: Api
  /** The queries of these topics. */
  wanted: (topics: readonly TopicRule[]) => Wanted
  topics: readonly TopicRule[]
  spending: Spending
  progress: Progress
  /** Posts that were received of late: the stream may have sent some that are found again. */
  recent: RecentIds
  policy: () => ReconnectPolicy
  url: string
  /** When the rate limit of searches allows the next request, in Unix milliseconds. */
  nextAt: () => number
  wholeRetweets: boolean
  maxRecordBytes: number
  /** Posts that may be read for one gap, at most. */
  mostPosts: number
  log: Log
  metrics: PluginMetrics<typeof metrics>
}

/**
 * Fills gaps of the stream by recent search: backfill and recovery by the stream itself are for Enterprise accounts.
 *
 * A gap is read half a minute after it has ended, since X needs as long to find posts, while the stream is open already.
 * It counts as filled or lost once that is known; until then it is part of the position, so that a restart fills it.
 *
 * @see https://docs.x.com/x-api/fundamentals/recovery-and-redundancy
 */
export class GapFiller {
  readonly #settings: FillerSettings
  readonly #queries: Queries
  #added = Promise.withResolvers<void>()
  /** Why the account has no recent search; null as long as it may have. */
  #refusal: string | null = null

  constructor(settings: FillerSettings) {
    this.#settings = settings
    const { log, metrics } = settings
    metrics.filled_posts.add(0)
    this.#queries = new Queries({
      ...settings,
      // The stream has said already what it cannot be asked for.
      onRefused: ({ topic, reason, value }) =>
        log.warn(
          `gaps of the stream cannot be filled for the topic "${topic}": ${reason}`,
          value === undefined ? {} : { query: value },
        ),
    })
  }

  topics(topics: readonly TopicRule[]): void {
    this.#queries.topics(topics)
  }

  /** The stream is open again, and was not between these times (Unix milliseconds). */
  add(from: number, to: number, emitter: Pick<Emitter, 'gap'>): void {
    const dropped = this.#settings.progress.gaps.add({ from: from - UNDER_WAY_MS, to, ms: to - from })
    for (const { ms } of dropped) emitter.gap('lost', ms)
    this.#added.resolve()
    this.#added = Promise.withResolvers<void>()
  }

  /** Fills gaps until the signal is aborted. */
  async run(emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { gaps } = this.#settings.progress
    while (!signal.aborted) {
      const gap = gaps.first
      if (!gap) {
        await orAborted(this.#added.promise, signal)
        continue
      }
      const wait = gap.to + SETTLE_MS - Date.now()
      if (wait > 0 && this.#refusal === null) await sleep(Math.min(wait, LOOK_MS), signal)
      else await this.#fill(gap, emitter, signal)
    }
  }

  async #fill(gap: Gap, emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { progress, log } = this.#settings
    progress.gaps.take(gap)
    const read = this.#refusal === null ? await this.#read(gap, signal) : null
    if (signal.aborted) return
    const { posts, lostMs } = read ?? { posts: [], lostMs: gap.ms }
    for (let at = 0; at === 0 || at < posts.length; at += CHUNK) {
      const isLast = at + CHUNK >= posts.length
      const written = progress.write(emitter, posts.slice(at, at + CHUNK), () => {
        if (isLast) progress.gaps.remove(gap)
      })
      // The position says that it is still to be filled, unless all of it was written.
      if (
        (await orAborted(
          written.then(() => true),
          signal,
        )) === undefined
      )
        return
    }
    if (lostMs > 0) emitter.gap('lost', lostMs)
    if (gap.ms > lostMs) emitter.gap('filled', gap.ms - lostMs)
    if (this.#refusal !== null) return
    const about = {
      seconds: Math.round(gap.ms / 1000),
      lost_seconds: Math.round(lostMs / 1000),
      posts: posts.length,
    }
    if (lostMs > 0) log.warn('a gap of the stream could not be filled whole', about)
    else log.info('a gap of the stream was filled by recent search', about)
  }

  /** The records of a gap, and how much of it may be missing; null where there is no recent search, and when aborted. */
  async #read(gap: Gap, stopped: AbortSignal): Promise<{ posts: string[]; lostMs: number } | null> {
    const { policy, url, nextAt, recent, mostPosts, log, metrics } = this.#settings
    const refused = new AbortController()
    const signal = AbortSignal.any([stopped, refused.signal])
    let hasFailed = false
    const asker = new Asker({
      policy: policy(),
      // That a gap cannot be filled says nothing of the stream.
      emitter: {
        up() {},
        down: (reason, outage) => {
          if (outage === 'credentials') {
            this.#refusal = reason
            log.warn(`gaps of the stream are not filled, as X refuses recent search: ${reason}`)
            refused.abort()
          } else if (!hasFailed) log.warn(`a gap of the stream cannot be filled yet: ${reason}`)
          hasFailed = true
        },
      },
      signal,
      log,
      peer: url,
      nextAt,
    })
    // To the second, as X has it.
    const span = {
      from: Math.floor(gap.from / 1000) * 1000,
      to: (Math.floor(gap.to / 1000) + 1) * 1000,
    }
    const reader = new SpanReader({ ...this.#settings, queries: this.#queries })
    const read = await reader.read(span, { asker, signal, most: mostPosts, waits: false })
    if (!read) return null
    const unknown = read.posts.filter(({ id }) => !recent.has(id))
    for (const { topics } of unknown) for (const topic of topics) metrics.volume_posts.add(1, { topic })
    metrics.filled_posts.add(unknown.length)
    const isPartial = this.#queries.refusedTopics > 0
    return {
      posts: unknown.map(({ record }) => record),
      lostMs: isPartial ? gap.ms : Math.min(gap.ms, read.skippedMs),
    }
  }
}
