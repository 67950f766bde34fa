import type { Framing, RecordHandler, RecordSplitter } from './framing.ts'
import { JsonPath } from './json-path.ts'
import { GOES_ON, isOpening, JsonScanner, MALFORMED, STOPPED } from './json-scanner.ts'
import { PartialRecord, SAMPLE_BYTES } from './partial-record.ts'

const NUL = 0
const TAB = 9
const LF = 10
const CR = 13
const SPACE = 32
const DOUBLE_QUOTE = 34
const SINGLE_QUOTE = 39
const OPEN_PAREN = 40
const COMMA = 44
const SEMICOLON = 59
const LESS_THAN = 60
const GREATER_THAN = 62
const OPEN_BRACKET = 91
const BACKSLASH = 92
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/** How often a byte may be read again on average, because of values that were cut off. */
const READ_AGAIN = 8

/** JavaScript before a value: `window.YTD.tweets.part0 = `, `export default `. */
const ASSIGNMENT = /^(?:(?:(?:var|let|const)\s+)?[A-Za-z_$][\w$.]*\s*=|export\s+default\b)\s*(?=([[{])|$)/
const LONGEST_ASSIGNMENT = 300

type JsonFraming = Extract<Framing, { kind: 'json' }>

/**
 * What is being read: nothing yet; an array that may be a record; an object or array; another element of an array; a
 * line that is none of these; the rest of a broken value.
 */
type Mode = 'between' | 'opened' | 'value' | 'scalar' | 'line' | 'broken'

/**
 * Splits a stream into JSON values, as `Framing` describes, byte for byte: a parser would round 64-bit ids. Anything
 * other than an object or array is a record up to the end of its line. Commas, brackets, white space and NULs between
 * records are skipped, so that reading can continue at the end of any record.
 *
 * A broken value is one record, too: up to the end of its line if it was cut off there, otherwise up to the line on
 * which an object begins with the same indentation.
 */
export class JsonSplitter implements RecordSplitter {
  readonly #maxBytes: number
  readonly #handler: RecordHandler
  readonly #cutsArrays: boolean
  readonly #path: JsonPath | undefined
  readonly #scanner: JsonScanner
  #mode: Mode = 'between'
  #isJavaScript = false

  // The array whose elements are the records.
  #isInArray = false
  #expectsElement = false
  #hasElements = false
  /** The offset of its bracket in the stream. */
  #arrayStart = 0
  /** Whether an object encloses it, of which the rest is not a record. */
  #isAround = false

  // The current record: its bytes, its offset in the stream, and the indentation of its line.
  readonly #partial: PartialRecord
  #start = 0
  #margin = 0
  #isReported = false
  #quote = 0
  #isEscaped = false
  #isInAngles = false

  /** Offset of the current line in the stream, and its indentation; -1 if that does not matter. */
  #lineStart = 0
  #indent = 0

  #written = 0
  #covered = 0
  /** How many more bytes may be read again. */
  #credit: number
  /** Whether the current bytes may contain a line that looks like one value but is not. */
  #isOdd = false

  constructor({ arrays = 'cut', each }: JsonFraming, maxBytes: number, handler: RecordHandler) {
    this.#maxBytes = maxBytes
    this.#handler = handler
    this.#cutsArrays = arrays === 'cut'
    this.#path = each && each.length > 0 ? new JsonPath(each) : undefined
    this.#scanner = new JsonScanner(this.#path)
    this.#partial = new PartialRecord(maxBytes + 1)
    this.#credit = READ_AGAIN * maxBytes
  }

  get bytesCovered(): number {
    return this.#covered
  }

  write(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    this.#credit = Math.min(this.#credit + READ_AGAIN * chunk.length, READ_AGAIN * this.#maxBytes)
    this.#process(bytes, this.#written)
    this.#written += chunk.length
  }

  end(): void {
    if (this.#isInArray)
      this.#reportMalformed(
        'the array is not closed: expected "]", got the end of the data',
        this.#arrayStart,
      )
    else if (this.#isAround)
      this.#reportMalformed('the object is not closed: expected "}", got the end of the data')
    if (this.#mode === 'line') this.#endLine(NOTHING, this.#written)
    while (this.#mode === 'value' && this.#partial.length > 0) this.#giveUp()
    if (this.#partial.length > 0) this.#finish(NOTHING, this.#written)
    this.#mode = 'between'
    this.#isInArray = false
    this.#isAround = false
    this.#covered = this.#written
  }

  #reportMalformed(message: string, unclosedFrom?: number): void {
    this.#handler.malformed?.(message, unclosedFrom)
  }

  /** @param base offset of the bytes in the stream */
  #process(bytes: Buffer, base: number): void {
    const wasOdd = this.#isOdd
    this.#isOdd = isOdd(bytes)
    for (let at = 0; at < bytes.length; ) at = this.#step(bytes, at, base)
    this.#isOdd = wasOdd
  }

  /** Reads from an index according to the mode. Returns the index to continue at. */
  #step(bytes: Buffer, at: number, base: number): number {
    switch (this.#mode) {
      case 'between':
        return this.#between(bytes, at, base)
      case 'opened':
        return this.#opened(bytes, at)
      case 'value':
        return this.#value(bytes, at, base)
      case 'scalar':
        return this.#scalar(bytes, at, base)
      case 'line':
        return this.#line(bytes, at, base)
      default:
        return this.#broken(bytes, at, base)
    }
  }

  #between(bytes: Buffer, at: number, base: number): number {
    const byte = bytes[at] as number
    if (byte <= SPACE) this.#noteSpace(byte, base + at)
    else if (byte === COMMA) {
      if (this.#isInArray && this.#expectsElement)
        this.#reportMalformed('expected an element of the array, got ","')
      this.#expectsElement = true
    } else if (byte === CLOSE_BRACKET) this.#closeArray()
    else if (byte === OPEN_BRACKET && this.#cutsArrays && !this.#isInArray) this.#openArray(base + at)
    else if (byte === SEMICOLON && this.#isJavaScript && !this.#isInArray) this.#isJavaScript = false
    else if (base + at >= BYTE_ORDER_MARK.length || byte !== BYTE_ORDER_MARK[base + at])
      return this.#begin(bytes, at, base)
    this.#covered = base + at + 1
    return at + 1
  }

  /** Updates the indentation of the current line. */
  #noteSpace(byte: number, place: number): void {
    if (byte === LF || byte === CR) {
      this.#lineStart = place + 1
      this.#indent = 0
    } else if (place === this.#lineStart + this.#indent) this.#indent++
  }

  /** @param start the offset of its bracket in the stream */
  #openArray(start: number): void {
    this.#isInArray = true
    this.#arrayStart = start
    this.#expectsElement = true
    this.#hasElements = false
  }

  #closeArray(): void {
    if (this.#isInArray && this.#expectsElement && this.#hasElements)
      this.#reportMalformed('expected an element of the array, got "]"')
    // If no array was opened, reading continued within one.
    if (this.#path && (this.#isAround || !this.#isInArray)) {
      this.#isAround = true
      this.#path.reset(true)
      this.#scanner.reset(this.#path.depth)
      this.#mode = 'value'
    }
    this.#isInArray = false
    this.#expectsElement = false
  }

  /** Begins a record. Returns the index to continue at, which is after the record if it is a whole line. */
  #begin(bytes: Buffer, at: number, base: number): number {
    const byte = bytes[at] as number
    this.#start = base + at
    this.#margin = this.#indent
    if (byte === OPEN_BRACE && !this.#path) {
      const end = this.#wholeLine(bytes, at, base)
      if (end >= 0) return end
    }
    this.#expectsElement = false
    this.#hasElements = true
    this.#quote = 0
    if (byte === OPEN_BRACKET && !this.#isInArray) {
      this.#mode = 'opened'
      return at + 1
    }
    if (isOpening(byte)) {
      this.#scanner.reset()
      this.#path?.reset(this.#isInArray)
      this.#mode = 'value'
      return at
    }
    this.#mode = this.#isInArray ? 'scalar' : 'line'
    return this.#isFirst ? this.#afterAssignment(bytes, at, false) : at
  }

  get #isFirst(): boolean {
    return this.#start === 0 || this.#start === BYTE_ORDER_MARK.length
  }

  /**
   * The fast path for an object on one line, which most records are. Returns the index after the line; -1 if it may
   * be anything else.
   */
  #wholeLine(bytes: Buffer, at: number, base: number): number {
    const lineEnd = bytes.indexOf(LF, at)
    if (lineEnd < 0) return -1
    let end = trimmed(bytes, lineEnd)
    const hasComma = bytes[end - 1] === COMMA
    if (hasComma) end = trimmed(bytes, end - 1)
    if (bytes[end - 1] !== CLOSE_BRACE || end - at > this.#maxBytes) return -1
    if (this.#isOdd && isOdd(bytes.subarray(at, end))) return -1
    // The value continues if the next line begins like this.
    const next = bytes[afterSpaces(bytes, lineEnd + 1)]
    if (next === CLOSE_BRACE || (next === COMMA && !this.#isInArray)) return -1
    this.#covered = base + lineEnd + 1
    this.#lineStart = this.#covered
    this.#indent = 0
    this.#expectsElement = hasComma
    this.#hasElements = true
    this.#handler.record(bytes.subarray(at, end))
    return lineEnd + 1
  }

  /** Called after the bracket of an array that is a record itself, unless it contains arrays. */
  #opened(bytes: Buffer, at: number): number {
    const byte = bytes[at] as number
    if (byte <= SPACE) return at + 1
    if (byte === OPEN_BRACKET) {
      this.#openArray(this.#start)
      this.#mode = 'between'
      return at
    }
    const bracket = Uint8Array.of(OPEN_BRACKET)
    this.#partial.add(bracket)
    this.#path?.reset(true)
    this.#scanner.reset()
    this.#scanner.scan(bracket, 0)
    this.#mode = 'value'
    return at
  }

  /** Skips JavaScript before a value at the start of the stream. */
  #afterAssignment(bytes: Buffer, at: number, isWholeLine: boolean): number {
    const found = ASSIGNMENT.exec(bytes.toString('latin1', at, at + LONGEST_ASSIGNMENT))
    if (!found || !(found[1] || isWholeLine)) return at
    const [before] = found
    this.#isJavaScript = true
    this.#mode = 'between'
    return at + before.length
  }

  #value(bytes: Buffer, at: number, base: number): number {
    const found = this.#scanner.scan(bytes, at)
    const end = found >= 0 ? found : found === GOES_ON ? bytes.length : this.#scanner.lastAt
    this.#noteLine(bytes, at, end, base)
    if (found === MALFORMED) return this.#malformed(bytes, at, end, base)
    if (found === STOPPED) {
      this.#drop()
      this.#isAround = true
      this.#openArray(base + end)
      this.#mode = 'between'
      this.#covered = base + end + 1
      return end + 1
    }
    if (found === GOES_ON) {
      if (this.#isRecord) this.#hold(bytes.subarray(at))
    } else if (this.#isRecord) this.#finish(bytes.subarray(at, end), base + end)
    else this.#endAround(base + end)
    return end
  }

  /** Whether the current value is a record, rather than an object around the array of records. */
  get #isRecord(): boolean {
    return !this.#isAround || this.#isInArray
  }

  /** Updates the offset and indentation of the last line that was read of a value. */
  #noteLine(bytes: Buffer, from: number, end: number, base: number): void {
    const line = end > 0 ? bytes.lastIndexOf(LF, end - 1) + 1 : 0
    if (line <= from) return
    this.#lineStart = base + line
    this.#indent = Math.min(end, afterSpaces(bytes, line)) - line
  }

  #endAround(covered: number): void {
    this.#isAround = false
    this.#mode = 'between'
    this.#covered = covered
  }

  /** The value cannot continue as it does at the index `end`: it was cut off, or is broken. */
  #malformed(bytes: Buffer, at: number, end: number, base: number): number {
    if (!this.#isRecord) {
      this.#reportMalformed('the object around the array is broken')
      this.#endAround(base + end)
      this.#mode = 'broken'
      return end
    }
    if (!this.#scanner.spansLines) {
      this.#finish(bytes.subarray(at, end), base + end)
      return end
    }
    if (this.#isReported || this.#partial.length + end + 1 - at > this.#maxBytes) {
      if (!this.#isReported) this.#report(bytes.subarray(at, end))
      this.#drop()
      this.#mode = 'broken'
      if (this.#lineStart + this.#indent !== base + end) this.#indent = -1
      return end
    }
    // Includes the current byte, as another value may begin with it.
    this.#partial.add(bytes.subarray(at, end + 1))
    this.#giveUp()
    return end + 1
  }

  /**
   * Treats the current value as broken: it is a record up to the line on which another begins, which is read again.
   */
  #giveUp(): void {
    const bytes = Buffer.from(this.#partial.held)
    const isReported = this.#isReported
    const start = this.#start
    this.#drop()
    this.#mode = 'broken'
    this.#indent = -1
    if (isReported) return
    const next = this.#nextValue(bytes)
    if (next < 0) {
      this.#covered = start
      this.#handOver(bytes, true)
      return
    }
    this.#mode = 'between'
    this.#lineStart = start + next
    this.#indent = 0
    this.#covered = start + trimmed(bytes, next)
    this.#handOver(bytes.subarray(0, next))
    this.#credit -= bytes.length - next
    this.#process(bytes.subarray(next), start + next)
  }

  /** The index of the next line on which a value begins; -1 for none. */
  #nextValue(bytes: Buffer): number {
    let last = -1
    for (let line = bytes.indexOf(LF) + 1; line > 0; line = bytes.indexOf(LF, line) + 1) {
      const at = afterSpaces(bytes, line)
      if (at - line !== this.#margin || !isOpening(bytes[at])) continue
      if (bytes.length - line <= this.#credit) return line
      // Too much was read again: of the rest only the last line is examined.
      last = line
    }
    return last
  }

  /** Skips the rest of a broken value. */
  #broken(bytes: Buffer, at: number, base: number): number {
    if (this.#indent < 0) {
      const line = bytes.indexOf(LF, at) + 1
      if (line === 0) return bytes.length
      this.#lineStart = base + line
      this.#indent = 0
      return line
    }
    const byte = bytes[at] as number
    const isNext = isOpening(byte) && this.#indent === this.#margin
    const isEnd = byte === CLOSE_BRACKET && this.#isInArray && this.#indent <= this.#margin
    if (isNext || isEnd) {
      this.#mode = 'between'
      this.#covered = base + at
      return at
    }
    if (byte === SPACE || byte === TAB || byte === LF) this.#noteSpace(byte, base + at)
    else this.#indent = -1
    return at + 1
  }

  /** An element of an array that is neither object nor array, including the repr of a Python object. */
  #scalar(bytes: Buffer, from: number, base: number): number {
    const isFirst = this.#partial.length === 0
    if (isFirst) this.#isInAngles = bytes[from] === LESS_THAN
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] as number
      if (this.#quote !== 0) {
        if (byte === LF) return this.#endScalar(bytes, from, at, base)
        this.#inString(byte)
        if (this.#quote === 0 && !this.#isInAngles) return this.#endScalar(bytes, from, at + 1, base)
      } else if (byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE) this.#quote = byte
      else if (byte === OPEN_PAREN && !this.#isInAngles) return this.#beginCall(bytes, from, at)
      else if (this.#isInAngles && byte !== LF) {
        if (byte === GREATER_THAN) return this.#endScalar(bytes, from, at + 1, base)
      } else if (endsScalar(byte) && !(isFirst && at === from)) return this.#endScalar(bytes, from, at, base)
    }
    this.#hold(bytes.subarray(from))
    return bytes.length
  }

  #endScalar(bytes: Buffer, from: number, end: number, base: number): number {
    this.#finish(bytes.subarray(from, end), base + end)
    return end
  }

  #inString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === BACKSLASH) this.#isEscaped = true
    else if (byte === this.#quote) this.#quote = 0
  }

  /** Continues with a call such as `Status(…)`, which ends with its bracket. */
  #beginCall(bytes: Buffer, from: number, at: number): number {
    this.#hold(bytes.subarray(from, at))
    this.#scanner.reset()
    this.#mode = 'value'
    return at
  }

  #line(bytes: Buffer, at: number, base: number): number {
    const end = this.#endsInCr(bytes, at) ? at : endOfLine(bytes, at)
    if (end < 0) this.#hold(bytes.subarray(at))
    else this.#endLine(bytes.subarray(at, end), base + end)
    return end < 0 ? bytes.length : end
  }

  /** Whether the byte before an index is a CR that ends the line, and not half of CRLF. */
  #endsInCr(bytes: Buffer, at: number): boolean {
    return this.#partial.held.at(-1) === CR && !bytes.includes(LF, at)
  }

  #endLine(last: Buffer, covered: number): void {
    const line = Buffer.concat([this.#partial.held, last])
    const mayBeScript = this.#isFirst && this.#partial.isWhole
    const rest = mayBeScript ? this.#afterAssignment(line, 0, true) : 0
    if (rest > 0) {
      this.#drop()
      this.#process(line.subarray(rest), covered - line.length + rest)
    } else this.#finish(last, covered)
  }

  #hold(piece: Uint8Array): void {
    this.#partial.add(piece)
    const { length } = this.#partial
    const isOver =
      length > this.#maxBytes + 1 || (length > this.#maxBytes && (piece.at(-1) as number) > SPACE)
    // An object that may contain the array of records is not a record itself.
    const mayBeAround = this.#path !== undefined && this.#mode === 'value' && !this.#isInArray
    if (isOver && !this.#isReported && !mayBeAround) this.#report(NOTHING)
  }

  #report(more: Uint8Array): void {
    this.#partial.add(more)
    this.#isReported = true
    this.#handler.oversized(this.#partial.sample(this.#maxBytes), true)
  }

  #drop(): void {
    this.#partial.take()
    this.#isReported = false
  }

  /** Ends the current record with these bytes. */
  #finish(last: Buffer, covered: number): void {
    const isReported = this.#isReported
    this.#isReported = false
    this.#mode = 'between'
    this.#covered = covered
    if (this.#partial.length === 0) {
      this.#handOver(last)
      return
    }
    this.#partial.add(last)
    const { isWhole } = this.#partial
    const record = this.#partial.take()
    if (isReported) return
    if (isWhole) this.#handOver(record)
    else this.#handler.oversized(record.subarray(0, Math.min(SAMPLE_BYTES, this.#maxBytes)))
  }

  #handOver(record: Uint8Array, isOpen = false): void {
    const bytes = record.subarray(0, trimmed(record, record.length))
    if (bytes.length > this.#maxBytes)
      this.#handler.oversized(bytes.subarray(0, Math.min(SAMPLE_BYTES, this.#maxBytes)), isOpen)
    else if (bytes.length > 0) this.#handler.record(bytes, isOpen)
  }
}

const NOTHING = Buffer.alloc(0)

const endsScalar = (byte: number): boolean => byte <= SPACE || byte === COMMA || byte === CLOSE_BRACKET

/** The end of the bytes before an index, without trailing white space. */
function trimmed(bytes: Uint8Array, from: number): number {
  let end = from
  while (end > 0 && (bytes[end - 1] as number) <= SPACE) end--
  return end
}

/** The first index at or after one without a space or tab. */
function afterSpaces(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] === SPACE || bytes[at] === TAB) at++
  return at
}

/** The index of the LF that ends a line, or of a CR without an LF so far; -1 if there is neither. */
function endOfLine(bytes: Buffer, from: number): number {
  const lf = bytes.indexOf(LF, from)
  if (lf >= 0) return lf
  const cr = bytes.indexOf(CR, from)
  return cr < bytes.length - 1 ? cr : -1
}

/** Whether a line that looks like an object may be several values, or contain the NULs of a truncation. */
const isOdd = (line: Buffer): boolean => line.includes(NUL) || line.includes('}{') || line.includes('} {')
