/** With this much waiting for each worker, in milliseconds of its work, they are behind; */
const BEHIND_MS = 200

/** … and if they have been for so long, in milliseconds, it is more than a burst. */
const LASTING_MS = 250

/** Where something has waited for so long without a pause, they are behind whatever it is; milliseconds. */
const WAITING_MS = 1000

/** How much the latest batch counts against those before it. */
const WEIGHT = 0.5

/** Says whether workers are behind: whether what waits would keep another one busy. */
export class Backlog {
  /** How long a batch takes; not known before the first is done. */
  #meanMs = 0
  #waitingSince: number | null = null
  #behindSince: number | null = null

  /** Notes how long a batch took. */
  took(ms: number): void {
    this.#meanMs = this.#meanMs === 0 ? ms : this.#meanMs + WEIGHT * (ms - this.#meanMs)
  }

  /**
   * Whether the waiting batches are too many for the workers, and have been for a while.
   * @param now milliseconds of a clock that never goes back
   */
  isLasting(waiting: number, workers: number, now: number): boolean {
    this.#waitingSince ??= now
    if (waiting * this.#meanMs < BEHIND_MS * workers) this.#behindSince = null
    else this.#behindSince ??= now
    return (
      now - this.#waitingSince >= WAITING_MS ||
      (this.#behindSince !== null && now - this.#behindSince >= LASTING_MS)
    )
  }

  /** Nothing waits any more, or there are more workers now. */
  clear(): void {
    this.#waitingSince = null
    this.#behindSince = null
  }
}
