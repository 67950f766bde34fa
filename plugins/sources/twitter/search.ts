import {
  type Emitter,
  isObject,
  type JsonObject,
  type Log,
  type PluginMetrics,
  type ReconnectPolicy,
  type Source,
  sleep,
  type TopicRule,
} from 'mood-exporter/plugin'
import type { Api } from './api.ts'
import { Asker, BadRequest } from './ask.ts'
import type { metrics } from './metrics.ts'
import { whileSpent } from './pause.ts'
import { FIELDS, postsIn, recordOf, WHOLE_RETWEETS } from './record.ts'
import { nextToken } from './rules/rule-set.ts'
import type { Wanted, WantedRule } from './rules/wanted.ts'
import { firstIdAt, timeOfId } from './snowflake.ts'
import type { Spending } from './spending.ts'
import { SETTLE_MS, type Span, Timetable, xTime } from './timetable.ts'

/** Posts of a page, at least and at most, as X has it. */
export const LEAST_PAGE = 10
const LARGEST_PAGE = 100

/** Posts that are kept of one poll, to be put in the order in which they were written. */
const MOST_POSTS = 10_000

/** How often it is looked whether the pace allows another page, in milliseconds. */
const PACE_MS = 5000

/** A poll that is this many times as late as it should be has filled a gap. */
const LATE = 2

export interface PollSettings {
  api: Api
  /** The queries of these topics. */
  wanted: (topics: readonly TopicRule[]) => Wanted
  topics: readonly TopicRule[]
  policy: () => ReconnectPolicy
  url: string
  everyMs: number
  /** Up to when posts were read before, in Unix milliseconds. */
  until: number | undefined
  /** When the rate limit allows the next request, in Unix milliseconds. */
  nextAt: () => number
  /** Called with the emitter that it runs into. */
  onRun: (emitter: Emitter) => void
  log: Log
  metrics: PluginMetrics<typeof metrics>
}

export interface SearchSettings extends PollSettings {
  spending: Spending
  wholeRetweets: boolean
  maxRecordBytes: number
}

interface Found {
  tweet: JsonObject
  includes: JsonObject | undefined
  topics: Set<string>
}

/**
 * X's recent search, asked now and then for what was written since.
 *
 * Each poll covers the time from where the one before ended, up to half a minute ago: what X has found by then is all
 * there is, so no post is missed between polls, and none is read twice. Its posts are handed over in the order in which
 * they were written, with the time that is covered as their position.
 */
export class RecentSearch implements Source {
  readonly #settings: SearchSettings
  readonly #queries: Queries

  constructor(settings: SearchSettings) {
    this.#settings = settings
    this.#queries = new Queries(settings)
  }

  async run(emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { policy, url, everyMs, until, nextAt, onRun, log, metrics, spending } = this.#settings
    onRun(emitter)
    const asker = new Asker({ policy: policy(), emitter, signal, log, peer: url, nextAt })
    const timetable = new Timetable(until ?? Date.now() - SETTLE_MS - everyMs, 1000)
    while (!signal.aborted) {
      const startedAt = Date.now()
      if ((await whileSpent({ budget: spending.budget, emitter, metrics, signal })) > 0) asker.down()
      spending.refresh()
      const next = timetable.next(Date.now())
      if (next && !signal.aborted) {
        const { span, lostMs } = next
        const read = await this.#poll(span, asker, signal)
        if (!read) return
        if (lostMs > 0) emitter.gap('lost', lostMs)
        if (read.skippedMs > 0) emitter.gap('lost', read.skippedMs)
        else if (span.to - span.from > LATE * everyMs) emitter.gap('filled', span.to - span.from)
        await emitter.write(read.records, { position: { until: span.to } })
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

  /** All posts of a span, and how much of it had to be left out; null once the signal is aborted. */
  async #poll(
    span: Span,
    asker: Asker,
    signal: AbortSignal,
  ): Promise<{ records: string[]; skippedMs: number } | null> {
    const found = new Map<string, Found>()
    let skippedMs = 0
    for (const query of this.#queries.current) {
      const skipped = await this.#pages(query, span, found, asker, signal)
      if (signal.aborted) return null
      skippedMs = Math.max(skippedMs, skipped)
    }
    const { maxRecordBytes, metrics } = this.#settings
    for (const { topics } of found.values())
      for (const topic of topics) metrics.volume_posts.add(1, { topic })
    const inOrder = [...found].sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1))
    const records = inOrder.map(([, { tweet, includes, topics }]) =>
      recordOf(tweet, includes, [...topics], maxRecordBytes),
    )
    return { records, skippedMs }
  }

  /** Reads the pages of a query, newest first. Returns how much of the span was left out, in milliseconds. */
  async #pages(
    { value, topics }: WantedRule,
    { from, to }: Span,
    found: Map<string, Found>,
    asker: Asker,
    signal: AbortSignal,
  ): Promise<number> {
    const { api, spending, wholeRetweets } = this.#settings
    const { budget } = spending
    const query = {
      ...FIELDS,
      ...(wholeRetweets ? WHOLE_RETWEETS : {}),
      query: value,
      // Exclusive: the last id before the span.
      since_id: `${firstIdAt(from) - 1n}`,
      end_time: xTime(to),
    }
    let token: string | undefined
    let oldest = to
    do {
      // The first page of a poll waits until the pace allows it; later ones are left out, as they only get older.
      while (token === undefined && budget.paced < LEAST_PAGE && budget.left >= LEAST_PAGE && !signal.aborted)
        await sleep(PACE_MS, signal)
      const allowed = Math.min(budget.paced, budget.left)
      if (allowed < LEAST_PAGE || found.size >= MOST_POSTS) return oldest - from
      const page = { max_results: Math.min(LARGEST_PAGE, allowed), ...(token && { next_token: token }) }
      const answer = await this.#answer(() => api.get('search', { ...query, ...page }), value, topics, asker)
      if (answer === undefined) return 0
      await spending.take(postsIn(answer))
      for (const tweet of Array.isArray(answer.data) ? answer.data : []) {
        if (!isObject(tweet) || typeof tweet.id !== 'string' || !/^\d+$/.test(tweet.id)) continue
        const known = found.get(tweet.id)
        const all = known?.topics ?? new Set<string>()
        for (const topic of topics) all.add(topic)
        if (!known) found.set(tweet.id, { tweet, includes: referredTo(tweet, answer.includes), topics: all })
        oldest = Math.min(oldest, timeOfId(BigInt(tweet.id)))
      }
      token = nextToken(answer)
    } while (token !== undefined && !signal.aborted)
    return 0
  }

  async #answer(
    request: () => Promise<JsonObject>,
    value: string,
    topics: readonly string[],
    asker: Asker,
  ): Promise<JsonObject | undefined> {
    try {
      return await asker.ask(request)
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error
      this.#queries.refuse(value, topics, error.message)
      return undefined
    }
  }
}

/** What of the page's other tweets one refers to. */
function referredTo(tweet: JsonObject, includes: unknown): JsonObject | undefined {
  if (!isObject(includes) || !Array.isArray(includes.tweets) || !Array.isArray(tweet.referenced_tweets))
    return undefined
  const ids = new Set(tweet.referenced_tweets.map(reference => isObject(reference) && reference.id))
  const tweets = includes.tweets.filter(other => isObject(other) && ids.has(other.id))
  return tweets.length > 0 ? { tweets } : undefined
}

/** The queries of the topics, without those that X refuses. */
export class Queries {
  readonly #settings: Pick<PollSettings, 'wanted' | 'log' | 'metrics'>
  #current: readonly WantedRule[] = []
  readonly #refused = new Set<string>()

  constructor(settings: Pick<PollSettings, 'wanted' | 'topics' | 'log' | 'metrics'>) {
    this.#settings = settings
    this.topics(settings.topics)
  }

  get current(): readonly WantedRule[] {
    return this.#current
  }

  topics(topics: readonly TopicRule[]): void {
    const { rules, refused } = this.#settings.wanted(topics)
    this.#current = rules
    this.#refused.clear()
    for (const { topic, reason } of refused) this.#complain(topic, reason)
    this.#count()
  }

  /** X refuses a query: it is asked no more until the topics change. */
  refuse(value: string, topics: readonly string[], reason: string): void {
    this.#current = this.#current.filter(query => query.value !== value)
    for (const topic of topics) this.#complain(topic, reason, value)
    this.#count()
  }

  #complain(topic: string, reason: string, query?: string): void {
    this.#refused.add(topic)
    this.#settings.log.error(
      `X is not asked for the topic "${topic}": ${reason}`,
      query === undefined ? {} : { query },
    )
  }

  #count(): void {
    this.#settings.metrics.refused_topics.set(this.#refused.size)
  }
}
