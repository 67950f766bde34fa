const LF = 10
const CR = 13

/** How many line ends are kept. */
const MOST_KEPT = 1000

/** Counts the lines of a stream, to find the line on which a record begins. */
export class LineCount {
  /** The byte that ends a line: CR, if the stream begins without any LF. */
  #lineEnd: number | undefined
  #bytes = 0
  /** The offsets of line ends, ascending, and how many of those were passed; the first ones are removed. */
  #ends: number[] = []
  #next = 0
  #gone = 0

  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.#lineEnd ??= chunk.includes(LF) ? LF : CR
    for (let at = chunk.indexOf(this.#lineEnd); at >= 0; at = chunk.indexOf(this.#lineEnd, at + 1))
      this.#ends.push(this.#bytes + at + 1)
    this.#bytes += chunk.length
  }

  /** The current line. */
  get last(): number {
    return this.#gone + this.#ends.length + 1
  }

  /** The line at an offset in the stream. Offsets must be given in ascending order. */
  at(place: number): number {
    while ((this.#ends[this.#next] as number) <= place) this.#next++
    if (this.#next > MOST_KEPT) {
      this.#gone += this.#next - 1
      this.#ends.splice(0, this.#next - 1)
      this.#next = 1
    }
    return this.#gone + this.#next + 1
  }

  /**
   * The first line of a record.
   *
   * @param place where the record ends, with its line end; where it begins if `isOpen`
   */
  firstOf(record: Uint8Array, place: number, isOpen = false): number {
    const line = this.at(place)
    if (isOpen) return line
    let within = 0
    for (
      let at = record.indexOf(this.#lineEnd ?? LF);
      at >= 0;
      at = record.indexOf(this.#lineEnd ?? LF, at + 1)
    )
      within++
    return line - within - (this.#ends[this.#next - 1] === place ? 1 : 0)
  }
}
