export interface BackoffOptions {
  /** The upper bound of the first wait, in milliseconds. */
  initial: number
  /** The upper bound that no wait exceeds, in milliseconds. */
  max: number
}

/**
 * Waits between attempts: exponential with full jitter, which spreads clients that lost the same server best.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export class Backoff {
  readonly #options: BackoffOptions
  readonly #random: () => number
  #attempts = 0

  constructor(options: BackoffOptions, random: () => number = Math.random) {
    this.#options = options
    this.#random = random
  }

  /** How long to wait before the next attempt, in milliseconds: anything from 0 to the present bound. */
  next(): number {
    const { initial, max } = this.#options
    const bound = Math.min(max, initial * 2 ** Math.min(this.#attempts++, 50))
    return this.#random() * bound
  }

  /** To be called once an attempt has worked out: the next wait is a first one again. */
  reset(): void {
    this.#attempts = 0
  }
}
