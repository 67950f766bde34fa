import { isObject, type JsonObject, sleep } from 'mood-exporter/plugin'
import type { Api } from './api.ts'
import { type Asker, BadRequest } from './ask.ts'
import type { Queries } from './queries.ts'
import { FIELDS, postsIn, recordOf, WHOLE_RETWEETS } from './record.ts'
import { nextToken } from './rules/rule-set.ts'
import type { WantedRule } from './rules/wanted.ts'
import { firstIdAt, timeOfId } from './snowflake.ts'
import type { Spending } from './spending.ts'
import { oldestAt, type Span, xTime } from './timetable.ts'

/** X's minimum and maximum of posts in a page. */
export const LEAST_PAGE = 10
const LARGEST_PAGE = 100

/** The maximum of posts of one span, which are kept to be sorted by time. */
export const MOST_POSTS = 10_000

/** How often to check whether the pace allows another page, in milliseconds. */
const PACE_MS = 5000

export interface SpanReaderSettings {
  api: Api
  queries: Queries
  spending: Spending
  wholeRetweets: boolean
  maxRecordBytes: number
}

export interface SpanOptions {
  asker: Asker
  signal: AbortSignal
  /** The maximum of posts to read; 10,000 if absent. */
  most?: number
  /** Whether the first page waits until the pace of the budget allows it. */
  waits: boolean
}

/** A found post. */
export interface FoundPost {
  readonly id: string
  readonly topics: readonly string[]
  /** As a record of the format `twitter-v2`. */
  readonly record: string
}

interface Found {
  tweet: JsonObject
  includes: JsonObject | undefined
  topics: Set<string>
}

/** X no longer has the span: it ended more than seven days ago. */
class PastReach extends Error {}

/** Reads all posts of a span of time through X's recent search, as far as the budget allows. */
export class SpanReader {
  readonly #settings: SpanReaderSettings

  constructor(settings: SpanReaderSettings) {
    this.#settings = settings
  }

  /**
   * The posts in the order in which they were written, and how much of the beginning of the span was left out, in
   * milliseconds; null when the signal is aborted.
   */
  async read(
    span: Span,
    options: SpanOptions,
  ): Promise<{ posts: readonly FoundPost[]; skippedMs: number } | null> {
    const { queries, maxRecordBytes } = this.#settings
    const found = new Map<string, Found>()
    let left = options.most ?? MOST_POSTS
    let skippedMs = 0
    for (const query of queries.current) {
      const { read, skippedMs: skipped } = await this.#pages(query, span, left, found, options)
      if (options.signal.aborted) return null
      left -= read
      skippedMs = Math.max(skippedMs, skipped)
    }
    const posts = [...found]
      .sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1))
      .map(([id, { tweet, includes, topics }]) => ({
        id,
        topics: [...topics],
        record: recordOf(tweet, includes, [...topics], maxRecordBytes),
      }))
    return { posts, skippedMs }
  }

  /** Reads the pages of a query, newest first. Returns the number of posts, and how much of the span was left out. */
  async #pages(
    { value, topics }: WantedRule,
    { from, to }: Span,
    most: number,
    found: Map<string, Found>,
    { asker, signal, waits }: SpanOptions,
  ): Promise<{ read: number; skippedMs: number }> {
    const { api, spending, wholeRetweets } = this.#settings
    const { budget } = spending
    const query = { ...FIELDS, ...(wholeRetweets ? WHOLE_RETWEETS : {}), query: value, end_time: xTime(to) }
    let token: string | undefined
    let oldest = to
    let begin = from
    let read = 0
    do {
      // The first page of a poll waits until the pace allows it; later ones are left out, as they only get older.
      while (
        waits &&
        token === undefined &&
        budget.paced < LEAST_PAGE &&
        budget.left >= LEAST_PAGE &&
        !signal.aborted
      )
        await sleep(PACE_MS, signal)
      const allowed = Math.min(budget.paced, budget.left, most - read)
      if (allowed < LEAST_PAGE) return { read, skippedMs: oldest - from }
      const page = { max_results: Math.min(LARGEST_PAGE, allowed), ...(token && { next_token: token }) }
      const answer = await this.#answer(value, topics, asker, () => {
        // After a wait, the start may be too old: X rejects requests beyond seven days.
        begin = Math.max(from, oldestAt(Date.now()))
        if (begin >= to) throw new PastReach()
        // Exclusive: the last id before the span.
        return api.get('search', { ...query, ...page, since_id: `${firstIdAt(begin) - 1n}` })
      })
      if (answer === 'past_reach') return { read, skippedMs: oldest - from }
      if (answer === undefined) return { read, skippedMs: 0 }
      const posts = postsIn(answer)
      read += posts
      await spending.take(posts)
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
    return { read, skippedMs: begin - from }
  }

  async #answer(
    value: string,
    topics: readonly string[],
    asker: Asker,
    request: () => Promise<JsonObject>,
  ): Promise<JsonObject | 'past_reach' | undefined> {
    try {
      return await asker.ask(request)
    } catch (error) {
      if (error instanceof PastReach) return 'past_reach'
      if (!(error instanceof BadRequest)) throw error
      this.#settings.queries.refuse(value, topics, error.message)
      return undefined
    }
  }
}

/** The included tweets that a tweet refers to. */
function referredTo(tweet: JsonObject, includes: unknown): JsonObject | undefined {
  if (!isObject(includes) || !Array.isArray(includes.tweets) || !Array.isArray(tweet.referenced_tweets))
    return undefined
  const ids = new Set(tweet.referenced_tweets.map(reference => isObject(reference) && reference.id))
  const tweets = includes.tweets.filter(other => isObject(other) && ids.has(other.id))
  return tweets.length > 0 ? { tweets } : undefined
}
