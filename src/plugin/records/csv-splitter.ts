import { csvDialect, isSeparatorLine } from './csv.ts'
import type { Framing, RecordHandler, RecordSplitter } from './framing.ts'
import { LineEnds } from './line-ends.ts'
import { PartialRecord, SAMPLE_BYTES } from './partial-record.ts'

const CR = 13
const LF = 10
const NUL = 0
const SPACE = 32
const DOUBLE_QUOTE = 34
const NONE = -1

/** How often a byte may be read again on average, because of unclosed quotes. */
const READ_AGAIN = 8

type CsvFraming = Extract<Framing, { kind: 'csv' }>

/** The context of the last byte. */
type Place = 'field start' | 'unquoted' | 'quoted' | 'after quote'

/**
 * Splits a stream of CSV into records: lines, except that a line end within quotes belongs to the record. Quotes are
 * read as by `csvFields`. An opening quote that is never closed, or is closed on a later line but not at the end of a
 * field, is text: its line is a record by itself, and the lines after it are read again. NULs before a record are
 * skipped.
 *
 * A line `sep=;` at the start of the stream is not a record. If no delimiter is given, the header begins with that
 * line.
 */
export class CsvSplitter implements RecordSplitter {
  readonly #framing: CsvFraming
  readonly #maxBytes: number
  readonly #handler: RecordHandler
  readonly #ends: LineEnds
  #quote = NONE
  #delimiter = Buffer.alloc(0)
  #knowsDialect = false

  /** The current record, and its offset in the stream. */
  readonly #partial: PartialRecord
  #start = 0
  #place: Place = 'field start'
  /** Whether there is a line end within the quotes of the current field. */
  #spansLines = false
  #isReported = false

  #written = 0
  #covered = 0
  /** How many more bytes may be read again. */
  #credit: number
  /** True while lines are read again in which quotes do not join lines. */
  #isStrict = false

  /** @param firstLine the first line of the stream, if this one continues it */
  constructor(framing: CsvFraming, maxBytes: number, handler: RecordHandler, firstLine?: string) {
    const { quote } = framing
    this.#framing = framing
    this.#maxBytes = maxBytes
    this.#handler = handler
    const usual = quote === undefined ? DOUBLE_QUOTE : quote?.charCodeAt(0)
    this.#ends = new LineEnds(usual)
    // Two bytes more than the limit, as the record may end with CRLF.
    this.#partial = new PartialRecord(maxBytes + 2)
    this.#credit = READ_AGAIN * maxBytes
    if (firstLine !== undefined) this.#learn(firstLine)
  }

  get bytesCovered(): number {
    return this.#covered
  }

  write(chunk: Uint8Array): void {
    this.#credit = Math.min(this.#credit + READ_AGAIN * chunk.length, READ_AGAIN * this.#maxBytes)
    if (this.#ends.endedBefore(chunk)) this.#ended(this.#written)
    this.#process(chunk, this.#written)
    this.#written += chunk.length
  }

  end(): void {
    if (this.#partial.length > 0 && !this.#knowsDialect) this.#ended(this.#written)
    while (this.#isOpen()) this.#giveUp()
    if (this.#partial.length > 0) this.#finish(this.#written)
    this.#covered = this.#written
  }

  /** @param base offset of the bytes in the stream */
  #process(bytes: Uint8Array, base: number): void {
    let start = 0
    while (start < bytes.length) {
      if (this.#partial.length === 0) {
        while (bytes[start] === NUL) start++
        this.#start = base + start
      }
      const end = this.#ends.next(bytes, start) + 1
      const line = bytes.subarray(start, end === 0 ? this.#endOfPart(bytes, start) : end)
      this.#take(line, end === 0 ? NONE : base + end)
      start += line.length
    }
  }

  /** The end of a part of a line that is kept whole, in case quotes turn out to be text. */
  #endOfPart(bytes: Uint8Array, start: number): number {
    if (this.#ends.areKnown) return bytes.length
    return Math.min(bytes.length, start + Math.max(1, this.#maxBytes + 2 - this.#partial.length))
  }

  /**
   * Handles a line, or a part of one.
   *
   * @param covered offset in the stream at which the line ended; NONE if it has not
   */
  #take(line: Uint8Array, covered: number): void {
    const isWhole = covered !== NONE && this.#partial.length === 0 && this.#knowsDialect
    if (isWhole && (this.#quote === NONE || !line.includes(this.#quote))) {
      this.#covered = covered
      this.#handOver(line)
      return
    }
    // What may be read again must be kept whole.
    while (this.#partial.length + line.length > this.#maxBytes + 2 && this.#isOpen()) this.#giveUp()
    this.#partial.add(line)
    if (this.#knowsDialect && this.#isMisquoted(line) && this.#partial.isWhole) this.#giveUp()
    else if (covered !== NONE) this.#ended(covered)
    else if (!this.#isReported && isOver(this.#partial, this.#maxBytes)) this.#report()
  }

  /** The current line has ended, and with it the record, unless within quotes. */
  #ended(covered: number): void {
    if (!this.#knowsDialect) {
      const line = Buffer.from(this.#partial.held).toString('utf8')
      if (line.trim() !== '') this.#firstEnded(line, covered)
      else this.#finish(covered)
    } else if (this.#place !== 'quoted' || this.#isStrict || this.#isReported) this.#finish(covered)
  }

  #firstEnded(line: string, covered: number): void {
    this.#learn(line)
    if (!this.#partial.isWhole) {
      // It is too long, and the part that was not kept may close the quotes.
      if (!this.#isReported) this.#report()
      this.#finish(covered)
    } else if (isSeparatorLine(line)) {
      // The header follows this line, which names its delimiter.
      if (this.#framing.delimiter !== undefined) this.#clear()
    } else if (this.#isMisquoted(this.#partial.held)) this.#giveUp()
    else this.#ended(covered)
  }

  #learn(firstLine: string): void {
    const { delimiter, quote } = csvDialect(firstLine, this.#framing)
    this.#delimiter = Buffer.from(delimiter)
    this.#quote = quote === null ? NONE : quote.charCodeAt(0)
    this.#knowsDialect = true
  }

  /** Whether the current record ends within quotes that began on an earlier line. */
  #isOpen(): boolean {
    return this.#place === 'quoted' && this.#spansLines && !this.#isReported
  }

  /** Tracks quotes. Returns whether those of a field over several lines are closed before its end. */
  #isMisquoted(bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number
      switch (this.#place) {
        case 'quoted':
          if (byte === this.#quote) this.#place = 'after quote'
          else if (byte === LF || byte === CR) this.#spansLines = true
          break
        case 'after quote':
          if (byte === this.#quote) this.#place = 'quoted'
          else if (this.#delimits(bytes, at)) this.#place = 'field start'
          else if (byte !== SPACE && byte !== CR && byte !== LF) {
            if (this.#spansLines) return true
            this.#place = 'unquoted'
          }
          break
        case 'field start':
          if (byte === this.#quote) {
            this.#place = 'quoted'
            this.#spansLines = false
          } else if (byte !== SPACE && !this.#delimits(bytes, at)) this.#place = 'unquoted'
          break
        default:
          if (this.#delimits(bytes, at)) this.#place = 'field start'
      }
    }
    return false
  }

  /** Whether a delimiter begins at an index or, if it has several bytes, continues there. */
  #delimits(bytes: Uint8Array, at: number): boolean {
    const delimiter = this.#delimiter
    if (delimiter.length === 1) return bytes[at] === delimiter[0]
    const from = at - delimiter.length + 1
    return from >= 0 && delimiter.every((byte, i) => bytes[from + i] === byte)
  }

  /** Treats the open quotes as text: the first line is a record by itself, and the others are read again. */
  #giveUp(): void {
    const bytes = Uint8Array.from(this.#partial.held)
    const base = this.#start
    this.#clear()
    this.#ends.assume(bytes)
    const first = this.#ends.next(bytes, 0) + 1 || bytes.length
    this.#covered = base + first
    this.#handOver(bytes.subarray(0, first))
    const rest = bytes.subarray(first)
    const wasStrict = this.#isStrict
    this.#isStrict ||= rest.length > this.#credit
    if (!this.#isStrict) this.#credit -= rest.length
    this.#process(rest, base + first)
    this.#isStrict = wasStrict
  }

  #report(): void {
    if (this.#isOpen() && this.#partial.isWhole) this.#giveUp()
    else {
      this.#isReported = true
      this.#handler.oversized(this.#partial.sample(this.#maxBytes), true)
    }
  }

  #finish(covered: number): void {
    const isReported = this.#isReported
    const record = this.#partial.held
    this.#covered = covered
    this.#clear()
    if (!isReported) this.#handOver(record)
  }

  #clear(): void {
    this.#partial.take()
    this.#place = 'field start'
    this.#spansLines = false
    this.#isReported = false
  }

  #handOver(line: Uint8Array): void {
    let end = line.length
    if (line[end - 1] === LF) end--
    if (line[end - 1] === CR) end--
    if (end > this.#maxBytes)
      this.#handler.oversized(line.subarray(0, Math.min(SAMPLE_BYTES, this.#maxBytes)))
    else if (end > 0) this.#handler.record(line.subarray(0, end))
  }
}

/** Whether an unfinished line is longer than the limit: it may end with CRLF. */
const isOver = ({ length, held }: PartialRecord, maxBytes: number): boolean =>
  length > maxBytes + 1 || (length > maxBytes && held[maxBytes] !== CR)
