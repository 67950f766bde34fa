import { compressionsAlgorithmsByBitmask } from '@platformatic/kafka'
import { ENVELOPE_LIMITS, type Envelope, type Header } from 'mood-exporter/plugin'
import type { AbortedTransaction } from './raw-fetch.ts'

/** Records, and bytes of them, between two positions: what lies between them is committed as one. */
const CHUNK = 500
const CHUNK_BYTES = 512 * 1024

/** Where things are in a batch of records, in bytes. */
const LENGTH_AT = 8
const MAGIC_AT = 16
const ATTRIBUTES_AT = 21
const LAST_OFFSET_DELTA_AT = 23
const FIRST_TIME_AT = 27
const LAST_TIME_AT = 35
const PRODUCER_ID_AT = 43
const COUNT_AT = 57
const RECORDS_AT = 61
/** Bytes that its length does not count. */
const LENGTH_END = 12

const COMPRESSION = 7
/** The broker's time is that of all its records, instead of the sender's of each. */
const BROKER_TIME = 8
const TRANSACTIONAL = 16
const CONTROL = 32

/** The only version of batches that brokers of today send. */
const MAGIC = 2

/** The last time that JavaScript's Date has, in Unix milliseconds. */
const LAST_TIME = 8.64e15

/** The type of a control record that ends a transaction by aborting it: the second 16 bits of its key. */
const ABORT = 0

/** Some records of a partition, and the offset after them. */
export interface Chunk {
  values: Buffer[]
  /** What goes with each of them. */
  envelopes: Envelope[]
  /** Records without a value, which delete a key where the topic is compacted. */
  tombstones: number
  /** The offset after these and all that came before them, control records included. */
  end: number
}

/** Whole batches, by where they begin and end: a broker cuts the last one where it has sent enough. */
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

/** The offset after what a fetch brought of a partition, which was asked for from `from` on. */
export function endOf(bytes: Buffer, from: number): number {
  let end = from
  for (const { start } of batchesOf(bytes)) end = Math.max(end, nextOffsetOf(bytes, start))
  return end
}

/**
 * What a fetch brought of one partition, in chunks: the values of its records from an offset on, without those of
 * transactions that were aborted, and without the records that mark the ends of transactions. Values are views of the
 * answer, or of a batch that was decompressed; one chunk is made after the other, so that few of them live at a time.
 *
 * A consumer has to leave aborted records out itself: brokers only name the transactions.
 * https://kafka.apache.org/documentation/#messageformat
 *
 * @param isFull whether keys and headers are read as well, beside the time
 * @throws Error for records that are not read: of another version, or compressed in a way that there is not
 */
export function* chunksOf(
  bytes: Buffer,
  aborted: readonly AbortedTransaction[],
  from: number,
  isFull = false,
): Generator<Chunk> {
  const isAborted = abortedFilter(aborted)
  let chunk: Chunk = { values: [], envelopes: [], tombstones: 0, end: from }
  let size = 0
  let given = from
  for (const { start, end } of batchesOf(bytes)) {
    if (bytes[start + MAGIC_AT] !== MAGIC)
      throw new Error(`records of version ${bytes[start + MAGIC_AT]} are not read`)
    const attributes = bytes.readInt16BE(start + ATTRIBUTES_AT)
    const isControl = (attributes & CONTROL) !== 0
    const body = decompressed(bytes.subarray(start + RECORDS_AT, end), attributes & COMPRESSION)
    if (!isAborted(bytes, start, body) && !isControl) {
      const first = firstOffsetOf(bytes, start)
      const cursor = new Cursor(body)
      const isBrokerTime = (attributes & BROKER_TIME) !== 0
      const time = Number(bytes.readBigInt64BE(start + (isBrokerTime ? LAST_TIME_AT : FIRST_TIME_AT)))
      for (let left = bytes.readInt32BE(start + COUNT_AT); left > 0; left--) {
        const value = cursor.next()
        const offset = first + cursor.offsetDelta
        // A batch comes whole, even where an offset amid it was asked for.
        if (offset < from) continue
        if (value === null) chunk.tombstones++
        else {
          chunk.values.push(value)
          chunk.envelopes.push(envelopeOf(cursor, isBrokerTime ? time : time + cursor.timeDelta, isFull))
          size += value.length
        }
        chunk.end = offset + 1
        if (chunk.values.length < CHUNK && size < CHUNK_BYTES) continue
        yield chunk
        size = 0
        given = chunk.end
        chunk = { values: [], envelopes: [], tombstones: 0, end: chunk.end }
      }
    }
    chunk.end = Math.max(chunk.end, nextOffsetOf(bytes, start))
  }
  if (chunk.end > given) yield chunk
}

/** A time that is none, such as -1, is left out. */
function envelopeOf(cursor: Cursor, time: number, isFull: boolean): Envelope {
  const isTime = time > 0 && time <= LAST_TIME
  if (!isFull) return isTime ? { time } : {}
  const { key, headers } = cursor
  return { ...(isTime && { time }), ...(key && { key }), ...(headers.length > 0 && { headers }) }
}

function decompressed(bytes: Buffer, codec: number): Buffer {
  if (codec === 0) return bytes
  const algorithm = compressionsAlgorithmsByBitmask[codec as keyof typeof compressionsAlgorithmsByBitmask]
  if (!algorithm) throw new Error(`records are compressed by codec ${codec}, which is not read`)
  return algorithm.decompressSync(bytes) as Buffer
}

/** Goes through the records of a batch. Their numbers are of variable length, in zigzag encoding. */
class Cursor {
  readonly #bytes: Buffer
  #at = 0
  /** Of the record that was read last: how far it lies behind the first offset of its batch, and behind its time. */
  offsetDelta = 0
  timeDelta = 0
  #keyAt = 0
  #keySize = 0
  #headersAt = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** The value of the next record; null where it has none. */
  next(): Buffer | null {
    const length = this.#number()
    const end = this.#at + length
    this.#at++ // Attributes, of which there are none yet.
    this.timeDelta = this.#number()
    this.offsetDelta = this.#number()
    this.#keySize = this.#number()
    this.#keyAt = this.#at
    if (this.#keySize > 0) this.#at += this.#keySize
    const size = this.#number()
    const value = size < 0 ? null : this.#bytes.subarray(this.#at, this.#at + size)
    this.#headersAt = this.#at + Math.max(0, size)
    this.#at = end
    return value
  }

  /** The key of that record; undefined where it has none. */
  get key(): Buffer | undefined {
    return this.#keySize < 0 ? undefined : this.#bytes.subarray(this.#keyAt, this.#keyAt + this.#keySize)
  }

  /** The headers of that record, up to as many as are kept of one. */
  get headers(): Header[] {
    const next = this.#at
    this.#at = this.#headersAt
    const headers: Header[] = []
    for (let left = Math.min(this.#number(), ENVELOPE_LIMITS.headers); left > 0; left--) {
      const name = this.#text() ?? Buffer.alloc(0)
      headers.push([name.toString('utf8'), this.#text()])
    }
    this.#at = next
    return headers
  }

  /** Bytes behind their length; null where that is negative. */
  #text(): Buffer | null {
    const size = this.#number()
    if (size < 0) return null
    const bytes = this.#bytes.subarray(this.#at, this.#at + size)
    this.#at += size
    return bytes
  }

  #number(): number {
    let byte = this.#bytes[this.#at++] as number
    // Most fit into one byte. Others may have more bits than the operators for bits take.
    if (byte < 128) return (byte >>> 1) ^ -(byte & 1)
    let raw = byte & 127
    for (let factor = 128; byte >= 128; factor *= 128) {
      byte = this.#bytes[this.#at++] as number
      raw += (byte & 127) * factor
    }
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
  }
}

/** Says of one batch after the other whether it is of a transaction that was aborted. */
function abortedFilter(
  aborted: readonly AbortedTransaction[],
): (bytes: Buffer, batch: number, body: Buffer) => boolean {
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
    if (controlTypeOf(body) === ABORT) open.delete(producer)
    return false
  }
}

/** The type of a control record: its key is a version and the type, 16 bits each, after five short numbers. */
function controlTypeOf(body: Buffer): number {
  // Length, attributes, time, offset and the key's length take a byte each but for the time, which may take more.
  let at = 2
  while ((body[at] as number) >= 128) at++
  return body.readInt16BE(at + 5)
}
