/** The most retries that can be saved up for a bad moment. */
const MOST_SAVED = 10

/** Sums of shares such as 0.1 fall short of 1 by a little. */
const ROUNDING = 1e-9

/**
 * How many retries there may be: a share of the requests made, so that a service in trouble is not given several times
 * its load by those who want to help it out. (The token bucket of Finagle's RetryBudget.)
 */
export class RetryBudget {
  readonly #share: number
  /** The first request of all may be retried. */
  #saved = 1

  /** @param share retries for each request, such as 0.1 */
  constructor(share: number) {
    this.#share = share
  }

  /** Notes a request that is no retry. */
  deposit(): void {
    this.#saved = Math.min(MOST_SAVED, this.#saved + this.#share)
  }

  /** Whether there may be one more retry, which is then taken. */
  withdraw(): boolean {
    if (this.#share === 0 || this.#saved < 1 - ROUNDING) return false
    this.#saved -= 1
    return true
  }
}
