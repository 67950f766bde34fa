/** What a transport keeps beside a record: of Kafka its time, key and headers. */
export interface Envelope {
  /** The time that the transport has for the record: Unix milliseconds. */
  readonly time?: number | undefined
  readonly key?: Uint8Array | undefined
  /** In their order; a name may come several times, and a value may be null. */
  readonly headers?: readonly Header[] | undefined
}

export type Header = readonly [name: string, value: Uint8Array | null]

/** What bounds an envelope. A key or headers beyond that are left out. */
export const ENVELOPE_LIMITS = {
  /** Bytes of the key and the headers together. */
  bytes: 16_384,
  headers: 100,
} as const

/** Its own length and the time come first. */
const TIME_AT = 4
const KEY_AT = 12

const NO_VALUE = 0xffffffff

/**
 * An envelope as bytes that go before a record's: the length of all, the time (NaN for none), and, where there is one, the
 * key and the headers, each text behind its length. Numbers are little-endian.
 */
export function encodeEnvelope({ time = Number.NaN, key, headers = [] }: Envelope = {}): Buffer {
  const parts: Uint8Array[] = []
  let size = 0
  const add = (bytes: Uint8Array | null) => {
    const length = Buffer.allocUnsafe(4)
    length.writeUInt32LE(bytes?.length ?? NO_VALUE)
    parts.push(length)
    if (bytes) parts.push(bytes)
    size += 4 + (bytes?.length ?? 0)
  }
  const keyFits = key !== undefined && key.length <= ENVELOPE_LIMITS.bytes
  if (keyFits || headers.length > 0) add(keyFits ? key : null)
  let left = ENVELOPE_LIMITS.bytes - (keyFits ? key.length : 0)
  for (const [name, value] of headers.slice(0, ENVELOPE_LIMITS.headers)) {
    const text = Buffer.from(name)
    left -= text.length + (value?.length ?? 0)
    if (left < 0) break
    add(text)
    add(value)
  }
  const head = Buffer.allocUnsafe(KEY_AT)
  head.writeUInt32LE(KEY_AT + size)
  head.writeDoubleLE(time, TIME_AT)
  return parts.length === 0 ? head : Buffer.concat([head, ...parts], KEY_AT + size)
}

/** The bytes of an envelope that has a time and nothing else. */
export const TIME_ENVELOPE_BYTES = KEY_AT

/** Writes such an envelope: the same bytes as {@link encodeEnvelope}, without an object for each of many records. */
export function writeTimeEnvelope(view: DataView, at: number, time: number): void {
  view.setUint32(at, TIME_ENVELOPE_BYTES, true)
  view.setFloat64(at + TIME_AT, time, true)
}

/** The time of an envelope that begins there; NaN for none. */
export const envelopeTime = (bytes: Buffer, start: number): number => bytes.readDoubleLE(start + TIME_AT)

/** The bytes that an envelope takes which begins there. */
export const envelopeLength = (bytes: Buffer, start: number): number => bytes.readUInt32LE(start)

/** An envelope among other bytes, whose key and headers are read only where they are asked for. */
export class EncodedEnvelope implements Envelope {
  readonly #bytes: Buffer
  readonly #start: number

  /** @param start where it begins */
  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes
    this.#start = start
  }

  get time(): number | undefined {
    const time = envelopeTime(this.#bytes, this.#start)
    return Number.isNaN(time) ? undefined : time
  }

  get key(): Buffer | undefined {
    const end = this.#end
    const at = this.#start + KEY_AT
    return at < end ? (this.#field(at) ?? undefined) : undefined
  }

  get headers(): Header[] {
    const end = this.#end
    const headers: Header[] = []
    for (let at = this.#after(this.#start + KEY_AT, end); at < end; ) {
      const name = this.#field(at) as Buffer
      at = this.#after(at, end)
      headers.push([name.toString('utf8'), this.#field(at)])
      at = this.#after(at, end)
    }
    return headers
  }

  get #end(): number {
    return this.#start + envelopeLength(this.#bytes, this.#start)
  }

  /** A copy, since the bytes may be shared and used again. */
  #field(at: number): Buffer | null {
    const length = this.#bytes.readUInt32LE(at)
    return length === NO_VALUE ? null : Buffer.from(this.#bytes.subarray(at + 4, at + 4 + length))
  }

  /** Where the next field begins. */
  #after(at: number, end: number): number {
    if (at >= end) return end
    const length = this.#bytes.readUInt32LE(at)
    return at + 4 + (length === NO_VALUE ? 0 : length)
  }
}
