/** How far event time has come in one partition of a source. */
interface Progress {
  source: string
  eventTime: number
  /** When it last moved, by the clock. */
  seenAt: number
}

/**
 * The watermark: the event time up to which posts are taken to be complete. It is the slowest of the partitions',
 * those that have gone idle left out, and it never goes back. While all are idle it moves with the clock, so that
 * windows close although nothing comes. All times are Unix milliseconds.
 */
export class Watermarks {
  #idle: number
  readonly #partitions = new Map<string, Progress>()
  readonly #sources = new Map<string, number>()
  #watermark = Number.NEGATIVE_INFINITY
  #lookedAt = 0

  /** @param idle milliseconds of silence after which a partition no longer holds the others back */
  constructor(idle: number) {
    this.#idle = idle
  }

  /** @param milliseconds of silence after which a partition no longer holds the others back */
  set idle(milliseconds: number) {
    this.#idle = milliseconds
  }

  /** Says that a partition has come to this event time. A post from the future counts as written now. */
  observe(source: string, partition: string, eventTime: number, now: number): void {
    const time = Math.min(eventTime, now)
    const key = `${source}\u001f${partition}`
    const known = this.#partitions.get(key)
    if (known) {
      known.eventTime = Math.max(known.eventTime, time)
      known.seenAt = now
    } else {
      this.#partitions.set(key, { source, eventTime: time, seenAt: now })
    }
    this.#sources.set(source, Math.max(this.#sources.get(source) ?? Number.NEGATIVE_INFINITY, time))
  }

  /** Forgets a source that has ended, so that it holds nothing back. */
  finish(source: string): void {
    for (const [key, progress] of this.#partitions)
      if (progress.source === source) this.#partitions.delete(key)
  }

  /** How far event time has come in a source; null until it has handed over a post. */
  of(source: string): number | null {
    return this.#sources.get(source) ?? null
  }

  /** The watermark now. */
  current(now: number): number {
    let slowest = Number.POSITIVE_INFINITY
    for (const [key, { eventTime, seenAt }] of this.#partitions) {
      // An idle partition is forgotten: when it speaks again, what it says then is all that counts.
      if (now - seenAt >= this.#idle) this.#partitions.delete(key)
      else slowest = Math.min(slowest, eventTime)
    }
    if (slowest === Number.POSITIVE_INFINITY)
      slowest = Math.min(now, this.#watermark + Math.max(0, now - this.#lookedAt))
    this.#lookedAt = now
    this.#watermark = Math.max(this.#watermark, slowest)
    return this.#watermark
  }
}
