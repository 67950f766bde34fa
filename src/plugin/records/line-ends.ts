const LF = 10
const CR = 13

/** The line end of a stream; unknown before its first line has ended. */
type LineEnd = 'unknown' | 'lf' | 'cr'

/**
 * Finds the line ends in a stream of bytes. A line ends with LF or CRLF. If the first line of the stream ends with a
 * CR alone, as old programs for the Mac write it, so may other lines; a CR within quotes does not end the first line,
 * nor does one that an LF already follows, unless quotes tell.
 */
export class LineEnds {
  readonly #quote: number | undefined
  #ends: LineEnd = 'unknown'
  #inQuotes = false
  /** How far the current chunk was searched for the end of the first line. */
  #searched = 0
  /** The last chunk ended with a CR, and whether an LF follows is not known yet. */
  #openCr = false

  /** @param quote the byte around text that may contain line ends */
  constructor(quote?: number) {
    this.#quote = quote
  }

  /**
   * Whether a line ended with the last byte of the previous chunk, which was a CR alone. Call it first for each
   * chunk, in order.
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

  /** Treats an unfinished first line as ended: its quotes are not closed. */
  assume(line: Uint8Array): void {
    if (this.#ends === 'unknown') this.#ends = line.includes(LF) ? 'lf' : 'cr'
  }

  /** The index of the byte that ends a line, at or after `from`; -1 if there is none in the chunk. */
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
    // A line in several parts is asked for several times, but its quotes count once.
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
