/** Allows `burst` requests at once, and one more every `intervalMs` milliseconds. */
export class TokenBucket {
  readonly #intervalMs: number
  readonly #burst: number
  #tokens: number
  #filledAt: number

  constructor(intervalMs: number, burst: number, now = performance.now()) {
    this.#intervalMs = intervalMs
    this.#burst = burst
    this.#tokens = burst
    this.#filledAt = now
  }

  /** Takes a token; returns whether there was one. Milliseconds of a monotonic clock. */
  take(now = performance.now()): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) / this.#intervalMs)
    this.#filledAt = now
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
