import { checkDrop, checkedLag, checkedPartition, checkPosition, shortened } from './emitted.ts'
import type { Envelope } from './envelope.ts'
import type { Outage } from './outage.ts'
import type { Post } from './post.ts'
import { type Framing, LINES } from './records/framing.ts'
import type {
  BlockOptions,
  Emitter,
  LineOptions,
  LineStream,
  Position,
  RecordBlock,
  SubmitOptions,
  SubmitResult,
  WriteOptions,
} from './source.ts'
import { type PositionAt, streamRecords } from './stream-records.ts'

type Record = Uint8Array | string | Post

/** One record as a source emitted it in a test. */
export interface ReceivedRecord {
  /** The record as text, or the post. */
  value: string | Post
  partition: string | undefined
  header: string | undefined
  path: string | undefined
  /** The metadata that the source passed with it. */
  envelope?: Envelope
}

const textOf = (value: Uint8Array | string) =>
  typeof value === 'string' ? value : Buffer.from(value).toString('utf8')

const isPost = (record: Record): record is Post =>
  typeof record === 'object' && !(record instanceof Uint8Array)

const shownText = (value: string | Post) => (typeof value === 'string' ? value : value.text)

/** A copy, since the memory of an envelope may be reused. */
const copyOf = ({ time, key, headers }: Envelope): Envelope => ({
  ...(time !== undefined && { time }),
  ...(key && { key: Buffer.from(key) }),
  ...(headers && { headers: headers.map(([name, value]) => [name, value && Buffer.from(value)] as const) }),
})

/**
 * An emitter that stores what is emitted, for tests of sources. Set `full` to have no room. It refuses what the
 * exporter's refuses, by the same checks, and drops records that are too long.
 */
export class TestEmitter implements Emitter {
  readonly records: ReceivedRecord[] = []
  /** All positions in order of arrival, of all partitions. */
  readonly positions: Position[] = []
  /** The last position of each partition. */
  readonly partitions = new Map<string, Position>()
  /** The same after each position: what a restart at that moment would resume from. */
  readonly history: ReadonlyMap<string, Position>[] = []
  /** How many records, and dropped records, had arrived at each of these moments. */
  readonly counts: { records: number; dropped: number }[] = []
  /** Partitions that were closed. */
  readonly closed: string[] = []
  readonly drops: { reason: string; records: number; sample: string }[] = []
  /** Problems between records. */
  readonly malformed: string[] = []
  readonly downs: string[] = []
  /** The kind of each outage, in the order of `downs`. */
  readonly outages: Outage[] = []
  readonly gaps: { result: 'filled' | 'lost'; ms: number }[] = []
  readonly allowances = new Map<string, number>()
  /** Undefined until the source has reported it. */
  expiry: number | null | undefined
  readonly refusedReasons: string[] = []
  /** Set it if the format needs a header. */
  header = false
  /** Set it if the format has rankings. */
  rankings = false
  /** Set it if the format splits streams differently. */
  framing: Framing = LINES
  ups = 0
  lagRecords: number | undefined
  /** The reason for which `submit` rejects a record; null accepts it. */
  rejects: (record: string) => { reason: string; message: string } | null = () => null
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
    return this.records.map(({ value }) => shownText(value))
  }

  /** Resolves when the condition is true; it is tested after each call of the source. Rejects after `ms`. */
  async until(condition: (emitter: this) => boolean, ms = 60_000): Promise<void> {
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

  async writeBlock(block: RecordBlock, { position, ...options }: BlockOptions): Promise<void> {
    const { records, bytes, starts, ends, times, envelopes } = block
    for (let i = 0; i < records; i++) {
      if (this.#full) await this.until(() => !this.#full)
      const time = times[i] as number
      const given = envelopes?.[i]
      const envelope = given ? copyOf(given) : Number.isNaN(time) ? {} : { time }
      const record = (bytes[i] as Buffer).subarray(starts[i], ends[i])
      this.#take([record], { ...options, envelopes: [envelope], position: position(i) })
    }
  }

  offer(records: readonly Record[], options?: WriteOptions): boolean {
    if (this.#full) this.drop('overflow', records.length, '', options)
    else this.#take(records, options)
    return !this.#full
  }

  submit(records: readonly (Uint8Array | string)[], options?: SubmitOptions): Promise<SubmitResult> | null {
    if (this.#full) return null
    const rejected = records.flatMap((record, index) => {
      const rejection = this.#isTooLong(record) ? this.#tooLong(record) : this.rejects(textOf(record))
      return rejection ? [{ record: index, ...rejection }] : []
    })
    const rejectedAt = new Set(rejected.map(({ record }) => record))
    this.#take(
      records.filter((_, index) => !rejectedAt.has(index)),
      options,
    )
    return Promise.resolve({ accepted: records.length - rejected.length, rejected })
  }

  lines(options: LineOptions = {}): LineStream {
    const { path } = options
    const partition = options.partition === undefined ? undefined : checkedPartition(options.partition)
    const moved = (find: PositionAt | undefined) => {
      const position = find?.()
      if (position !== undefined) this.#move(partition, position)
    }
    const emitter = this
    return streamRecords(
      {
        get header() {
          return emitter.header
        },
        get framing() {
          return emitter.framing
        },
        record: (bytes, header, position) => {
          this.records.push({ value: textOf(bytes), partition, header, path })
          moved(position)
        },
        report: () => {},
        drop: (reason, sample, position) => {
          this.#drop(reason, 1, sample)
          moved(position)
        },
        malformed: message => {
          this.malformed.push(message)
        },
        room: async () => {
          this.#change()
          await this.until(() => !this.#full)
        },
      },
      this.#maxRecordBytes,
      options,
    )
  }

  async close(partition: string, { forget = false }: { forget?: boolean } = {}): Promise<void> {
    checkedPartition(partition)
    this.closed.push(partition)
    if (forget && this.partitions.delete(partition)) this.#remember()
    this.#change()
  }

  up(): void {
    this.ups++
    this.#change()
  }

  down(reason: string, outage: Outage = 'other'): void {
    this.downs.push(shortened(reason))
    this.outages.push(outage)
    this.#change()
  }

  gap(result: 'filled' | 'lost', ms: number): void {
    this.gaps.push({ result, ms })
    this.#change()
  }

  allowance(limit: string, remaining: number): void {
    this.allowances.set(limit, remaining)
    this.#change()
  }

  credentialsExpire(at: number | null): void {
    this.expiry = at
    this.#change()
  }

  lag(records: number): void {
    this.lagRecords = checkedLag(records)
    this.#change()
  }

  refused(reason: string): void {
    this.refusedReasons.push(shortened(reason))
    this.#change()
  }

  drop(
    reason: 'invalid' | 'oversized' | 'overflow',
    records = 1,
    sample: Uint8Array | string = '',
    { partition, position }: Pick<WriteOptions, 'partition' | 'position'> = {},
  ): void {
    checkDrop(reason, records)
    this.#drop(reason, records, sample)
    if (position !== undefined) this.#move(partition, position)
    this.#change()
  }

  #drop(reason: string, records: number, sample: Uint8Array | string): void {
    this.drops.push({ reason, records, sample: textOf(sample) })
  }

  #isTooLong(record: Record): boolean {
    return Buffer.byteLength(isPost(record) ? JSON.stringify(record) : record) > this.#maxRecordBytes
  }

  #tooLong(record: Uint8Array | string) {
    this.#drop('oversized', 1, record)
    return { reason: 'oversized', message: `longer than ${this.#maxRecordBytes} bytes` }
  }

  #move(partition: string | undefined, position: Position): void {
    checkPosition(position)
    this.positions.push(position)
    this.partitions.set(partition ?? '', position)
    this.#remember()
  }

  #remember(): void {
    this.history.push(new Map(this.partitions))
    const dropped = this.drops.reduce((sum, { records }) => sum + records, 0)
    this.counts.push({ records: this.records.length, dropped })
  }

  #take(records: readonly Record[], options: WriteOptions = {}): void {
    const { partition, header, path, position, envelopes } = options
    if (partition !== undefined) checkedPartition(partition)
    for (const [index, record] of records.entries()) {
      const envelope = envelopes?.[index]
      const value = isPost(record) ? record : textOf(record)
      if (this.#isTooLong(record)) {
        this.#drop('oversized', 1, shownText(value))
        continue
      }
      this.records.push({
        value,
        partition,
        header: header && textOf(header),
        path,
        ...(envelope && { envelope }),
      })
    }
    if (position !== undefined) this.#move(partition, position)
    this.#change()
  }

  #change(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }
}
