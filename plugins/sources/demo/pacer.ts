/** After a stall (a suspended machine, a debugger), at most this many ticks are made up for at once. */
const MOST_TICKS_BEHIND = 20

/**
 * Says which ticks are due. It reckons from the start rather than from the last tick, so a late timer is made up for
 * and the pace never drifts.
 */
export class Pacer {
  readonly #tickMs: number
  #startedAt: number
  #next: number

  /**
   * @param tickMs length of a tick
   * @param first number of the first tick, which is due at once
   * @param now milliseconds of a clock that never goes back; later calls take the same clock's
   */
  constructor(tickMs: number, first: number, now: number) {
    this.#tickMs = tickMs
    this.#next = first
    this.#startedAt = now - first * tickMs
  }

  /** The ticks that have become due since it was last asked: from `first` up to, but not including, `end`. */
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

  /** When the stream would have begun, had it run at its pace without a pause: what stream time counts from. */
  get startedAt(): number {
    return this.#startedAt
  }
}
