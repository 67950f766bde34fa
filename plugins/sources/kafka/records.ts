import { compressionsAlgorithmsByBitmask } from '@platformatic/kafka'
import { ENVELOPE_LIMITS, type Envelope, type Header, type RecordBlock } from 'mood-exporter/plugin'
import type { AbortedTransaction } from './raw-fetch.ts'

/** The maximum of records, and approximately of bytes, that are emitted together. */
const CHUNK = 1000
const CHUNK_BYTES = 512 * 1024

/** Offsets of fields in a batch of records, in bytes. */
const LENGTH_AT = 8
const MAGIC_AT = 16
const ATTRIBUTES_AT = 21
const LAST_OFFSET_DELTA_AT = 23
const FIRST_TIME_AT = 27
const LAST_TIME_AT = 35
const PRODUCER_ID_AT = 43
const COUNT_AT = 57
const RECORDS_AT = 61
/** Bytes not included in its length. */
const LENGTH_END = 12

const COMPRESSION = 7
/** The broker's time applies to all its records, instead of the sender's to each. */
const BROKER_TIME = 8
const TRANSACTIONAL = 16
const CONTROL = 32

/** The only version of batches that current brokers send. */
const MAGIC = 2

/** The last time of JavaScript's Date, in Unix milliseconds. */
const LAST_TIME = 8.64e15

/** The type of a control record that aborts a transaction: the second 16 bits of its key. */
const ABORT = 0

/** Some records of a partition, and the offset after them. The memory is reused for the next ones. */
export class Chunk implements RecordBlock {
  records = 0
  readonly bytes: Buffer[] = []
  readonly starts = new Int32Array(CHUNK)
  readonly ends = new Int32Array(CHUNK)
  readonly times = new Float64Array(CHUNK)
  readonly envelopes: Envelope[] | undefined
  /** By record: the offset after it. */
  readonly offsets = new Float64Array(CHUNK)
  /** Bytes of the records. */
  size = 0
  /** Records without a value, which delete a key if the topic is compacted. */
  tombstones = 0
  /** The offset after these and all earlier records, control records included. */
  end: number

  /** @param keepsAll whether keys and headers are kept besides the time */
  constructor(end: number, keepsAll: boolean) {
    this.end = end
    this.envelopes = keepsAll ? [] : undefined
  }

  get isFull(): boolean {
    return this.records === CHUNK || this.size >= CHUNK_BYTES
  }

  /** The position of the partition for when this record and all before it are committed. */
  position(record: number): number {
    return record === this.records - 1 ? this.end : (this.offsets[record] as number)
  }

  /** Adds the cursor's current record. */
  add(cursor: Cursor, time: number, offset: number): void {
    const record = this.records++
    this.bytes.push(cursor.bytes)
    this.starts[record] = cursor.start
    this.ends[record] = cursor.end
    // Leaves out invalid times such as -1.
    const known = time > 0 && time <= LAST_TIME ? time : Number.NaN
    this.times[record] = known
    this.envelopes?.push(envelopeOf(cursor, known))
    this.offsets[record] = offset + 1
    this.size += cursor.end - cursor.start
  }

  /** Empties it for the next records. */
  clear(): void {
    this.records = 0
    this.size = 0
    this.tombstones = 0
    this.bytes.length = 0
    if (this.envelopes) this.envelopes.length = 0
  }
}

/** The start and end of each whole batch: a broker truncates the last one when it has sent enough. */
function* batchesOf(bytes: Buffer): Generator<{ start: number; end: number }> {
  for (let start = 0; bytes.length - start >= RECORDS_AT; ) {
    const end = start + LENGTH_END + bytes.readInt32BE(start + LENGTH_AT)
    if (end > bytes.length) return
    yield { start, end }
    start = end
  }
}

const firstOffsetOf = (bytes: Buffer, batch: number) => Number(bytes.readBigInt64BE(batch))
const nextOffsetOf = (bytes: Buffer, batch: number) =>
  firstOffsetOf(bytes, batch) + bytes.readInt32BE(batch + LAST_OFFSET_DELTA_AT) + 1

/** The offset after the fetched records of a partition, which were requested from `from` on. */
export function endOf(bytes: Buffer, from: number): number {
  let end = from
  for (const { start } of batchesOf(bytes)) end = Math.max(end, nextOffsetOf(bytes, start))
  return end
}

/**
 * The fetched records of one partition in chunks: values from an offset on, without those of aborted transactions and
 * without control records. Values are parts of the answer, or of a decompressed batch. It is always the same chunk
 * object, refilled.
 *
 * A consumer must filter aborted records itself: brokers only list the transactions.
 * https://kafka.apache.org/documentation/#messageformat
 *
 * @param keepsAll whether keys and headers are read besides the time
 * @throws Error for unsupported records: of another version, or with an unknown compression
 */
export function* chunksOf(
  bytes: Buffer,
  aborted: readonly AbortedTransaction[],
  from: number,
  keepsAll = false,
): Generator<Chunk> {
  const isAborted = abortedFilter(aborted)
  const chunk = new Chunk(from, keepsAll)
  let given = from
  for (const { start, end } of batchesOf(bytes)) {
    if (bytes[start + MAGIC_AT] !== MAGIC)
      throw new Error(`records of version ${bytes[start + MAGIC_AT]} are not read`)
    const attributes = bytes.readInt16BE(start + ATTRIBUTES_AT)
    const isControl = (attributes & CONTROL) !== 0
    const codec = attributes & COMPRESSION
    const body = new Cursor(
      codec === 0 ? bytes : decompressed(bytes.subarray(start + RECORDS_AT, end), codec),
      codec === 0 ? start + RECORDS_AT : 0,
    )
    if (!isAborted(bytes, start, body) && !isControl) {
      const first = firstOffsetOf(bytes, start)
      const isBrokerTime = (attributes & BROKER_TIME) !== 0
      const time = Number(bytes.readBigInt64BE(start + (isBrokerTime ? LAST_TIME_AT : FIRST_TIME_AT)))
      for (let left = bytes.readInt32BE(start + COUNT_AT); left > 0; left--) {
        body.next()
        const offset = first + body.offsetDelta
        // A batch is sent whole, even if an offset within it was requested.
        if (offset < from) continue
        if (body.isTombstone) chunk.tombstones++
        else chunk.add(body, isBrokerTime ? time : time + body.timeDelta, offset)
        chunk.end = offset + 1
        if (!chunk.isFull) continue
        yield chunk
        given = chunk.end
        chunk.clear()
      }
    }
    chunk.end = Math.max(chunk.end, nextOffsetOf(bytes, start))
  }
  if (chunk.end > given) yield chunk
}

function envelopeOf({ key, headers }: Cursor, time: number): Envelope {
  return {
    ...(!Number.isNaN(time) && { time }),
    ...(key && { key }),
    ...(headers.length > 0 && { headers }),
  }
}

function decompressed(bytes: Buffer, codec: number): Buffer {
  const algorithm = compressionsAlgorithmsByBitmask[codec as keyof typeof compressionsAlgorithmsByBitmask]
  if (!algorithm) throw new Error(`records are compressed by codec ${codec}, which is not read`)
  const { buffer, byteOffset, byteLength } = algorithm.decompressSync(bytes)
  return Buffer.from(buffer, byteOffset, byteLength)
}

/** Iterates over the records of a batch. Their numbers are of variable length, in zigzag encoding. */
class Cursor {
  /** The memory of the records. */
  readonly bytes: Buffer
  #at: number
  /** For the current record: the difference of its offset from the first of its batch, and of its time. */
  offsetDelta = 0
  timeDelta = 0
  /** Start and end of its value; none if `isTombstone`. */
  start = 0
  end = 0
  isTombstone = false
  #keyAt = 0
  #keySize = 0

  /** @param at the start of the first record */
  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes
    this.#at = at
  }

  /** The type of the current control record: its key is a version and the type, 16 bits each. */
  get controlType(): number {
    this.next()
    return this.bytes.readInt16BE(this.#keyAt + 2)
  }

  /** Reads the next record. */
  next(): void {
    const length = this.#number()
    const end = this.#at + length
    this.#at++ // Attributes, which are unused.
    this.timeDelta = this.#number()
    this.offsetDelta = this.#number()
    this.#keySize = this.#number()
    this.#keyAt = this.#at
    if (this.#keySize > 0) this.#at += this.#keySize
    const size = this.#number()
    this.isTombstone = size < 0
    this.start = this.#at
    this.end = this.#at + Math.max(0, size)
    this.#at = end
  }

  /** The key of the current record; undefined if it has none. */
  get key(): Buffer | undefined {
    return this.#keySize < 0 ? undefined : this.bytes.subarray(this.#keyAt, this.#keyAt + this.#keySize)
  }

  /** The headers of the current record, up to the maximum. */
  get headers(): Header[] {
    const next = this.#at
    this.#at = this.end
    const headers: Header[] = []
    for (let left = Math.min(this.#number(), ENVELOPE_LIMITS.headers); left > 0; left--) {
      const name = this.#text() ?? Buffer.alloc(0)
      headers.push([name.toString('utf8'), this.#text()])
    }
    this.#at = next
    return headers
  }

  /** Length-prefixed bytes; null if the length is negative. */
  #text(): Buffer | null {
    const size = this.#number()
    if (size < 0) return null
    const bytes = this.bytes.subarray(this.#at, this.#at + size)
    this.#at += size
    return bytes
  }

  #number(): number {
    const { bytes } = this
    let byte = bytes[this.#at++] as number
    // Most fit into one byte. Others may exceed the 32 bits of bitwise operators.
    if (byte < 128) return (byte >>> 1) ^ -(byte & 1)
    let raw = byte & 127
    for (let factor = 128; byte >= 128; factor *= 128) {
      byte = bytes[this.#at++] as number
      raw += (byte & 127) * factor
    }
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
  }
}

/** Returns a test whether a batch belongs to an aborted transaction. Call it for each batch in order. */
function abortedFilter(
  aborted: readonly AbortedTransaction[],
): (bytes: Buffer, batch: number, body: Cursor) => boolean {
  if (aborted.length === 0) return () => false
  const waiting = [...aborted].sort((a, b) => Number(a.firstOffset - b.firstOffset))
  const open = new Set<bigint>()
  return (bytes, batch, body) => {
    const next = nextOffsetOf(bytes, batch)
    while (waiting[0] && Number(waiting[0].firstOffset) < next)
      open.add((waiting.shift() as AbortedTransaction).producerId)
    const attributes = bytes.readInt16BE(batch + ATTRIBUTES_AT)
    const producer = bytes.readBigInt64BE(batch + PRODUCER_ID_AT)
    if ((attributes & CONTROL) === 0) return (attributes & TRANSACTIONAL) !== 0 && open.has(producer)
    if (body.controlType === ABORT) open.delete(producer)
    return false
  }
}
