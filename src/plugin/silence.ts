import { LONGEST_TIMER } from './abort.ts'

/**
 * Notices when nothing was heard for too long. A time that we are busy ourselves, or in which this thread was held up,
 * is no silence of the other side.
 */
export class SilenceWatch {
  readonly #ms: number
  readonly #onSilent: () => void
  #lastAt = performance.now()
  #timer: NodeJS.Timeout | undefined
  #busy = 0
  #isStopped = false

  /** @param ms how long the other side may be silent, in milliseconds; 0 for ever */
  constructor(ms: number, onSilent: () => void) {
    this.#ms = ms
    this.#onSilent = onSilent
    this.#wait(ms)
  }

  /** When something was last heard, by the clock of `performance.now`. */
  get lastAt(): number {
    return this.#lastAt
  }

  /** Something came. Cheap enough to be called for every record. */
  heard(): void {
    this.#lastAt = performance.now()
  }

  /** Until `end` is called, as often as this was, silence is ours. */
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
    // Timers come before sockets: where this thread was held up, something may be waiting that is read right after.
    setImmediate(() => {
      if (this.#busy > 0) this.heard()
      const rest = this.#lastAt + this.#ms - performance.now()
      if (rest > 0) this.#wait(Math.ceil(rest))
      else if (!this.#isStopped) this.#onSilent()
    })
  }
}
