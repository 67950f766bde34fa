import { isAscii } from 'node:buffer'
import { decoderOf, type StreamDecoder } from './encoding.ts'

const LF = 0x0a
const CR = 0x0d
const CLOSE_BRACKET = 0x5d
const CLOSE_BRACE = 0x7d

/** Replaces bytes that are not valid in the encoding. It is not valid UTF-8, so the record is dropped for that. */
const UNDECODED = Buffer.of(0xff)
const REPLACEMENT = '\ufffd'

/** A part of the stream: where it ends in the text and in the bytes. */
interface Part {
  textEnd: number
  bytesEnd: number
  /** Whether every byte of the text comes from the same number of bytes. */
  isEven: boolean
}

/**
 * Converts a stream from another encoding to UTF-8. It knows how many bytes correspond to a length of the text, if
 * that ends at the end of a record: after a line end or a closing bracket.
 */
export class Transcoder {
  readonly #decoder: StreamDecoder
  readonly #extendsAscii: boolean
  /** Bytes of an ASCII character. */
  readonly #unit: number
  /** The index of the byte that holds it. */
  readonly #place: number
  #parts: Part[] = []
  #text = 0
  #bytes = 0
  /** Whether the bytes so far may end within a character. */
  #isWithin = false

  /** @param encoding by its name in the Encoding Standard */
  constructor(encoding: string) {
    const isUtf16 = encoding.startsWith('utf-16')
    this.#decoder = decoderOf(encoding)
    this.#unit = isUtf16 ? 2 : 1
    this.#place = encoding === 'utf-16be' ? 1 : 0
    this.#extendsAscii = !isUtf16 && encoding !== 'iso-2022-jp'
  }

  /**
   * Converts the bytes, except for an unfinished character at the end. The result is valid as long as the chunk is.
   */
  write(chunk: Uint8Array): Buffer {
    const texts: Buffer[] = []
    for (let start = 0; start < chunk.length; ) {
      const end = this.#endOfPart(chunk, start)
      texts.push(this.#transcode(chunk.subarray(start, end)))
      start = end
    }
    return texts.length === 1 ? (texts[0] as Buffer) : Buffer.concat(texts)
  }

  /** The rest, if the stream ends within a character. */
  end(): Buffer {
    return toUtf8(this.#decoder.decode())
  }

  /** How many bytes correspond to a length of the text: up to the last known point before it. */
  bytesFor(textBytes: number): number {
    return this.#find(textBytes).bytes
  }

  /** How many bytes correspond to a length of the text; undefined if that is not known. */
  exactBytesFor(textBytes: number): number | undefined {
    const { bytes, isExact } = this.#find(textBytes)
    return isExact ? bytes : undefined
  }

  #find(textBytes: number): { bytes: number; isExact: boolean } {
    let before: Part = { textEnd: 0, bytesEnd: 0, isEven: true }
    for (const part of this.#parts) {
      if (part.textEnd === textBytes) return { bytes: part.bytesEnd, isExact: true }
      if (part.textEnd > textBytes) {
        const isExact = part.isEven || before.textEnd === textBytes
        const more = part.isEven ? (textBytes - before.textEnd) * this.#unit : 0
        return { bytes: before.bytesEnd + more, isExact }
      }
      before = part
    }
    return { bytes: before.bytesEnd, isExact: true }
  }

  /** Frees what is needed only before this length of the text. */
  forget(textBytes: number): void {
    const needed = this.#parts.findIndex(({ textEnd }) => textEnd >= textBytes)
    // The part before is kept: the next one begins there.
    const last = needed < 0 ? this.#parts.length : needed
    if (last > 1) this.#parts.splice(0, last - 1)
  }

  /** The end of a part: where a record may end, or the end of the chunk. */
  #endOfPart(chunk: Uint8Array, start: number): number {
    if (this.#extendsAscii && start === 0 && !this.#isWithin && isAscii(chunk)) return chunk.length
    // Half of a character was in the chunk before.
    if (this.#bytes % this.#unit !== 0) return start + 1
    for (let at = start + this.#place; at < chunk.length; at += this.#unit)
      if (mayEndRecord(chunk[at] as number) && this.#isAscii(chunk, at))
        return Math.min(chunk.length, at - this.#place + this.#unit)
    return chunk.length
  }

  /** Whether the other bytes of a character with an ASCII byte are 0. */
  #isAscii(chunk: Uint8Array, at: number): boolean {
    return this.#unit === 1 || chunk[this.#place === 0 ? at + 1 : at - 1] === 0
  }

  #transcode(bytes: Uint8Array): Buffer {
    const isPlain = this.#extendsAscii && !this.#isWithin && isAscii(bytes)
    const text = isPlain
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      : toUtf8(this.#decoder.decode(bytes, { stream: true }))
    this.#isWithin = !isPlain && !mayEndRecord(bytes[bytes.length - this.#unit + this.#place] as number)
    this.#text += text.length
    this.#bytes += bytes.length
    const isEven = isPlain || (this.#unit === 2 && text.length * 2 === bytes.length)
    const last = this.#parts.at(-1)
    if (last?.isEven && isEven) {
      last.textEnd = this.#text
      last.bytesEnd = this.#bytes
    } else this.#parts.push({ textEnd: this.#text, bytesEnd: this.#bytes, isEven })
    return text
  }
}

const mayEndRecord = (byte: number): boolean =>
  byte === LF || byte === CR || byte === CLOSE_BRACE || byte === CLOSE_BRACKET

function toUtf8(text: string): Buffer {
  if (!text.includes(REPLACEMENT)) return Buffer.from(text)
  const sound = text.split(REPLACEMENT).map(part => Buffer.from(part))
  return Buffer.concat(sound.flatMap((part, i) => (i === 0 ? [part] : [UNDECODED, part])))
}
