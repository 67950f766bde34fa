import { createHash } from 'node:crypto'
import type { PostEvent } from '../plugin/events/post.ts'
import { cut } from '../plugin/messages/cut.ts'
import type { Post } from '../plugin/post.ts'

/** Characters of what a sampled post holds. */
const TEXT_LENGTH = 4000
const URL_LENGTH = 2000
const ID_LENGTH = 200

const MINUTE_MS = 60_000

/** How posts are sampled for outputs. Plain data. */
export interface SamplePlan {
  /** Posts of each topic and sentiment a minute. */
  perMinute: number
  text: boolean
}

/** What is known of a post that is scored. */
export interface ScoredPost
  extends Pick<PostEvent, 'source' | 'topic' | 'lang' | 'scorer' | 'sentiment' | 'score' | 'at'> {
  post: Post
}

/** How many posts of each topic and sentiment there were in the minute at hand. */
export class MinuteLimit {
  readonly #perMinute: number
  readonly #counts = new Map<string, number>()
  #minute = Number.NaN

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Whether there is room for one more, which is then counted. @param now Unix milliseconds */
  admits(topic: string, sentiment: string, now: number): boolean {
    const minute = Math.floor(now / MINUTE_MS)
    if (minute !== this.#minute) this.#counts.clear()
    this.#minute = minute
    const key = `${sentiment} ${topic}`
    const count = this.#counts.get(key) ?? 0
    if (count >= this.#perMinute) return false
    this.#counts.set(key, count + 1)
    return true
  }
}

/** Takes a sample of the posts that a worker scores: the first ones of each minute. */
export class PostSampler {
  readonly #text: boolean
  readonly #limit: MinuteLimit
  #sampled: PostEvent[] = []

  constructor({ perMinute, text }: SamplePlan) {
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
      // A scorer may have changed the post that it was given, so its present value is checked.
      ...(typeof id === 'string' && id.length <= ID_LENGTH ? { id } : {}),
      ...(typeof url === 'string' && url.length <= URL_LENGTH ? { url } : {}),
      ...(this.#text && typeof text === 'string' ? { text: cut(text, TEXT_LENGTH) } : {}),
    })
  }

  /** What was sampled since the last call. */
  take(): PostEvent[] {
    const sampled = this.#sampled
    this.#sampled = []
    return sampled
  }
}
