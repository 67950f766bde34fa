/** The maximum of saved retries. */
const MOST_SAVED = 10

/** Sums of shares such as 0.1 are slightly below 1. */
const ROUNDING = 1e-9

/**
 * The budget of retries: a share of the requests made, so that retries do not multiply the load of a failing service.
 * (The token bucket of Finagle's RetryBudget.)
 */
export class RetryBudget {
  readonly #share: number
  /** The first request may be retried. */
  #saved = 1

  /** @param share retries for each request, such as 0.1 */
  constructor(share: number) {
    this.#share = share
  }

  /** Counts a request that is not a retry. */
  deposit(): void {
    this.#saved = Math.min(MOST_SAVED, this.#saved + this.#share)
  }

  /** Takes a retry from the budget; returns whether there was one. */
  withdraw(): boolean {
    if (this.#share === 0 || this.#saved < 1 - ROUNDING) return false
    this.#saved -= 1
    return true
  }
}
