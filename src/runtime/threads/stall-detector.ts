import type { ThreadClock } from './thread-clock.ts'

/** The most that one look may add to a thread's standstill, in milliseconds. */
const MAX_GAP_MS = 250

/**
 * How long a thread has not moved, by looks taken at it and by its own clock. A long time between two looks counts as
 * a short one: when no check was possible, because the machine slept or the process was held up, the thread could not move
 * either.
 */
export class Stillness {
  readonly #clock: Pick<ThreadClock, 'look' | 'restart'> | null
  #stillMs = 0
  #lookedAt: number

  /** @param clock the thread's; the wall clock where absent */
  constructor(clock: Pick<ThreadClock, 'look' | 'restart'> | null = null, now = performance.now()) {
    this.#clock = clock
    this.#lookedAt = now
  }

  /** Milliseconds that it has stood still, of which `moved` says whether it has since the last look. */
  look(moved: boolean, now = performance.now()): number {
    const gap = Math.min(now - this.#lookedAt, MAX_GAP_MS)
    this.#lookedAt = now
    if (moved) {
      this.#clock?.restart()
      this.#stillMs = 0
    } else this.#stillMs += this.#clock?.look(gap) ?? gap
    return this.#stillMs
  }
}
