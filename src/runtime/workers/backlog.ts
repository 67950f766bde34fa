/** Workers are behind if the waiting batches take longer than this for each worker, in milliseconds; */
const BEHIND_MS = 200

/** … and if this has lasted for longer than this, in milliseconds, it is more than a burst. */
const LASTING_MS = 250

/** If batches have been waiting for this time without a pause, workers are behind in any case; milliseconds. */
const WAITING_MS = 1000

/** The weight of the latest batch against the earlier ones. */
const WEIGHT = 0.5

/** Detects whether workers are behind: whether the waiting batches would occupy another one. */
export class Backlog {
  /** Mean duration of a batch; 0 before the first is done. */
  #meanMs = 0
  #waitingSince: number | null = null
  #behindSince: number | null = null

  /** Records how long a batch took. */
  took(ms: number): void {
    this.#meanMs = this.#meanMs === 0 ? ms : this.#meanMs + WEIGHT * (ms - this.#meanMs)
  }

  /**
   * Whether too many batches are waiting for the workers, and have been for a while.
   * @param now milliseconds of a monotonic clock
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

  /** Nothing is waiting any more, or there are more workers now. */
  clear(): void {
    this.#waitingSince = null
    this.#behindSince = null
  }
}
