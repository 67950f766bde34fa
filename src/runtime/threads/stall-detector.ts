import type { ThreadClock } from './thread-clock.ts'

/** The maximum that one check may add to the stalled time, in milliseconds. */
const MAX_GAP_MS = 250

/**
 * Measures how long a thread has been stalled, by periodic checks and its own clock. A long time between two checks
 * counts as a short one: if the machine slept or the process was blocked, the thread could not run either.
 */
export class StallDetector {
  readonly #clock: Pick<ThreadClock, 'look' | 'restart'> | null
  #stalledMs = 0
  #lookedAt: number

  /** @param clock of the thread; the wall clock if absent */
  constructor(clock: Pick<ThreadClock, 'look' | 'restart'> | null = null, now = performance.now()) {
    this.#clock = clock
    this.#lookedAt = now
  }

  /**
   * Checks the thread, and returns for how many milliseconds it has been stalled. `moved` says whether it did
   * anything since the last check.
   */
  look(moved: boolean, now = performance.now()): number {
    const gap = Math.min(now - this.#lookedAt, MAX_GAP_MS)
    this.#lookedAt = now
    if (moved) {
      this.#clock?.restart()
      this.#stalledMs = 0
    } else this.#stalledMs += this.#clock?.look(gap) ?? gap
    return this.#stalledMs
  }
}
