import {
  type Emitter,
  type Framing,
  LINES,
  recordSplitter,
  type SubmitOptions,
  type SubmitResult,
} from 'mood-exporter/plugin'
import type { BodyType } from './body.ts'
import { HttpError } from './http-error.ts'

/** How many rejected records an answer lists; further ones are only counted. */
const MOST_NAMED = 100

/** How many batches of one request may be in flight before more of its body is read. */
const MOST_UNDER_WAY = 16

const RETRY_AFTER_SECONDS = '1'
const SAMPLE_BYTES = 200

const JSON_VALUES: Framing = { kind: 'json' }

const FORM = 'curl -d strips line ends: send several lines with --data-binary'

/** The results of the records of a request. */
export interface Report {
  accepted: number
  /** The first hundred, by their index in the body. */
  refused: { record: number; reason: string; message: string }[]
  refusedTotal: number
  /** A hint at a probable mistake of the sender, although nothing was rejected for it. */
  note?: string
}

export interface IntakeOptions {
  maxRecordBytes: number
  /** Whether the first record of the body is a header. */
  header: boolean
  /** When a batch is acknowledged. */
  acknowledge: NonNullable<SubmitOptions['acknowledge']>
}

/** A record in a body: its index, and its header. */
interface Found {
  record: number
  bytes: Buffer
  header: Buffer | undefined
}

/** Submits the records of one request as they arrive, and collects their results. */
export class Intake {
  readonly #emitter: Emitter
  readonly #maxRecordBytes: number
  readonly #acknowledge: IntakeOptions['acknowledge']
  readonly #report: Report = { accepted: 0, refused: [], refusedTotal: 0 }
  readonly #underWay: Promise<void>[] = []
  /** How lines begin that are headers of the following ones. */
  readonly #headers: Buffer | undefined
  #awaitsHeader: boolean
  #header: Buffer | undefined
  #batch: Found[] = []
  #oversized: { record: number; sample: Uint8Array }[] = []
  #seen = 0
  #next = 0

  /** Called when it begins and ends to wait for workers. */
  onWait: (waits: boolean) => void = () => {}

  constructor(emitter: Emitter, { maxRecordBytes, header, acknowledge }: IntakeOptions) {
    this.#emitter = emitter
    this.#maxRecordBytes = maxRecordBytes
    const { framing } = emitter
    const headers = header && framing?.kind === 'lines' ? framing.headers : undefined
    this.#headers = headers === undefined ? undefined : Buffer.from(headers)
    this.#awaitsHeader = header && headers === undefined
    this.#acknowledge = acknowledge
  }

  /** The first record that was neither accepted nor rejected: where a client should continue. */
  get next(): number {
    return this.#next
  }

  /**
   * Reads a body to its end. Records are submitted as they arrive, so a body may take any time.
   * @throws HttpError if it cannot be read further; submitted records stay submitted
   */
  async read(type: BodyType, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const framing = this.#framing(type)
    const splitter = this.#splitter(framing)
    for await (const chunk of chunks) await this.#handOn(() => splitter.write(chunk))
    await this.#handOn(() => splitter.end())
    if (this.#header && !this.#headers && this.#seen === 0) this.#refuseHeader(this.#header, type)
    else if (type.isForm && framing.kind !== 'json' && this.#seen === 1) this.#report.note = FORM
  }

  /** The results of all submitted records, once they are known. */
  async report(): Promise<Report> {
    await this.#waitFor(Promise.all(this.#underWay))
    this.#report.refused.sort((a, b) => a.record - b.record)
    return this.#report
  }

  #framing({ kind }: BodyType): Framing {
    const { framing = LINES } = this.#emitter
    return kind === 'json' && framing.kind !== 'json' ? JSON_VALUES : framing
  }

  #splitter(framing: Framing) {
    return recordSplitter(framing, this.#maxRecordBytes, {
      // It is a view of memory that the splitter reuses.
      record: bytes => this.#found(Buffer.from(bytes)),
      oversized: sample => this.#tooLong(sample),
      malformed: message => {
        throw new HttpError(400, 'malformed_array', message)
      },
    })
  }

  /** The whole body was taken for the header, for example because line ends were lost. */
  #refuseHeader(header: Uint8Array, { isForm }: BodyType): void {
    this.#emitter.drop('invalid', 1, header.subarray(0, SAMPLE_BYTES))
    const message = `a header of ${header.length} bytes and no record after it`
    this.#refuse(0, 'invalid', isForm ? `${message}; ${FORM}` : message)
  }

  #found(bytes: Buffer): void {
    const isHeader = this.#headers?.equals(bytes.subarray(0, this.#headers.length))
    if (this.#awaitsHeader || isHeader) {
      this.#awaitsHeader = false
      this.#header = bytes
    } else this.#batch.push({ record: this.#seen++, bytes, header: this.#header })
  }

  #tooLong(sample: Uint8Array): void {
    if (this.#awaitsHeader)
      throw new HttpError(400, 'header', `the header is longer than ${this.#maxRecordBytes} bytes`)
    this.#oversized.push({ record: this.#seen++, sample: Buffer.from(sample) })
  }

  /** Splits, and submits the found records, also if the rest is malformed. */
  async #handOn(cut: () => void): Promise<void> {
    try {
      cut()
    } finally {
      await this.#flush()
    }
  }

  async #flush(): Promise<void> {
    while (this.#batch.length > 0) {
      const [{ header }] = this.#batch as [Found]
      const other = this.#batch.findIndex(found => found.header !== header)
      const part = this.#batch.slice(0, other < 0 ? undefined : other)
      const result = await this.#submit(part, header)
      const settled = this.#settle(
        result,
        part.map(({ record }) => record),
      )
      settled.catch(() => {})
      this.#underWay.push(settled)
      this.#batch = this.#batch.slice(part.length)
      this.#next = this.#batch[0]?.record ?? this.#next
    }
    for (const { record, sample } of this.#oversized) {
      this.#emitter.drop('oversized', 1, sample)
      this.#refuse(record, 'oversized', `the record is longer than ${this.#maxRecordBytes} bytes`)
    }
    this.#oversized = []
    this.#next = this.#seen
    if (this.#underWay.length >= MOST_UNDER_WAY) await this.#waitFor(this.#underWay.shift())
  }

  /**
   * Submits the batch. A request that fills the queue by itself is slowed down; one that finds it full is rejected.
   * The result is wrapped, as an async function would await it otherwise.
   */
  async #submit(
    part: readonly Found[],
    header: Buffer | undefined,
  ): Promise<{ result: Promise<SubmitResult> }> {
    const records = part.map(({ bytes }) => bytes)
    for (;;) {
      const result = this.#emitter.submit(records, {
        acknowledge: this.#acknowledge,
        ...(header ? { header } : {}),
      })
      if (result) return { result }
      const earlier = this.#underWay.shift()
      if (!earlier) break
      await this.#waitFor(earlier)
    }
    throw new HttpError(429, 'queue_full', 'the queue is full: send the records from `next` on again later', {
      'Retry-After': RETRY_AFTER_SECONDS,
    })
  }

  /** Waits for workers: meanwhile the connection is idle, which is not the client's fault. */
  async #waitFor(work: Promise<unknown> | undefined): Promise<void> {
    this.onWait(true)
    try {
      await work
    } finally {
      this.onWait(false)
    }
  }

  async #settle({ result }: { result: Promise<SubmitResult> }, records: number[]): Promise<void> {
    const { accepted, rejected } = await result
    this.#report.accepted += accepted
    for (const { record, reason, message } of rejected)
      this.#refuse(records[record] as number, reason, message)
  }

  #refuse(record: number, reason: string, message: string): void {
    this.#report.refusedTotal++
    if (this.#report.refused.length < MOST_NAMED) this.#report.refused.push({ record, reason, message })
  }
}
