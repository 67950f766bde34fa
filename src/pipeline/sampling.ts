import { createHash } from 'node:crypto'
import type { PostEvent } from '../plugin/events/post.ts'
import { cut } from '../plugin/messages/cut.ts'
import type { Post } from '../plugin/post.ts'

/** Maximum length of the text of a sampled post, in characters. */
const TEXT_LENGTH = 4000
const URL_LENGTH = 2000
const ID_LENGTH = 200

const MINUTE_MS = 60_000

/** How posts are sampled for outputs. Plain data. */
export interface SampleConfig {
  /** Posts of each topic and sentiment per minute. */
  perMinute: number
  text: boolean
}

/** A scored post. */
export interface ScoredPost
  extends Pick<PostEvent, 'source' | 'topic' | 'lang' | 'scorer' | 'sentiment' | 'score' | 'at'> {
  post: Post
}

/**
 * Counts the posts of each topic and sentiment in the current minute. Half of the limit is available at once, so that with
 * few posts none is left out. The other half is spread over the minute, so that the sample also covers its end.
 */
export class MinuteLimit {
  readonly #perMinute: number
  readonly #counts = new Map<string, number>()
  #minute = Number.NaN

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Whether one more is within the limit; if so, counts it. @param now Unix milliseconds */
  admits(topic: string, sentiment: string, now: number): boolean {
    const minute = Math.floor(now / MINUTE_MS)
    if (minute !== this.#minute) this.#counts.clear()
    this.#minute = minute
    const key = `${sentiment} ${topic}`
    const count = this.#counts.get(key) ?? 0
    const elapsed = now - minute * MINUTE_MS
    if (count >= Math.ceil((this.#perMinute * (MINUTE_MS + elapsed)) / (2 * MINUTE_MS))) return false
    this.#counts.set(key, count + 1)
    return true
  }
}

/** Samples the posts that a worker scores. */
export class PostSampler {
  readonly #text: boolean
  readonly #limit: MinuteLimit
  #sampled: PostEvent[] = []

  constructor({ perMinute, text }: SampleConfig) {
    this.#text = text
    this.#limit = new MinuteLimit(perMinute)
  }

  offer({ post, ...scored }: ScoredPost, now: number): void {
    if (!this.#limit.admits(scored.topic, scored.sentiment, now)) return
    const { id, url, text } = post
    const what = id ?? `${scored.at} ${text}`
    const hash = createHash('sha256').update(JSON.stringify([scored.source, scored.topic, what]))
    this.#sampled.push({
      kind: 'post',
      key: `post/${hash.digest('hex').slice(0, 32)}`,
      ...scored,
      // A scorer may have changed the post object, so the current value is checked.
      ...(typeof id === 'string' && id.length <= ID_LENGTH ? { id } : {}),
      ...(typeof url === 'string' && url.length <= URL_LENGTH ? { url } : {}),
      ...(this.#text && typeof text === 'string' ? { text: cut(text, TEXT_LENGTH) } : {}),
    })
  }

  /** The samples since the last call. */
  take(): PostEvent[] {
    const sampled = this.#sampled
    this.#sampled = []
    return sampled
  }
}
