import { isUtf8 } from 'node:buffer'
import type { DropReason } from '../catalogue/metrics.ts'
import { type Format, InvalidRecord, type RecordContext } from '../plugin/format.ts'
import type { Post } from '../plugin/post.ts'
import type { Job } from './job.ts'
import { messageOf } from './message-of.ts'
import type { Meter } from './meter.ts'
import { faultOfPost } from './post-check.ts'

const NONE: readonly Post[] = []

/** Told of each record or post that is dropped: its reason, what was wrong, and a way to look at it. */
export type OnDrop = (job: Job, record: number, reason: DropReason, message: string) => void

/** The record at hand, as formats see it. One is made for a source and pointed at each record in turn. */
class CurrentRecord implements RecordContext {
  job!: Job
  index = 0

  get bytes(): Buffer {
    return this.job.records.record(this.index)
  }

  get receivedAt(): number {
    return this.job.receivedAt
  }

  get header(): string {
    // Only formats that declare a header read this, and their streams have one.
    return this.job.header ?? ''
  }
}

/** Turns the records of one source into posts, through its format. */
export class Decoder {
  readonly #format: Format
  readonly #meter: Meter
  readonly #drop: OnDrop
  readonly #current = new CurrentRecord()

  constructor(format: Format, meter: Meter, drop: OnDrop) {
    this.#format = format
    this.#meter = meter
    this.#drop = drop
  }

  /** The posts of a record; a record without any is dropped with its reason. */
  decode(job: Job, record: number): readonly Post[] {
    const { records } = job
    const binary = this.#format.binary === true && !job.posts
    const text = binary ? '' : records.bytes.toString('utf8', records.start(record), records.end(record))
    // Decoding puts U+FFFD for what is not UTF-8; only then is it worth looking whether the bytes held it themselves.
    if (!binary && text.includes('\ufffd') && !isUtf8(records.record(record))) {
      return this.#none(job, record, 'encoding', 'not valid UTF-8')
    }
    if (this.#meter.skips(job, record, 0)) {
      return this.#none(job, record, 'plugin', `format ${this.#meter.name} failed on it`)
    }
    return job.posts ? this.#checked(job, record, JSON.parse(text)) : this.#decodeText(job, record, text)
  }

  #decodeText(job: Job, record: number, text: string): readonly Post[] {
    const current = this.#current
    current.job = job
    current.index = record
    this.#meter.begin(record, 0)
    try {
      return this.#checked(job, record, this.#format.decode(text, current))
    } catch (error) {
      if (error instanceof InvalidRecord) return this.#none(job, record, 'invalid', messageOf(error))
      this.#meter.failed('threw', error)
      return this.#none(job, record, 'plugin', `format ${this.#meter.name} failed on it`)
    } finally {
      this.#meter.end()
    }
  }

  /** Formats may be anybody's: what they answer is looked at before it is believed. */
  #checked(job: Job, record: number, decoded: Post | Post[] | null): readonly Post[] {
    const posts = decoded === null ? NONE : Array.isArray(decoded) ? decoded : [decoded]
    if (posts.length === 0) return this.#none(job, record, 'not_a_post', 'holds no post')
    // By index: iterating would pass over the holes of a sparse array.
    for (let index = 0; index < posts.length; index++) {
      const fault = faultOfPost(posts[index])
      if (fault === null) continue
      this.#meter.failed('rubbish', fault)
      return this.#none(job, record, 'plugin', `format ${this.#meter.name} answered no post`)
    }
    return posts
  }

  #none(job: Job, record: number, reason: DropReason, message: string): readonly Post[] {
    this.#drop(job, record, reason, message)
    // A record that soundly holds no post was taken: its sender need not send it again.
    if (reason !== 'not_a_post') job.refusals?.push({ record, reason, message })
    return NONE
  }
}
