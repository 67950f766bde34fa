import {
  type Emitter,
  isObject,
  type JsonObject,
  type Source,
  sleep,
  type TopicRule,
} from 'mood-exporter/plugin'
import { Asker, BadRequest } from './ask.ts'
import { countedQueries, type Queries } from './queries.ts'
import { nextToken } from './rules/rule-set.ts'
import type { PollSettings } from './search.ts'
import { SETTLE_MS, type Span, Timetable, xTime } from './timetable.ts'

const MINUTE_MS = 60_000

/**
 * The number of posts about each topic, as X counts them by minute: one request per topic, independent of the number
 * of posts. No post is read, so nothing is scored.
 */
export class RecentCounts implements Source {
  readonly #settings: PollSettings
  readonly #queries: Queries

  constructor(settings: PollSettings) {
    this.#settings = settings
    this.#queries = countedQueries(settings)
  }

  async run(emitter: Emitter, signal: AbortSignal): Promise<void> {
    const { policy, url, everyMs, until, nextAt, onRun, log, metrics } = this.#settings
    onRun(emitter)
    const asker = new Asker({ policy: policy(), emitter, signal, log, peer: url, nextAt })
    const timetable = new Timetable(until ?? Date.now() - SETTLE_MS - everyMs, MINUTE_MS)
    while (!signal.aborted) {
      const startedAt = Date.now()
      const next = timetable.next(startedAt)
      if (next) {
        const { span, lostMs } = next
        if (lostMs > 0) emitter.gap('lost', lostMs)
        const volumes: { topic: string; posts: number }[] = []
        for (const { value, topics } of this.#queries.current) {
          const posts = await this.#count(value, topics, span, asker)
          if (signal.aborted) return
          for (const topic of topics) volumes.push({ topic, posts })
        }
        // All posts first, and then the position: a kill in between counts one poll twice at most.
        for (const { topic, posts } of volumes) metrics.volume_posts.add(posts, { topic })
        await emitter.write([], { position: { until: span.to } })
        timetable.read(span)
      }
      await sleep(Math.max(1000, everyMs - (Date.now() - startedAt)), signal)
    }
  }

  topics(topics: readonly TopicRule[]): void {
    this.#queries.topics(topics)
  }

  async #count(value: string, topics: readonly string[], { from, to }: Span, asker: Asker): Promise<number> {
    const { api, metrics } = this.#settings
    const query = { query: value, granularity: 'minute', start_time: xTime(from), end_time: xTime(to) }
    let posts = 0
    let token: string | undefined
    do {
      const page = token === undefined ? {} : { next_token: token }
      let answer: JsonObject | undefined
      try {
        answer = await asker.ask(() => {
          metrics.counts_requests.add(1)
          return api.get('counts', { ...query, ...page })
        })
      } catch (error) {
        if (!(error instanceof BadRequest)) throw error
        this.#queries.refuse(value, topics, error.message)
      }
      if (answer === undefined) return posts
      for (const bucket of Array.isArray(answer.data) ? answer.data : [])
        if (isObject(bucket) && typeof bucket.tweet_count === 'number') posts += bucket.tweet_count
      token = nextToken(answer)
    } while (token !== undefined)
    return posts
  }
}
