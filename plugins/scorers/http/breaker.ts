/** The longest pause that a service can ask for, in milliseconds. */
const LONGEST_REST_MS = 300_000

export interface BreakerOptions {
  /** Consecutive failures that open the circuit. */
  failures: number
  /** How long it stays open; milliseconds. */
  pause: number
  /** Called with the duration when the circuit opens, and when it closes. */
  opened(reason: string, ms: number): void
  closed(): void
  now?: () => number
}

/**
 * A circuit breaker (Nygard, Release It!): after a number of consecutive failures, calls fail immediately for a
 * while; then a single call is let through to test the service.
 */
export class Breaker {
  readonly #options: BreakerOptions
  readonly #now: () => number
  #failures = 0
  /** While it is open: until when, and why. */
  #openUntil: number | null = null
  #reason = ''
  #probing = false

  constructor(options: BreakerOptions) {
    this.#options = options
    this.#now = options.now ?? performance.now.bind(performance)
  }

  /** Call it before each request. @throws Error while the circuit is open */
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

  /** @param restMs the pause that the service asks for, if any */
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

  /** Call it instead of the others if a call says nothing about the service. */
  withdrawn(): void {
    this.#probing = false
  }
}
