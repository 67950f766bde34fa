const LF = 10
const CR = 13

/** How many ends of lines are remembered that were passed. */
const MOST_KEPT = 1000

/** Counts the lines of a stream, so that it can be said on which one a record begins. */
export class LineCount {
  /** The byte that ends a line: of a stream that begins without any LF it is CR. */
  #lineEnd: number | undefined
  #bytes = 0
  /** Where in the stream lines end, ascending, and how many of those were passed; the first ones are let go of. */
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

  /** The line that is being read. */
  get last(): number {
    return this.#gone + this.#ends.length + 1
  }

  /** The line that a place in the stream is on. Places are asked for in ascending order. */
  at(place: number): number {
    while ((this.#ends[this.#next] as number) <= place) this.#next++
    if (this.#next > MOST_KEPT) {
      this.#gone += this.#next - 1
      this.#ends.splice(0, this.#next - 1)
      this.#next = 1
    }
    return this.#gone + this.#next + 1
  }

  /** The line on which a record begins that is over, its line end included, at a place in the stream. */
  firstOf(record: Uint8Array, place: number): number {
    const line = this.at(place)
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
