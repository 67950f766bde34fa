import {
  EncodedEnvelope,
  envelopeLength,
  envelopeTime,
  TIME_ENVELOPE_BYTES,
  writeTimeEnvelope,
} from '../plugin/envelope.ts'

/**
 * A batch: records side by side in memory that all threads share, so that handing it over copies nothing.
 *
 * Layout, in 32-bit words: [capacity in records][records][ends…][notes…], then the bytes of the records. `ends` is
 * the end of each record; if the batch has envelopes, each precedes its record. `notes` are bits that a worker leaves
 * for the worker that may replace it.
 */
const WORD = 4
const HEADER_WORDS = 2

/** The size at which a batch is full, in bytes, and the maximum of records in one. */
export const BATCH_BYTES = 256 * 1024
export const BATCH_RECORDS = 4096

const headBytes = (records: number) => (HEADER_WORDS + 2 * records) * WORD

/** Memory for a batch of this number of records and bytes. */
export const batchMemory = (records: number, bytes: number) =>
  new SharedArrayBuffer(headBytes(records) + bytes)

/** Writes records into a batch's memory. */
export class BatchWriter {
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array
  readonly #bytes: Buffer
  readonly #view: DataView
  readonly #capacity: number
  #records = 0
  #used = 0

  constructor(memory: SharedArrayBuffer, capacity: number) {
    this.memory = memory
    this.#capacity = capacity
    this.#words = new Int32Array(memory, 0, HEADER_WORDS + 2 * capacity)
    this.#bytes = Buffer.from(memory, headBytes(capacity))
    this.#view = new DataView(memory, headBytes(capacity))
    this.#words[0] = capacity
    this.#words.fill(0, 1)
  }

  get records(): number {
    return this.#records
  }

  get bytes(): number {
    return this.#used
  }

  fits(bytes: number): boolean {
    return this.#records < this.#capacity && this.#used + bytes <= this.#bytes.length
  }

  /** @param envelope bytes that precede the record; all records of a batch have one, or none has */
  add(record: Uint8Array, envelope?: Uint8Array): void {
    if (envelope) {
      this.#bytes.set(envelope, this.#used)
      this.#used += envelope.length
    }
    this.#bytes.set(record, this.#used)
    this.#end(record.length)
  }

  /**
   * Adds a record that is part of a larger buffer, with its time as the envelope: without an object for each record.
   *
   * @param time in Unix milliseconds; NaN for none
   */
  addTimed(bytes: Buffer, start: number, end: number, time: number): void {
    writeTimeEnvelope(this.#view, this.#used, time)
    this.#used += TIME_ENVELOPE_BYTES
    bytes.copy(this.#bytes, this.#used, start, end)
    this.#end(end - start)
  }

  #end(length: number): void {
    this.#used += length
    this.#words[HEADER_WORDS + this.#records] = this.#used
    this.#words[1] = ++this.#records
  }

  /** The same batch in memory that is no larger than needed. */
  compact(): SharedArrayBuffer {
    const writer = new BatchWriter(batchMemory(this.#records, this.#used), this.#records)
    const reader = new BatchReader(this.memory)
    for (let record = 0; record < this.#records; record++) writer.add(reader.record(record))
    return writer.memory
  }
}

/** Reads the records of a batch. */
export class BatchReader {
  readonly records: number
  readonly #words: Int32Array
  readonly #bytes: Buffer
  readonly #capacity: number
  readonly #isEnveloped: boolean

  /** @param isEnveloped whether an envelope, which is not part of the record, precedes each record */
  constructor(memory: SharedArrayBuffer, isEnveloped = false) {
    this.#isEnveloped = isEnveloped
    const [capacity, records] = new Int32Array(memory, 0, HEADER_WORDS) as unknown as [number, number]
    this.records = records
    this.#capacity = capacity
    this.#words = new Int32Array(memory, 0, HEADER_WORDS + 2 * capacity)
    this.#bytes = Buffer.from(memory, headBytes(capacity))
  }

  /** The bytes of a record: a view of shared memory. */
  record(index: number): Buffer {
    return this.#bytes.subarray(this.start(index), this.end(index))
  }

  /** The bytes of all records, for callers that decode from `start` to `end` without a view. */
  get bytes(): Buffer {
    return this.#bytes
  }

  start(index: number): number {
    const start = this.#startOf(index)
    return this.#isEnveloped ? start + envelopeLength(this.#bytes, start) : start
  }

  /** The envelope of a record, if the batch has envelopes. */
  envelope(index: number): EncodedEnvelope | undefined {
    return this.#isEnveloped ? new EncodedEnvelope(this.#bytes, this.#startOf(index)) : undefined
  }

  /** The time of a record as the transport has it, in Unix milliseconds; undefined if it has none. */
  time(index: number): number | undefined {
    if (!this.#isEnveloped) return undefined
    const time = envelopeTime(this.#bytes, this.#startOf(index))
    return Number.isNaN(time) ? undefined : time
  }

  #startOf(index: number): number {
    return index === 0 ? 0 : (this.#words[HEADER_WORDS + index - 1] as number)
  }

  end(index: number): number {
    return this.#words[HEADER_WORDS + index] as number
  }

  /** The bits noted for a record, initially 0. They outlive the worker that set them. */
  notes(index: number): number {
    return this.#words[HEADER_WORDS + this.#capacity + index] as number
  }

  note(index: number, notes: number): void {
    this.#words[HEADER_WORDS + this.#capacity + index] = notes
  }
}
