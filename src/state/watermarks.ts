import { labelKey } from '../catalogue/label-key.ts'
import { DEFAULT_FUTURE } from './shape.ts'

/** The event time that a partition of a source has reached. */
interface PartitionTime {
  source: string
  eventTime: number
  /** When it last advanced, by the clock. */
  seenAt: number
}

export interface EncodedWatermarks {
  partitions: [key: string, source: string, eventTime: number, seenAt: number][]
  sources: [source: string, eventTime: number][]
  /** Null before the first post. */
  watermark: number | null
  lookedAt: number
}

/**
 * The watermark: the event time up to which all posts are assumed to have arrived. It is the minimum over the
 * partitions, without idle ones. It goes back only after the clock did: a watermark further ahead of the clock than
 * event time may be comes from a wrong clock. While all partitions are idle it advances with the clock, so that
 * windows close without new posts. All times are Unix milliseconds.
 */
export class Watermarks {
  /** Milliseconds of silence after which a partition no longer holds the others back. */
  idle: number
  readonly #partitions = new Map<string, PartitionTime>()
  readonly #sources = new Map<string, number>()
  #watermark = Number.NEGATIVE_INFINITY
  #lookedAt = 0
  #hasComeBack = false
  /** How far it may lie ahead of the clock, in milliseconds. */
  future: number

  /**
   * @param idle milliseconds of silence after which a partition no longer holds the others back
   * @param future how far event time may lie ahead of the clock, in milliseconds
   */
  constructor(idle: number, future = DEFAULT_FUTURE) {
    this.idle = idle
    this.future = future
  }

  /** Records that a partition has reached this event time. A post from the future counts as written now. */
  observe(source: string, partition: string, eventTime: number, now: number): void {
    const time = Math.min(eventTime, now)
    const key = labelKey(source, partition)
    const known = this.#partitions.get(key)
    if (known) {
      known.eventTime = Math.max(known.eventTime, time)
      known.seenAt = now
    } else {
      this.#partitions.set(key, { source, eventTime: time, seenAt: now })
    }
    this.#sources.set(source, Math.max(this.#sources.get(source) ?? Number.NEGATIVE_INFINITY, time))
  }

  /** Removes a closed partition, or all of an ended source, so that it no longer holds back the watermark. */
  release(source: string, partition?: string): void {
    if (partition !== undefined) this.#partitions.delete(labelKey(source, partition))
    else for (const [key, time] of this.#partitions) if (time.source === source) this.#partitions.delete(key)
  }

  /** Removes the sources that the configuration no longer has. */
  retain(wanted: (source: string) => boolean): void {
    for (const [key, { source }] of this.#partitions) if (!wanted(source)) this.#partitions.delete(key)
    for (const source of this.#sources.keys()) if (!wanted(source)) this.#sources.delete(source)
  }

  /** The event time that a source has reached; null before its first post. */
  of(source: string): number | null {
    return this.#sources.get(source) ?? null
  }

  /** The watermark as last computed; -Infinity before the first post. */
  get latest(): number {
    return this.#watermark
  }

  /** Whether the last computation found that the clock had been wrong. */
  get hasComeBack(): boolean {
    return this.#hasComeBack
  }

  /** The watermark now. */
  current(now: number): number {
    this.#hasComeBack = this.#watermark > now + this.future
    if (this.#hasComeBack) this.#comeBack(now)
    let slowest = Number.POSITIVE_INFINITY
    for (const [key, { eventTime, seenAt }] of this.#partitions) {
      // An idle partition is removed. When it has posts again, only those count.
      if (now - seenAt >= this.idle) this.#partitions.delete(key)
      else slowest = Math.min(slowest, eventTime)
    }
    if (slowest === Number.POSITIVE_INFINITY)
      slowest = Math.min(now, this.#watermark + Math.max(0, now - this.#lookedAt))
    this.#lookedAt = now
    this.#watermark = Math.max(this.#watermark, slowest)
    return this.#watermark
  }

  /** Removes times recorded while the clock was ahead. */
  #comeBack(now: number): void {
    for (const time of this.#partitions.values()) {
      time.eventTime = Math.min(time.eventTime, now)
      time.seenAt = Math.min(time.seenAt, now)
    }
    for (const [source, time] of this.#sources) this.#sources.set(source, Math.min(time, now))
    this.#watermark = this.#partitions.size > 0 ? Number.NEGATIVE_INFINITY : now
    this.#lookedAt = now
  }

  encode(): EncodedWatermarks {
    return {
      partitions: Array.from(this.#partitions, ([key, { source, eventTime, seenAt }]) => [
        key,
        source,
        eventTime,
        seenAt,
      ]),
      sources: [...this.#sources],
      watermark: Number.isFinite(this.#watermark) ? this.#watermark : null,
      lookedAt: this.#lookedAt,
    }
  }

  decode({ partitions, sources, watermark, lookedAt }: EncodedWatermarks): void {
    for (const [key, source, eventTime, seenAt] of partitions)
      this.#partitions.set(key, { source, eventTime, seenAt })
    for (const [source, eventTime] of sources) this.#sources.set(source, eventTime)
    this.#watermark = watermark ?? Number.NEGATIVE_INFINITY
    this.#lookedAt = lookedAt
  }
}
