import { LineSplitter } from './line-splitter.ts'
import type { Post } from './post.ts'
import type { LineOptions, LineStream, Position, Receipt, Sink, WriteOptions } from './source.ts'

type Record = Uint8Array | string | Post

/** One record as a source handed it over in a test. */
export interface ReceivedRecord {
  /** The record as text, or the post. */
  value: string | Post
  partition: string | undefined
  header: string | undefined
}

const textOf = (value: Uint8Array | string) =>
  typeof value === 'string' ? value : Buffer.from(value).toString('utf8')

/** A sink that keeps what it is given, for tests of sources. Set `full` to refuse and to hold writers up. */
export class TestSink implements Sink {
  readonly records: ReceivedRecord[] = []
  readonly positions: Position[] = []
  readonly drops: { reason: string; records: number; sample: string }[] = []
  readonly downs: string[] = []
  readonly refusals: string[] = []
  /** Set it to be a sink whose format needs a header. */
  header = false
  ups = 0
  lagRecords: number | undefined
  /** What `submit` answers for a record: null takes it, anything else refuses it with that reason. */
  verdict: (record: string) => { reason: string; message: string } | null = () => null
  readonly #maxRecordBytes: number
  #full = false
  #changed = Promise.withResolvers<void>()

  constructor(maxRecordBytes = 65_536) {
    this.#maxRecordBytes = maxRecordBytes
  }

  get full(): boolean {
    return this.#full
  }

  set full(value: boolean) {
    this.#full = value
    this.#change()
  }

  /** The records so far, as text (a post as its text). */
  get texts(): string[] {
    return this.records.map(({ value }) => (typeof value === 'string' ? value : value.text))
  }

  /** Resolves when the condition holds; it is looked at whenever the source does something. Rejects after `ms`. */
  async until(condition: (sink: this) => boolean, ms = 10_000): Promise<void> {
    const deadline = AbortSignal.timeout(ms)
    const expired = new Promise<never>((_, reject) => {
      deadline.addEventListener('abort', () => reject(new Error(`not so within ${ms} ms: ${condition}`)))
    })
    expired.catch(() => {})
    while (!condition(this)) await Promise.race([this.#changed.promise, expired])
  }

  async write(records: readonly Record[], options?: WriteOptions): Promise<void> {
    await this.until(() => !this.#full)
    this.#take(records, options)
  }

  offer(records: readonly Record[], options?: WriteOptions): boolean {
    if (this.#full) this.drop('overflow', records.length)
    else this.#take(records, options)
    return !this.#full
  }

  submit(records: readonly (Uint8Array | string)[], options?: WriteOptions): Promise<Receipt> | null {
    if (this.#full) return null
    const refused = records.flatMap((record, index) => {
      const verdict = this.verdict(textOf(record))
      return verdict ? [{ record: index, ...verdict }] : []
    })
    const refusedAt = new Set(refused.map(({ record }) => record))
    this.#take(
      records.filter((_, index) => !refusedAt.has(index)),
      options,
    )
    return Promise.resolve({ accepted: records.length - refused.length, refused })
  }

  lines(options?: LineOptions): LineStream {
    let found: string[] = []
    const splitter = new LineSplitter(this.#maxRecordBytes, {
      line: bytes => found.push(textOf(bytes)),
      oversized: sample => this.drop('oversized', 1, sample),
    })
    const flush = async (position?: (bytesCovered: number) => Position) => {
      const lines = found
      found = []
      await this.write(lines, {
        ...options,
        ...(position ? { position: position(splitter.bytesCovered) } : {}),
      })
    }
    return {
      write: (chunk, position) => {
        splitter.write(chunk)
        return flush(position)
      },
      end: () => {
        splitter.end()
        return flush()
      },
    }
  }

  up(): void {
    this.ups++
    this.#change()
  }

  down(reason: string): void {
    this.downs.push(reason)
    this.#change()
  }

  lag(records: number): void {
    this.lagRecords = records
    this.#change()
  }

  refused(reason: string): void {
    this.refusals.push(reason)
    this.#change()
  }

  drop(reason: string, records = 1, sample: Uint8Array | string = ''): void {
    this.drops.push({ reason, records, sample: textOf(sample) })
    this.#change()
  }

  #take(records: readonly Record[], options: WriteOptions = {}): void {
    const { partition, header, position } = options
    for (const record of records) {
      const value = typeof record === 'string' || record instanceof Uint8Array ? textOf(record) : record
      this.records.push({ value, partition, header: header && textOf(header) })
    }
    if (position !== undefined) this.positions.push(position)
    this.#change()
  }

  #change(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }
}
