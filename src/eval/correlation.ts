/**
 * Pearson's correlation of a stream of pairs, in constant memory (Welford's updates, which do not lose precision for
 * large means).
 */
export class Correlation {
  #pairs = 0
  #meanX = 0
  #meanY = 0
  #xx = 0
  #yy = 0
  #xy = 0

  add(x: number, y: number): void {
    this.#pairs++
    const dx = x - this.#meanX
    this.#meanX += dx / this.#pairs
    const dy = y - this.#meanY
    this.#meanY += dy / this.#pairs
    this.#xx += dx * (x - this.#meanX)
    this.#yy += dy * (y - this.#meanY)
    this.#xy += dx * (y - this.#meanY)
  }

  get pairs(): number {
    return this.#pairs
  }

  /** From -1 to 1; null if one of the two is constant. */
  get r(): number | null {
    const scale = Math.sqrt(this.#xx * this.#yy)
    return scale > 0 ? Math.max(-1, Math.min(1, this.#xy / scale)) : null
  }
}
