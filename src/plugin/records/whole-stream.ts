import type { RecordHandler, RecordSplitter } from './framing.ts'
import { PartialRecord } from './partial-record.ts'

/** Passes on a whole stream as one record at its end. White space alone is not a record. */
export class WholeStream implements RecordSplitter {
  readonly #maxBytes: number
  readonly #handler: RecordHandler
  readonly #record: PartialRecord
  #isReported = false
  #written = 0
  #covered = 0

  constructor(maxBytes: number, handler: RecordHandler) {
    this.#maxBytes = maxBytes
    this.#handler = handler
    this.#record = new PartialRecord(maxBytes)
  }

  get bytesCovered(): number {
    return this.#covered
  }

  write(chunk: Uint8Array): void {
    this.#record.add(chunk)
    this.#written += chunk.length
    if (this.#record.isWhole || this.#isReported) return
    this.#isReported = true
    this.#handler.oversized(this.#record.sample(this.#maxBytes), true)
  }

  end(): void {
    this.#covered = this.#written
    const record = this.#record.take()
    if (!this.#isReported && Buffer.from(record).toString('latin1').trim() !== '')
      this.#handler.record(record)
    this.#isReported = false
  }
}
