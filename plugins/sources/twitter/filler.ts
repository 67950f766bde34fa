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
import type { metrics } from './metrics.ts'
import { Queries } from './queries.ts'
import type { RecentIds } from './recent-ids.ts'
import type { Wanted } from './rules/wanted.ts'
import { SpanReader } from './span-reader.ts'
import type { Spending } from './spending.ts'
import type { Gap, StreamWriter } from './stream-writer.ts'
import { SETTLE_MS } from './timetable.ts'

/**
 * How long a post may take to reach the stream, in milliseconds: gaps are filled from that much earlier. The stream's
 * latency is at most about seven seconds.
 *
 * @see https://docs.x.com/x-api/posts/filtered-stream/introduction
 */
const UNDER_WAY_MS = 10_000

/** The longest sleep until the clock is read again, in milliseconds: it may be set meanwhile. */
const LOOK_MS = 60_000

/** How many records are emitted together. */
const CHUNK = 500

export interface FillerSettings {
  api: Api
  /** Makes the queries of topics. */
  wanted: (topics: readonly TopicRule[]) => Wanted
  topics: readonly TopicRule[]
  spending: Spending
  streamWriter: StreamWriter
  /** Recently received posts: the stream may already have sent some of those found. */
  recent: RecentIds
  policy: () => ReconnectPolicy
  url: string
  /** When the rate limit of searches allows the next request, in Unix milliseconds. */
  nextAt: () => number
  wholeRetweets: boolean
  maxRecordBytes: number
  /** The maximum of posts read for one gap. */
  mostPosts: number
  log: Log
  metrics: PluginMetrics<typeof metrics>
}

/**
 * Fills gaps of the stream by recent search: the stream's own backfill and recovery require Enterprise access.
 *
 * A gap is read half a minute after its end, since X needs as long until posts can be found; the stream is open
 * meanwhile. It counts as filled or lost when that is known; until then it is part of the position, so that it is
 * filled after a restart.
 *
 * @see https://docs.x.com/x-api/fundamentals/recovery-and-redundancy
 */
export class GapFiller {
  readonly #settings: FillerSettings
  readonly #queries: Queries
  #added = Promise.withResolvers<void>()
  /** Why the account has no recent search; null while it may have it. */
  #refusedBecause: string | null = null

  constructor(settings: FillerSettings) {
    this.#settings = settings
    const { log, metrics } = settings
    metrics.filled_posts.add(0)
    this.#queries = new Queries({
      ...settings,
      // The stream has already reported the topics that X cannot be asked for.
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

  /** The stream is open again after a gap between these times (Unix milliseconds). */
  add(from: number, to: number, emitter: Pick<Emitter, 'gap'>): void {
    const dropped = this.#settings.streamWriter.gaps.add({ from: from - UNDER_WAY_MS, to, ms: to - from })
    for (const { ms } of dropped) emitter.gap('lost', ms)
    this.#added.resolve()
    this.#added = Promise.withResolvers<void>()
  }

  /** Fills gaps until the signal is aborted. */
  async run(emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { gaps } = this.#settings.streamWriter
    while (!signal.aborted) {
      const gap = gaps.first
      if (!gap) {
        await orAborted(this.#added.promise, signal)
        continue
      }
      const wait = gap.to + SETTLE_MS - Date.now()
      if (wait > 0 && this.#refusedBecause === null) await sleep(Math.min(wait, LOOK_MS), signal)
      else await this.#fill(gap, emitter, signal)
    }
  }

  async #fill(gap: Gap, emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { streamWriter, log } = this.#settings
    streamWriter.gaps.take(gap)
    const read = this.#refusedBecause === null ? await this.#read(gap, signal) : null
    if (signal.aborted) return
    const { posts, lostMs } = read ?? { posts: [], lostMs: gap.ms }
    for (let at = 0; at === 0 || at < posts.length; at += CHUNK) {
      const isLast = at + CHUNK >= posts.length
      const written = streamWriter.write(emitter, posts.slice(at, at + CHUNK), () => {
        if (isLast) streamWriter.gaps.remove(gap)
      })
      // The position still contains the gap, unless all of it was written.
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
    if (this.#refusedBecause !== null) return
    const about = {
      seconds: Math.round(gap.ms / 1000),
      lost_seconds: Math.round(lostMs / 1000),
      posts: posts.length,
    }
    if (lostMs > 0) log.warn('a gap of the stream could not be filled whole', about)
    else log.info('a gap of the stream was filled by recent search', about)
  }

  /** The records of a gap, and how much of it may be missing; null without recent search, and when aborted. */
  async #read(gap: Gap, stopped: AbortSignal): Promise<{ posts: string[]; lostMs: number } | null> {
    const { policy, url, nextAt, recent, mostPosts, log, metrics } = this.#settings
    const refused = new AbortController()
    const signal = AbortSignal.any([stopped, refused.signal])
    let hasFailed = false
    const asker = new Asker({
      policy: policy(),
      // A failure to fill a gap says nothing about the stream.
      emitter: {
        up() {},
        down: (reason, outage) => {
          if (outage === 'credentials') {
            this.#refusedBecause = reason
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
    // In whole seconds, as X requires.
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
