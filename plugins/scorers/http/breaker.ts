/** The longest pause that a service can ask for, in milliseconds. */
const LONGEST_REST_MS = 300_000

export interface BreakerOptions {
  /** Consecutive failures that open the circuit. */
  failures: number
  /** For how long it then is; milliseconds. */
  pause: number
  /** Called when the circuit opens, with for how long, and when it closes. */
  opened(reason: string, ms: number): void
  closed(): void
  now?: () => number
}

/**
 * A circuit breaker (Nygard, Release It!): after a number of consecutive failures calls fail at once for a while; then a
 * single one is let through, and shows whether the service is back.
 */
export class Breaker {
  readonly #options: BreakerOptions
  readonly #now: () => number
  #failures = 0
  /** While it is open: until when nothing is asked, and why. */
  #openUntil: number | null = null
  #reason = ''
  #probing = false

  constructor(options: BreakerOptions) {
    this.#options = options
    this.#now = options.now ?? performance.now.bind(performance)
  }

  /** To be called before each call. @throws Error where there must be none now */
  enter(): void {
    if (this.#openUntil === null) return
    const ms = this.#openUntil - this.#now()
    if (ms > 0) throw new Error(`circuit open for another ${Math.ceil(ms / 1000)} s: ${this.#reason}`)
    if (this.#probing) throw new Error(`circuit open until one call succeeds: ${this.#reason}`)
    this.#probing = true
  }

  succeeded(): void {
    this.#failures = 0
    this.#probing = false
    if (this.#openUntil === null) return
    this.#openUntil = null
    this.#options.closed()
  }

  /** @param restMs the pause that the service asks for, if it does */
  failed(message: string, restMs = 0): void {
    this.#failures++
    const wasProbe = this.#probing
    this.#probing = false
    const { failures, pause } = this.#options
    const isBroken = wasProbe || this.#failures >= failures
    const ms = Math.max(isBroken ? pause : 0, Math.min(restMs, LONGEST_REST_MS))
    if (ms === 0) return
    this.#reason = isBroken ? `${this.#failures} calls in a row failed, the last with: ${message}` : message
    const wasOpen = this.#openUntil !== null
    this.#openUntil = Math.max(this.#openUntil ?? 0, this.#now() + ms)
    if (!wasOpen) this.#options.opened(this.#reason, ms)
  }

  /** To be called instead of the others where a call says nothing of the service. */
  withdrawn(): void {
    this.#probing = false
  }
}
