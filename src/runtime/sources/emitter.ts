import { BATCH_BYTES, BATCH_RECORDS, BatchWriter, batchMemory } from '../../pipeline/batch.ts'
import { checkDrop, checkedLag, checkedPartition, checkPosition, shortened } from '../../plugin/emitted.ts'
import { encodeEnvelope, TIME_ENVELOPE_BYTES } from '../../plugin/envelope.ts'
import type { Outage } from '../../plugin/outage.ts'
import type { Post } from '../../plugin/post.ts'
import { type Framing, LINES } from '../../plugin/records/framing.ts'
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
} from '../../plugin/source.ts'
import { type PositionAt, streamRecords } from '../../plugin/stream-records.ts'
import { type Batch, bytesHeld, type Drop } from '../batch.ts'
import type { LimitedLog } from '../threads/log-limit.ts'
import type { FromSource, Port } from '../threads/messages.ts'

/** How long a batch that is not full waits for more records; milliseconds. */
const LINGER_MS = 100

/** Batches smaller than this are copied to memory of their own size, and the full-sized memory is reused. */
const COMPACT_BELOW = BATCH_BYTES / 4

/** The maximum of records in flight: with very short records, the limit in bytes would allow seconds of work. */
const MAX_RECORDS = 2 ** 18

/** Records in a batch before a worker's speed is known. */
const FIRST_PACE = 512

const LF = 10
const OPEN_BRACE = 123

/** A hint for an object over many lines that contains all records. */
const ONE_OBJECT =
  'where it is an export as one object, say in which array its records are with the format `json` and `each`, or make lines of them with jq -c'

type Records = readonly (Uint8Array | string)[] | readonly Post[]

/** What all records of a batch share. */
interface BatchHead {
  partition: string
  header: string | undefined
  path: string | undefined
  posts: boolean
  /** Whether an envelope precedes each record. */
  enveloped: boolean
}

export interface EmitterLimits {
  /** The source's. */
  spec: { name: string }
  maxRecordBytes: number
  /** Bytes of batches in flight, with their headers, before writers wait. */
  queueBytes: number
}

/** The emitter in a source's thread: puts records into batches and sends those to the main thread. */
export class ThreadEmitter implements Emitter {
  /** Whether the first record of a stream is its header. */
  header = false
  /** How streams are split into records. */
  framing: Framing = LINES
  /** Whether records contain rankings. */
  rankings = false
  /** Whether everything between two positions belongs together. */
  replayable = false
  readonly #port: Port
  readonly #limits: EmitterLimits
  readonly #log: Pick<LimitedLog, 'write'>
  readonly #beforeClose: () => void
  readonly #inFlight = new Map<number, { memory: SharedArrayBuffer; records: number; held: number }>()
  readonly #spare: SharedArrayBuffer[] = []
  readonly #submits = new Map<number, (result: SubmitResult) => void>()
  readonly #closing = new Map<number, () => void>()
  /** Partitions with records that were sent after their last position. */
  readonly #openGroups = new Set<string>()
  #bytesInFlight = 0
  #recordsInFlight = 0
  #nextId = 1
  #pace = FIRST_PACE
  #writer: BatchWriter | null = null
  #head: BatchHead = { partition: '', header: undefined, path: undefined, posts: false, enveloped: false }
  #drops: Drop[] = []
  /**
   * The position of the partition after the current batch; undefined while further records follow before the next
   * position.
   */
  #position: PositionAt | undefined
  #linger: NodeJS.Timeout | undefined
  /** The promise that all writers await; null while there is room. */
  #room: PromiseWithResolvers<void> | null = null
  #saidSplit = false

  /** @param beforeClose called before a partition is closed, to send what belongs to the same commit */
  constructor(
    port: Port,
    limits: EmitterLimits,
    log: Pick<LimitedLog, 'write'>,
    beforeClose: () => void = () => {},
  ) {
    this.#beforeClose = beforeClose
    this.#port = port
    this.#limits = limits
    this.#log = log
  }

  async write(records: Records, options: WriteOptions = {}): Promise<void> {
    const head = headOf(records, options)
    for (const [index, record] of records.entries()) {
      if (this.#isFull()) await this.#hasRoom()
      this.#add(bytesOf(record), head, envelopeOf(options, index))
    }
    this.#mark(head, options.position)
    if (this.#isFull()) await this.#hasRoom()
  }

  async writeBlock(block: RecordBlock, options: BlockOptions): Promise<void> {
    const { partition = '', path } = options
    const head = {
      partition: checkedPartition(partition),
      header: undefined,
      path,
      posts: false,
      enveloped: true,
    }
    let last = 0
    const position = () => options.position(last)
    const { records } = block
    for (let index = 0; index < records; index++) {
      if (this.#isFull()) await this.#hasRoom()
      this.#addOf(block, index, head)
      last = index
      this.#position = position
    }
    if (this.#isFull()) await this.#hasRoom()
  }

  offer(records: Records, options: WriteOptions = {}): boolean {
    if (this.#isFull()) {
      this.drop('overflow', records.length, '', options)
      return false
    }
    const head = headOf(records, options)
    for (const [index, record] of records.entries())
      this.#add(bytesOf(record), head, envelopeOf(options, index))
    this.#mark(head, options.position)
    return true
  }

  submit(
    records: readonly (Uint8Array | string)[],
    options: SubmitOptions = {},
  ): Promise<SubmitResult> | null {
    if (this.#isFull()) return null
    this.flush()
    const { maxRecordBytes } = this.#limits
    const rejected: SubmitResult['rejected'] = []
    const bytes = records.map(bytesOf)
    const fitting: number[] = []
    const drops: Drop[] = []
    for (const [index, record] of bytes.entries()) {
      if (record.length <= maxRecordBytes) {
        fitting.push(index)
        continue
      }
      drops.push(this.#oversized(record))
      const message = `${record.length} bytes, where ${maxRecordBytes} are allowed`
      rejected.push({ record: index, reason: 'oversized', message })
    }
    const { position, acknowledge = 'committed' } = options
    const parts: Promise<SubmitResult>[] = []
    for (let from = 0; from === 0 || from < fitting.length; from += this.#pace) {
      const part = fitting.slice(from, from + this.#pace)
      const isLast = from + this.#pace >= fitting.length
      const envelopes = part.map(index => envelopeOf(options, index))
      const total = part.reduce(
        (sum, index, i) => sum + (bytes[index] as Uint8Array).length + (envelopes[i]?.length ?? 0),
        0,
      )
      const writer = new BatchWriter(batchMemory(part.length, total), part.length)
      for (const [i, index] of part.entries()) writer.add(bytes[index] as Uint8Array, envelopes[i])
      const id = this.#send(writer, headOf(records, options), {
        position: isLast ? position : undefined,
        acknowledge,
        drops: from === 0 ? drops : [],
      })
      parts.push(
        new Promise(resolve =>
          this.#submits.set(id, ({ rejected }) =>
            resolve({
              accepted: 0,
              rejected: rejected.map(entry => ({ ...entry, record: part[entry.record] as number })),
            }),
          ),
        ),
      )
    }
    return Promise.all(parts).then(results => {
      rejected.push(...results.flatMap(result => result.rejected))
      rejected.sort((a, b) => a.record - b.record)
      return { accepted: records.length - rejected.length, rejected }
    })
  }

  lines(options: LineOptions = {}): LineStream {
    const { path } = options
    const partition = checkedPartition(options.partition ?? '')
    const at = (header: string | undefined): BatchHead => ({
      partition,
      header,
      path,
      posts: false,
      enveloped: false,
    })
    let head = at(undefined)
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
          // One object for each stream and header, so that heads can be compared by identity.
          if (head.header !== header) head = at(header)
          this.#add(bytes, head)
          this.#moved(head, position)
        },
        report: (reason, sample, message = this.#tooLong(sample)) => this.#logDrop(reason, sample, message),
        drop: (reason, sample, position) => {
          this.#dropInto(head, { reason, records: 1, bytes: sample.length })
          this.#moved(head, position)
        },
        malformed: message => {
          const source = this.#limits.spec.name
          this.#log.write('warn', `${source} malformed`, 'malformed JSON between records', {
            source,
            message,
          })
        },
        room: async () => {
          if (this.#isFull()) await this.#hasRoom()
        },
      },
      this.#limits.maxRecordBytes,
      options,
    )
  }

  close(partition: string, { forget = false }: { forget?: boolean } = {}): Promise<void> {
    this.flush()
    checkedPartition(partition)
    this.#openGroups.delete(partition)
    this.#beforeClose()
    const id = this.#nextId++
    this.#tell({ type: 'close', id, partition, forget })
    return new Promise(resolve => this.#closing.set(id, resolve))
  }

  up(): void {
    this.#tell({ type: 'up' })
  }

  down(reason: string, outage: Outage = 'other'): void {
    this.flush()
    this.#tell({ type: 'down', reason: shortened(reason), outage })
  }

  lag(records: number): void {
    this.#tell({ type: 'lag', records: checkedLag(records) })
  }

  gap(result: 'filled' | 'lost', ms: number): void {
    this.#tell({ type: 'gap', result, ms })
  }

  allowance(limit: string, remaining: number): void {
    this.#tell({ type: 'allowance', limit, remaining })
  }

  credentialsExpire(at: number | null): void {
    this.#tell({ type: 'expiry', at })
  }

  refused(reason: string): void {
    this.#tell({ type: 'refused', reason: shortened(reason) })
  }

  drop(
    reason: 'invalid' | 'oversized' | 'overflow',
    records = 1,
    sample: Uint8Array | string = '',
    { partition = '', position }: WriteOptions = {},
  ): void {
    checkDrop(reason, records)
    // A stream that overflows usually does so again and again, and there is no record to show.
    if (reason !== 'overflow') this.#logDrop(reason, sample)
    const head = {
      partition: checkedPartition(partition),
      header: undefined,
      path: undefined,
      posts: false,
      enveloped: false,
    }
    this.#dropInto(head, { reason, records, bytes: sample.length })
    if (position !== undefined) this.#mark(head, position)
  }

  /** Sends the current batch. */
  flush(): void {
    clearTimeout(this.#linger)
    this.#linger = undefined
    const writer = this.#writer
    const drops = this.#drops
    this.#writer = null
    this.#drops = []
    if (!writer && drops.length === 0) return
    const position = this.#position?.()
    this.#position = undefined
    let memory = writer?.memory ?? batchMemory(0, 0)
    if (writer && writer.bytes < COMPACT_BELOW && memory.byteLength > COMPACT_BELOW) {
      memory = writer.compact()
      this.#spare.push(writer.memory)
    }
    this.#send({ memory, records: writer?.records ?? 0, bytes: writer?.bytes ?? 0 }, this.#head, {
      position,
      acknowledge: null,
      drops,
    })
  }

  /** The workers are done with batches: their memory is free. */
  release(ids: readonly number[]): void {
    for (const id of ids) {
      const batch = this.#inFlight.get(id)
      if (!batch) continue
      const { memory, records, held } = batch
      this.#inFlight.delete(id)
      this.#recordsInFlight -= records
      this.#bytesInFlight -= held
      if (memory.byteLength === FULL_SIZE) this.#spare.push(memory)
    }
    if (this.#isFull()) return
    this.#room?.resolve()
    this.#room = null
  }

  /** Sets the maximum of records in a batch. */
  pace(records: number): void {
    this.#pace = Math.min(BATCH_RECORDS, records)
  }

  submitted(id: number, result: SubmitResult): void {
    this.#submits.get(id)?.(result)
    this.#submits.delete(id)
  }

  partitionClosed(id: number): void {
    this.#closing.get(id)?.()
    this.#closing.delete(id)
  }

  #isFull(): boolean {
    return this.#bytesInFlight >= this.#limits.queueBytes || this.#recordsInFlight >= MAX_RECORDS
  }

  async #hasRoom(): Promise<void> {
    while (this.#isFull()) {
      this.#splitGroups()
      this.#room ??= Promise.withResolvers<void>()
      await this.#room.promise
    }
  }

  /** Splits groups that would otherwise wait for a position, while the position waits for room. */
  #splitGroups(): void {
    if (this.#openGroups.size === 0) return
    for (const partition of this.#openGroups) this.#tell({ type: 'split', partition })
    this.#openGroups.clear()
    if (this.#saidSplit) return
    this.#saidSplit = true
    this.#log.write(
      'warn',
      `source ${this.#limits.spec.name}`,
      'records between two positions do not fit into limits.queue_bytes: a restart may count some of them twice',
    )
  }

  /** Adds one record to the current batch, and sends it when it is full. */
  #add(record: Uint8Array, head: BatchHead, envelope?: Uint8Array): void {
    if (record.length > this.#limits.maxRecordBytes) {
      this.#dropInto(head, this.#oversized(record))
      return
    }
    this.#writerFor(record.length + (envelope?.length ?? 0), head).add(record, envelope)
    this.#position = undefined
  }

  #addOf({ bytes, starts, ends, times, envelopes }: RecordBlock, index: number, head: BatchHead): void {
    const source = bytes[index] as Buffer
    const start = starts[index] as number
    const end = ends[index] as number
    const length = end - start
    if (envelopes || length > this.#limits.maxRecordBytes)
      this.#add(source.subarray(start, end), head, encodeEnvelope(envelopes?.[index]))
    else
      this.#writerFor(length + TIME_ENVELOPE_BYTES, head).addTimed(source, start, end, times[index] as number)
  }

  /** The batch for a record of this size: the current one, or a new one if that is full. */
  #writerFor(bytes: number, head: BatchHead): BatchWriter {
    if (this.#writer && !(this.#writer.records < this.#pace && this.#writer.fits(bytes))) this.flush()
    this.#open(head)
    this.#writer ??= this.#newWriter(bytes)
    return this.#writer
  }

  #dropInto(head: BatchHead, drop: Drop): void {
    this.#open(head)
    const same = this.#drops.find(({ reason }) => reason === drop.reason)
    if (same) {
      same.records += drop.records
      same.bytes += drop.bytes
    } else this.#drops.push(drop)
    this.#position = undefined
  }

  /** Sets the head of the current batch. */
  #open(head: BatchHead): void {
    const isOpen = this.#writer !== null || this.#drops.length > 0
    if (isOpen && !sameHead(this.#head, head)) this.flush()
    else if (isOpen) return
    this.#head = head
    this.#linger ??= setTimeout(() => this.flush(), LINGER_MS)
  }

  /** Sets a position right after the last record of its partition. */
  #mark(head: BatchHead, position: Position | undefined): void {
    if (position === undefined) return
    if ((this.#writer || this.#drops.length > 0) && this.#head.partition === head.partition)
      this.#position = () => position
    else {
      // No record is left: the position is sent with an empty batch.
      this.flush()
      this.#send(EMPTY, head, { position, acknowledge: null, drops: [] })
    }
  }

  /** The same for a line stream, which has a position after each line: a batch takes the last one. */
  #moved(head: BatchHead, position: PositionAt | undefined): void {
    if (!position) return
    if ((this.#writer || this.#drops.length > 0) && this.#head.partition === head.partition)
      this.#position = position
  }

  #newWriter(bytes: number): BatchWriter {
    if (bytes > BATCH_BYTES) return new BatchWriter(batchMemory(1, bytes), 1)
    return new BatchWriter(this.#spare.pop() ?? batchMemory(BATCH_RECORDS, BATCH_BYTES), BATCH_RECORDS)
  }

  #send(
    { memory, records, bytes }: Pick<Batch, 'memory' | 'records' | 'bytes'>,
    head: BatchHead,
    { position, acknowledge, drops }: Pick<Batch, 'position' | 'acknowledge' | 'drops'>,
  ): number {
    const id = this.#nextId++
    checkPosition(position)
    const held = bytesHeld({ memory, header: head.header })
    this.#inFlight.set(id, { memory, records, held })
    this.#recordsInFlight += records
    this.#bytesInFlight += held
    const endsGroup = !this.replayable || position !== undefined
    if (endsGroup) this.#openGroups.delete(head.partition)
    else this.#openGroups.add(head.partition)
    const receivedAt = Date.now()
    this.#tell({
      type: 'batch',
      batch: { id, memory, records, bytes, receivedAt, ...head, position, endsGroup, acknowledge, drops },
    })
    return id
  }

  #oversized(record: Uint8Array): Drop {
    const sample = Buffer.from(record.subarray(0, 200))
    this.#logDrop('oversized', sample, this.#tooLong(sample))
    return { reason: 'oversized', records: 1, bytes: record.length }
  }

  #tooLong(sample: Uint8Array): string {
    const message = `longer than ${this.#limits.maxRecordBytes} bytes (limits.record_bytes)`
    const isOneObject = this.framing.kind === 'json' && sample[0] === OPEN_BRACE && sample.includes(LF)
    return isOneObject ? `${message}; ${ONE_OBJECT}` : message
  }

  /** @param message the problem */
  #logDrop(reason: string, sample: Uint8Array | string, message?: string): void {
    const source = this.#limits.spec.name
    const record = typeof sample === 'string' ? sample : Buffer.from(sample).toString('utf8')
    this.#log.write('warn', `${source} ${reason}`, 'a record was dropped', {
      source,
      reason,
      ...(message === undefined ? {} : { message }),
      record,
    })
  }

  #tell(message: FromSource): void {
    this.#port.postMessage(message)
  }
}

const EMPTY = { memory: batchMemory(0, 0), records: 0, bytes: 0 }

const FULL_SIZE = batchMemory(BATCH_RECORDS, BATCH_BYTES).byteLength

const sameHead = (a: BatchHead, b: BatchHead) =>
  a === b ||
  (a.partition === b.partition &&
    a.header === b.header &&
    a.path === b.path &&
    a.posts === b.posts &&
    a.enveloped === b.enveloped)

function headOf(records: Records, { partition = '', header, path, envelopes }: WriteOptions): BatchHead {
  const first = records[0]
  return {
    partition: checkedPartition(partition),
    header: header && Buffer.from(header).toString('utf8'),
    path,
    posts: typeof first === 'object' && !(first instanceof Uint8Array),
    enveloped: envelopes !== undefined,
  }
}

const envelopeOf = ({ envelopes }: WriteOptions, index: number): Uint8Array | undefined =>
  envelopes && encodeEnvelope(envelopes[index])

const bytesOf = (record: Uint8Array | string | Post): Uint8Array => {
  if (record instanceof Uint8Array) return record
  return Buffer.from(typeof record === 'string' ? record : JSON.stringify(record))
}
