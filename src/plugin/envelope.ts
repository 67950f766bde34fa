/** The metadata that a transport has for a record: the time, key and headers of a Kafka record. */
export interface Envelope {
  /** The time of the record in the transport: Unix milliseconds. */
  readonly time?: number | undefined
  readonly key?: Uint8Array | undefined
  /** In their order; a name may occur several times, and a value may be null. */
  readonly headers?: readonly Header[] | undefined
}

export type Header = readonly [name: string, value: Uint8Array | null]

/** Limits of an envelope. A larger key or larger headers are left out. */
export const ENVELOPE_LIMITS = {
  /** Bytes of the key and headers together. */
  bytes: 16_384,
  headers: 100,
} as const

/** The length of the envelope and the time come first. */
const TIME_AT = 4
const KEY_AT = 12

const NO_VALUE = 0xffffffff

/**
 * Encodes an envelope as the bytes before a record: the total length, the time (NaN for none) and, if present, the
 * key and headers, each text preceded by its length. Numbers are little-endian.
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

/** The bytes of an envelope with only a time. */
export const TIME_ENVELOPE_BYTES = KEY_AT

/** Writes such an envelope. The result equals {@link encodeEnvelope}, without an object for each record. */
export function writeTimeEnvelope(view: DataView, at: number, time: number): void {
  view.setUint32(at, TIME_ENVELOPE_BYTES, true)
  view.setFloat64(at + TIME_AT, time, true)
}

/** The time of the envelope that begins at an offset; NaN for none. */
export const envelopeTime = (bytes: Buffer, start: number): number => bytes.readDoubleLE(start + TIME_AT)

/** The length in bytes of the envelope that begins at an offset. */
export const envelopeLength = (bytes: Buffer, start: number): number => bytes.readUInt32LE(start)

/** An envelope within a larger buffer. The key and headers are decoded only when they are read. */
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

  /** Returns a copy, since the memory may be shared and reused. */
  #field(at: number): Buffer | null {
    const length = this.#bytes.readUInt32LE(at)
    return length === NO_VALUE ? null : Buffer.from(this.#bytes.subarray(at + 4, at + 4 + length))
  }

  /** The offset of the next field. */
  #after(at: number, end: number): number {
    if (at >= end) return end
    const length = this.#bytes.readUInt32LE(at)
    return at + 4 + (length === NO_VALUE ? 0 : length)
  }
}
