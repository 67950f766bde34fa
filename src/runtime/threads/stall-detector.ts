/** The most that one look may add to a thread's standstill, in milliseconds. */
const MAX_GAP_MS = 250

/**
 * How long a thread has not moved, by looks taken at it. A long time between two looks counts as a short one: when
 * nobody could look, because the machine slept or the process was held up, the thread could not move either.
 */
export class Stillness {
  #stillMs = 0
  #lookedAt: number

  constructor(now = performance.now()) {
    this.#lookedAt = now
  }

  /** Milliseconds that it has stood still, of which `moved` says whether it has since the last look. */
  look(moved: boolean, now = performance.now()): number {
    const gap = Math.min(now - this.#lookedAt, MAX_GAP_MS)
    this.#lookedAt = now
    this.#stillMs = moved ? 0 : this.#stillMs + gap
    return this.#stillMs
  }
}
