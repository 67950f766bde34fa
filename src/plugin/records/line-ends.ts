const LF = 10
const CR = 13

/** What ends the lines of a stream; not known before its first line has ended. */
type LineEnd = 'unknown' | 'lf' | 'cr'

/**
 * Finds the ends of lines in a stream of bytes. A line ends in LF or CRLF. Where the first line of the stream ends in a
 * CR alone, lines end in CR as well, as programs for the Mac write them; a CR within quotes is no end of the first line,
 * and neither is one after which an LF has come already, unless there are quotes to tell by.
 */
export class LineEnds {
  readonly #quote: number | undefined
  #ends: LineEnd = 'unknown'
  #inQuotes = false
  /** How far the chunk at hand has been searched for the end of the first line. */
  #searched = 0
  /** The last chunk ended in a CR of which it is not known yet whether an LF follows. */
  #openCr = false

  /** @param quote the byte around what may hold line ends */
  constructor(quote?: number) {
    this.#quote = quote
  }

  /**
   * Whether a line ended with the last byte of the chunk before: in a CR alone, as it turns out now. To be asked first of
   * each chunk, in their order.
   */
  endedBefore(chunk: Uint8Array): boolean {
    this.#searched = 0
    if (!this.#openCr || chunk.length === 0) return false
    this.#openCr = false
    if (this.#quote === undefined ? chunk.includes(LF) : chunk[0] === LF) return false
    this.#ends = 'cr'
    return true
  }

  get areKnown(): boolean {
    return this.#ends !== 'unknown'
  }

  /** Takes the first line to be over that has not ended: quotes in it are not closed. */
  assume(line: Uint8Array): void {
    if (this.#ends === 'unknown') this.#ends = line.includes(LF) ? 'lf' : 'cr'
  }

  /** The index of the byte that ends a line, at or after `from`; -1 where there is none in the chunk. */
  next(chunk: Uint8Array, from: number): number {
    if (this.#ends === 'unknown') this.#decide(chunk, from)
    if (this.#ends === 'lf') return chunk.indexOf(LF, from)
    return this.#ends === 'cr' ? nextOfBoth(chunk, from) : -1
  }

  #decide(chunk: Uint8Array, from: number): void {
    if (this.#quote !== undefined) this.#decideByQuotes(chunk, from, this.#quote)
    else if (chunk.includes(LF, from)) this.#ends = 'lf'
    else this.#noteCr(chunk, chunk.indexOf(CR, from))
  }

  #decideByQuotes(chunk: Uint8Array, from: number, quote: number): void {
    // A line that is taken in parts is asked for several times, and its quotes count once.
    const start = Math.max(from, this.#searched)
    this.#searched = chunk.length
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at]
      if (byte === quote) this.#inQuotes = !this.#inQuotes
      else if (this.#inQuotes || (byte !== LF && byte !== CR)) continue
      else if (byte === LF || chunk[at + 1] === LF) this.#ends = 'lf'
      else this.#noteCr(chunk, at)
      if (this.#ends !== 'unknown') return
    }
  }

  #noteCr(chunk: Uint8Array, cr: number): void {
    if (cr === chunk.length - 1) this.#openCr = cr >= 0
    else if (cr >= 0) this.#ends = 'cr'
  }
}

function nextOfBoth(chunk: Uint8Array, from: number): number {
  let at = from
  while (at < chunk.length && chunk[at] !== CR && chunk[at] !== LF) at++
  return at < chunk.length ? at : -1
}
