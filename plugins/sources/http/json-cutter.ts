import { RecordBuffer } from './record-buffer.ts'
import { Refusal } from './refusal.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** White space of JSON is at or below this; other control characters never begin a value either. */
const SPACE = 0x20

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

export interface CutterHandler {
  record(bytes: Uint8Array): void
  /** A record longer than the limit: the first bytes of it. */
  oversized(sample: Uint8Array): void
}

type State = 'start' | 'single' | 'first' | 'element' | 'next' | 'end'

/**
 * Cuts a stream of JSON into records: the elements of an array, or else the one value that it is. Elements are cut
 * out as they stand, byte for byte: a parser would round ids of 64 bits. Whether an element is sound is for the
 * format to say; here only its end is looked for. Linear in the bytes, which may be cut anywhere.
 */
export class JsonCutter {
  readonly #handler: CutterHandler
  readonly #record: RecordBuffer
  #state: State = 'start'
  #seen = 0
  #depth = 0
  #inString = false
  #escaped = false

  constructor(maxBytes: number, handler: CutterHandler) {
    this.#handler = handler
    this.#record = new RecordBuffer(maxBytes)
  }

  /** @throws Refusal 400 where the array is malformed between its elements */
  write(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#state === 'single') {
        this.#record.add(chunk.subarray(at))
        return
      }
      at = this.#state === 'element' ? this.#element(chunk, at) : this.#between(chunk, at)
    }
  }

  /** @throws Refusal 400 where an array was not closed */
  end(): void {
    if (this.#state === 'single') this.#cut()
    else if (this.#state !== 'start' && this.#state !== 'end')
      throw malformed('the array is not closed: expected "]", got the end of the body')
  }

  /** Looks at one byte that is in no element. Gives the place to go on at. */
  #between(chunk: Uint8Array, at: number): number {
    const byte = chunk[at] as number
    const atMark = this.#state === 'start' && byte === BYTE_ORDER_MARK[this.#seen]
    this.#seen++
    if (byte <= SPACE || atMark) return at + 1
    if (this.#state === 'start') {
      if (byte !== OPEN_ARRAY) {
        this.#state = 'single'
        return at
      }
      this.#state = 'first'
      return at + 1
    }
    if (this.#state === 'end') throw malformed(`expected nothing after the array, got ${shown(byte)}`)
    if (byte === CLOSE_ARRAY && this.#state === 'first') {
      this.#state = 'end'
      return at + 1
    }
    if (byte === COMMA || byte === CLOSE_ARRAY)
      throw malformed(`expected an element of the array, got ${shown(byte)}`)
    this.#state = 'element'
    return at
  }

  /** Looks for the end of the element at hand. Gives the place to go on at. */
  #element(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at] as number
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (byte === BACKSLASH) this.#escaped = true
        else if (byte === QUOTE) this.#inString = false
      } else if (byte === QUOTE) this.#inString = true
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#depth++
      else if (this.#depth > 0) {
        if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) this.#depth--
      } else if (byte === COMMA || byte === CLOSE_ARRAY) {
        this.#cut(chunk.subarray(start, at))
        this.#state = byte === COMMA ? 'next' : 'end'
        return at + 1
      }
    }
    this.#record.add(chunk.subarray(start))
    return chunk.length
  }

  #cut(last?: Uint8Array): void {
    const { bytes, oversized } = this.#record.finish(last)
    if (oversized) this.#handler.oversized(bytes)
    else this.#handler.record(bytes)
  }
}

function malformed(message: string): Refusal {
  return new Refusal(400, 'malformed_array', message)
}

const shown = (byte: number) =>
  byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `the byte 0x${byte.toString(16)}`
