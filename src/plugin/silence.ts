import { LONGEST_TIMER } from './abort.ts'

/**
 * Detects that nothing was received for too long. Time in which this side is busy, or this thread was blocked, does
 * not count as silence of the other side.
 */
export class SilenceWatch {
  readonly #ms: number
  readonly #onSilent: () => void
  #lastAt = performance.now()
  #timer: NodeJS.Timeout | undefined
  #busy = 0
  #isStopped = false

  /** @param ms how long the other side may be silent, in milliseconds; 0 for no limit */
  constructor(ms: number, onSilent: () => void) {
    this.#ms = ms
    this.#onSilent = onSilent
    this.#wait(ms)
  }

  /** When something was last received, by the clock of `performance.now`. */
  get lastAt(): number {
    return this.#lastAt
  }

  /** Something was received. Cheap enough to call for every record. */
  heard(): void {
    this.#lastAt = performance.now()
  }

  /** This side is busy until `end` was called as often as `begin`. */
  begin(): void {
    this.#busy++
  }

  end(): void {
    this.#busy--
    this.heard()
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  #wait(ms: number): void {
    if (this.#ms === 0 || this.#isStopped) return
    this.#timer = setTimeout(() => this.#look(), Math.min(ms, LONGEST_TIMER))
  }

  #look(): void {
    // Timers run before sockets: if this thread was blocked, data may be waiting that is read right after.
    setImmediate(() => {
      if (this.#busy > 0) this.heard()
      const rest = this.#lastAt + this.#ms - performance.now()
      if (rest > 0) this.#wait(Math.ceil(rest))
      else if (!this.#isStopped) this.#onSilent()
    })
  }
}
