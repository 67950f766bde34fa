import { BATCH_BYTES, BATCH_RECORDS, BatchWriter, batchMemory } from '../../pipeline/batch.ts'
import { LineSplitter } from '../../plugin/line-splitter.ts'
import type { Post } from '../../plugin/post.ts'
import type { LineOptions, LineStream, Position, Receipt, Sink, WriteOptions } from '../../plugin/source.ts'
import type { LimitedLog } from '../threads/log-limit.ts'
import type { FromSource, Port } from '../threads/messages.ts'

/** How long a batch that is not full waits for more records, and a count of drops for more drops; milliseconds. */
const LINGER_MS = 20

/** Batches this far from full move to memory of their own size, and their full-sized memory is used again. */
const COMPACT_BELOW = BATCH_BYTES / 4

type Records = readonly (Uint8Array | string)[] | readonly Post[]

/** What all records of a batch share. */
interface BatchHead {
  partition: string
  header: string | undefined
  posts: boolean
}

export interface SinkLimits {
  /** The source's. */
  spec: { name: string }
  maxRecordBytes: number
  /** Bytes of batches on their way, before writers wait. */
  queueBytes: number
  /** Headers of streams that an earlier run began. */
  headers: Record<string, string>
}

/** The sink that a source writes to: puts records into batches and hands those to the main thread. */
export class ThreadSink implements Sink {
  /** Whether the first record of a stream is its header. */
  header = false
  readonly #port: Port
  readonly #limits: SinkLimits
  readonly #log: Pick<LimitedLog, 'write'>
  readonly #onWay = new Map<number, SharedArrayBuffer>()
  readonly #spare: SharedArrayBuffer[] = []
  readonly #receipts = new Map<number, (receipt: Receipt) => void>()
  #bytesOnWay = 0
  #nextId = 1
  #writer: BatchWriter | null = null
  #head: BatchHead = { partition: '', header: undefined, posts: false }
  #position: (() => Position) | undefined
  #linger: NodeJS.Timeout | undefined
  /** What all who write wait for; null while there is room. */
  #room: PromiseWithResolvers<void> | null = null
  #overflowed = 0
  #tellSoon: NodeJS.Timeout | undefined

  constructor(port: Port, limits: SinkLimits, log: Pick<LimitedLog, 'write'>) {
    this.#port = port
    this.#limits = limits
    this.#log = log
  }

  async write(records: Records, options: WriteOptions = {}): Promise<void> {
    const head = headOf(records, options)
    for (const record of records) {
      if (this.#isFull()) await this.#hasRoom()
      this.add(bytesOf(record), head)
    }
    this.#mark(options)
    if (this.#isFull()) await this.#hasRoom()
  }

  offer(records: Records, options: WriteOptions = {}): boolean {
    if (this.#isFull()) {
      this.drop('overflow', records.length)
      return false
    }
    const head = headOf(records, options)
    for (const record of records) this.add(bytesOf(record), head)
    this.#mark(options)
    return true
  }

  submit(records: readonly (Uint8Array | string)[], options: WriteOptions = {}): Promise<Receipt> | null {
    if (this.#isFull()) return null
    this.flush()
    const refused: Receipt['refused'] = []
    const bytes = records.map(bytesOf)
    const fitting = bytes.flatMap((record, index) =>
      record.length <= this.#limits.maxRecordBytes ? index : [],
    )
    for (const [index, record] of bytes.entries()) {
      if (record.length <= this.#limits.maxRecordBytes) continue
      this.#dropOversized(record)
      const message = `${record.length} bytes, where ${this.#limits.maxRecordBytes} are allowed`
      refused.push({ record: index, reason: 'oversized', message })
    }
    const total = fitting.reduce((sum, index) => sum + (bytes[index] as Uint8Array).length, 0)
    const writer = new BatchWriter(batchMemory(fitting.length, total), fitting.length)
    for (const index of fitting) writer.add(bytes[index] as Uint8Array)
    const id = this.#send(writer.memory, writer, headOf(records, options), options.position, true)
    return new Promise(resolve => {
      this.#receipts.set(id, receipt => {
        refused.push(...receipt.refused.map(entry => ({ ...entry, record: fitting[entry.record] as number })))
        refused.sort((a, b) => a.record - b.record)
        resolve({ accepted: records.length - refused.length, refused })
      })
    })
  }

  lines({ partition = '', continues = false }: LineOptions = {}): LineStream {
    let header = continues ? this.#limits.headers[partition] : undefined
    let awaitsHeader = this.header && header === undefined
    let covered = 0
    let positionOf: ((bytesCovered: number) => Position) | undefined
    const splitter = new LineSplitter(this.#limits.maxRecordBytes, {
      line: bytes => {
        if (awaitsHeader) {
          header = Buffer.from(bytes).toString('utf8')
          awaitsHeader = false
        } else {
          this.add(bytes, { partition, header, posts: false })
        }
        moved()
      },
      oversized: sample => {
        this.drop('oversized', 1, sample)
        moved()
      },
    })
    const moved = () => {
      covered = splitter.bytesCovered
      const at = positionOf
      const upTo = covered
      if (at) this.#position = () => at(upTo)
    }
    return {
      write: async (chunk, position) => {
        positionOf = position
        splitter.write(chunk)
        if (this.#isFull()) await this.#hasRoom()
      },
      end: async () => {
        splitter.end()
        if (this.#isFull()) await this.#hasRoom()
      },
    }
  }

  up(): void {
    this.#tell({ type: 'up' })
  }

  down(reason: string): void {
    this.flush()
    this.#tell({ type: 'down', reason })
  }

  lag(records: number): void {
    this.#tell({ type: 'lag', records })
  }

  refused(reason: string): void {
    this.#tell({ type: 'refused', reason })
  }

  drop(reason: 'invalid' | 'oversized' | 'overflow', records = 1, sample: Uint8Array | string = ''): void {
    if (reason === 'overflow') {
      this.#overflow(records)
      return
    }
    const source = this.#limits.spec.name
    const record = typeof sample === 'string' ? sample : Buffer.from(sample).toString('utf8')
    this.#log.write('warn', `${source} ${reason}`, 'a record was dropped', { source, reason, record })
    this.#tell({ type: 'dropped', reason, records, bytes: sample.length })
  }

  /** Adds one record to the batch at hand, and hands that over when it is full. */
  add(record: Uint8Array, head: BatchHead): void {
    if (record.length > this.#limits.maxRecordBytes) {
      this.#dropOversized(record)
      return
    }
    if (this.#writer && !(sameHead(this.#head, head) && this.#writer.fits(record.length))) this.flush()
    if (!this.#writer) {
      this.#writer = this.#newWriter(record.length)
      this.#head = head
      this.#linger = setTimeout(() => this.flush(), LINGER_MS)
    }
    this.#writer.add(record)
  }

  /** Hands over the batch at hand. */
  flush(): void {
    clearTimeout(this.#linger)
    this.#tellOverflow()
    const writer = this.#writer
    this.#writer = null
    if (!writer) return
    const position = this.#position?.()
    this.#position = undefined
    let { memory } = writer
    if (writer.bytes < COMPACT_BELOW && memory.byteLength > COMPACT_BELOW) {
      memory = writer.compact()
      this.#spare.push(writer.memory)
    }
    this.#send(memory, writer, this.#head, position, false)
  }

  /** The main thread has counted a batch: its memory is free. */
  release(id: number): void {
    const memory = this.#onWay.get(id)
    if (!memory) return
    this.#onWay.delete(id)
    this.#bytesOnWay -= memory.byteLength
    if (memory.byteLength === FULL_SIZE) this.#spare.push(memory)
    if (this.#isFull()) return
    this.#room?.resolve()
    this.#room = null
  }

  receipt(id: number, receipt: Receipt): void {
    this.#receipts.get(id)?.(receipt)
    this.#receipts.delete(id)
  }

  #isFull(): boolean {
    return this.#bytesOnWay >= this.#limits.queueBytes
  }

  async #hasRoom(): Promise<void> {
    while (this.#isFull()) {
      this.#room ??= Promise.withResolvers<void>()
      await this.#room.promise
    }
  }

  /** A stream that overflows does so again and again: the main thread is told how often, not each time. */
  #overflow(records: number): void {
    this.#overflowed += records
    this.#tellSoon ??= setTimeout(() => this.#tellOverflow(), LINGER_MS)
  }

  #tellOverflow(): void {
    clearTimeout(this.#tellSoon)
    this.#tellSoon = undefined
    const records = this.#overflowed
    if (records === 0) return
    this.#overflowed = 0
    this.#tell({ type: 'dropped', reason: 'overflow', records, bytes: 0 })
  }

  #mark({ position }: WriteOptions): void {
    if (position === undefined) return
    this.#position = () => position
    // Nothing is left to ride with: the position goes with an empty batch.
    if (!this.#writer) this.#send(batchMemory(0, 0), { records: 0 }, this.#head, position, false)
  }

  #newWriter(bytes: number): BatchWriter {
    if (bytes > BATCH_BYTES) return new BatchWriter(batchMemory(1, bytes), 1)
    return new BatchWriter(this.#spare.pop() ?? batchMemory(BATCH_RECORDS, BATCH_BYTES), BATCH_RECORDS)
  }

  #send(
    memory: SharedArrayBuffer,
    { records }: { records: number },
    head: BatchHead,
    position: Position | undefined,
    receipt: boolean,
  ): number {
    const id = this.#nextId++
    this.#onWay.set(id, memory)
    this.#bytesOnWay += memory.byteLength
    this.#tell({ type: 'batch', id, memory, records, receivedAt: Date.now(), ...head, position, receipt })
    return id
  }

  #dropOversized(record: Uint8Array): void {
    this.drop('oversized', 1, Buffer.from(record.subarray(0, 200)))
  }

  #tell(message: FromSource): void {
    this.#port.postMessage(message)
  }
}

const FULL_SIZE = batchMemory(BATCH_RECORDS, BATCH_BYTES).byteLength

const sameHead = (a: BatchHead, b: BatchHead) =>
  a.partition === b.partition && a.header === b.header && a.posts === b.posts

function headOf(records: Records, { partition = '', header }: WriteOptions): BatchHead {
  const first = records[0]
  return {
    partition,
    header: header && Buffer.from(header).toString('utf8'),
    posts: typeof first === 'object' && !(first instanceof Uint8Array),
  }
}

const bytesOf = (record: Uint8Array | string | Post): Uint8Array => {
  if (record instanceof Uint8Array) return record
  return Buffer.from(typeof record === 'string' ? record : JSON.stringify(record))
}
