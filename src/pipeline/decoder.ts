import type { DropReason } from '../catalogue/drop-reasons.ts'
import { decodeRankings, decodeRecord, NoPost, readPosts, recordText } from '../plugin/decoding.ts'
import type { Envelope } from '../plugin/envelope.ts'
import type { Format, RecordContext } from '../plugin/format.ts'
import type { Post } from '../plugin/post.ts'
import type { Ranking, RankingFormat } from '../plugin/ranking.ts'
import type { CallGuard } from './call-guard.ts'
import { excerptOf, type Job } from './job.ts'

const NONE: readonly never[] = []

/**
 * Called for each dropped record or post.
 * @param record its index in the job
 * @param message the problem, for the log
 */
export type OnDrop = (job: Job, record: number, reason: DropReason, message: string) => void

/** The current record, as formats see it. One object for each source, which moves from record to record. */
class CurrentRecord implements RecordContext {
  job!: Job
  index = 0

  get bytes(): Buffer {
    return this.job.records.record(this.index)
  }

  get receivedAt(): number {
    return this.job.records.time(this.index) ?? this.job.receivedAt
  }

  get envelope(): Envelope | undefined {
    return this.job.records.envelope(this.index)
  }

  get header(): string {
    // Only formats that declare a header read this, and then the stream has one.
    return this.job.header ?? ''
  }

  get path(): string | undefined {
    return this.job.path
  }
}

/** Turns the records of one source into posts or rankings, through its format. */
export class Decoder {
  readonly #format: Format | RankingFormat
  readonly #isBinary: boolean
  readonly #guard: CallGuard
  readonly #drop: OnDrop
  readonly #current = new CurrentRecord()

  constructor(format: Format | RankingFormat, guard: CallGuard, drop: OnDrop) {
    this.#format = format
    // Read once: a plugin's getter must not vary by record, nor cost anything for records that it is not called for.
    this.#isBinary = format.binary === true
    this.#guard = guard
    this.#drop = drop
  }

  /** The posts of a record; a record without any is dropped with its reason. */
  decode(job: Job, record: number): readonly Post[] {
    const posts = job.posts ? this.#written(job, record) : this.#decode(job, record, decodeRecord)
    return posts instanceof NoPost ? this.#none(job, record, posts) : posts
  }

  /** The same for a format of rankings. */
  decodeRankings(job: Job, record: number): readonly Ranking[] {
    const rankings = this.#decode(job, record, decodeRankings)
    return rankings instanceof NoPost ? this.#none(job, record, rankings) : rankings
  }

  /** Posts that the source wrote itself. */
  #written(job: Job, record: number): readonly Post[] | NoPost {
    const { records } = job
    const text = recordText(records.bytes, records.start(record), records.end(record))
    if (text instanceof NoPost) return text
    if (this.#guard.skips(job, record, 0)) return new NoPost('plugin', '')
    return readPosts(JSON.parse(text))
  }

  #decode<Value>(
    job: Job,
    record: number,
    decode: (format: never, text: string, record: RecordContext) => readonly Value[] | NoPost,
  ): readonly Value[] | NoPost {
    const { records } = job
    const text = this.#isBinary ? '' : recordText(records.bytes, records.start(record), records.end(record))
    if (text instanceof NoPost) return text
    if (this.#guard.skips(job, record, 0)) return new NoPost('plugin', '')
    const current = this.#current
    current.job = job
    current.index = record
    this.#guard.begin(record, 0)
    const values = decode(this.#format as never, text, current)
    this.#guard.end()
    return values
  }

  #none(job: Job, record: number, { reason, message, error }: NoPost): readonly never[] {
    if (error) this.#guard.failed(error, () => excerptOf(job, record))
    // The error, which is logged, already says what the format did.
    const why = reason === 'plugin' ? `format ${this.#guard.name} failed on it` : message
    this.#drop(job, record, reason, why)
    // A valid record without a post is accepted: its sender need not send it again.
    if (reason !== 'not_a_post') job.rejections?.push({ record, reason, message: why })
    return NONE
  }
}
