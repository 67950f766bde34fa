import type { ThreadClock } from './thread-clock.ts'

/** The most that one look may add to the time a thread is stalled, in milliseconds. */
const MAX_GAP_MS = 250

/**
 * How long a thread has been stalled, by looks at it and by its own clock. A long time between two looks counts as
 * a short one: when no check was possible, because the machine slept or the process was held up, the thread could not move
 * either.
 */
export class StallDetector {
  readonly #clock: Pick<ThreadClock, 'look' | 'restart'> | null
  #stalledMs = 0
  #lookedAt: number

  /** @param clock the thread's; the wall clock where absent */
  constructor(clock: Pick<ThreadClock, 'look' | 'restart'> | null = null, now = performance.now()) {
    this.#clock = clock
    this.#lookedAt = now
  }

  /** Milliseconds for which it has been stalled. `moved` says whether it made progress since the last look. */
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
