/** After a stall (a suspended machine, a debugger), at most this many ticks are caught up at once. */
const MOST_TICKS_BEHIND = 20

/**
 * Computes which ticks are due. It counts from the start and not from the last tick, so late timers are compensated
 * and the pace does not drift.
 */
export class Pacer {
  readonly #tickMs: number
  #startedAt: number
  #next: number

  /**
   * @param tickMs length of a tick
   * @param first number of the first tick, which is due at once
   * @param now milliseconds of a monotonic clock, the same in later calls
   */
  constructor(tickMs: number, first: number, now: number) {
    this.#tickMs = tickMs
    this.#next = first
    this.#startedAt = now - first * tickMs
  }

  /** The ticks that have become due since the last call: from `first` up to, but not including, `end`. */
  due(now: number): { first: number; end: number } {
    const first = this.#next
    const due = Math.floor((now - this.#startedAt) / this.#tickMs) + 1
    const end = Math.max(first, Math.min(due, first + MOST_TICKS_BEHIND))
    if (due > end) this.#startedAt += (due - end) * this.#tickMs
    this.#next = end
    return { first, end }
  }

  /** Milliseconds until the next tick is due. */
  wait(now: number): number {
    return Math.max(0, this.#startedAt + this.#next * this.#tickMs - now)
  }

  /** The start of the stream if it had run without pauses: the origin of stream time. */
  get startedAt(): number {
    return this.#startedAt
  }
}
