import { Backoff, sleep } from 'mood-exporter/plugin'
import type { Breaker } from './breaker.ts'
import { ask, type Service, ServiceError } from './service.ts'

/** The bound of the wait before the first retry; it doubles with each retry. Milliseconds. */
const FIRST_WAIT_MS = 100

export interface ClientOptions {
  service: Service
  /** Limit of a call, retries included; milliseconds. */
  timeout: number
  retries: number
  budget: RetryBudget
  breaker: Breaker
  /** Aborted when the scorer is no longer needed. */
  signal: AbortSignal
}

/** HTTP client with a timeout, a retry budget and a circuit breaker. */
export class Client {
  readonly #options: ClientOptions

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /**
   * @param body the JSON to post
   * @param read parses the answer; if it throws, the service has failed
   * @throws Error that says why there is no result
   */
  async call<T>(body: string, read: (answer: unknown) => T): Promise<T> {
    const { breaker, signal } = this.#options
    breaker.enter()
    try {
      const result = read(await this.#patiently(body))
      breaker.succeeded()
      return result
    } catch (error) {
      const { message, restMs, blamesRequest } = error as ServiceError
      if (signal.aborted || blamesRequest) breaker.withdrawn()
      else breaker.failed(message, restMs)
      throw error
    }
  }

  /** Ends at the timeout, or when the scorer is no longer needed. */
  async #patiently(body: string): Promise<unknown> {
    const { timeout, signal } = this.#options
    const controller = new AbortController()
    const stop = () => controller.abort(signal.reason)
    const expire = () => controller.abort(new ServiceError(`no answer within ${timeout} ms`))
    const timer = setTimeout(expire, timeout)
    signal.addEventListener('abort', stop, { once: true })
    try {
      signal.throwIfAborted()
      return await this.#again(body, controller.signal)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
  }

  async #again(body: string, signal: AbortSignal): Promise<unknown> {
    const { service, retries, budget, timeout } = this.#options
    const deadline = performance.now() + timeout
    const backoff = new Backoff({ initial: FIRST_WAIT_MS, max: timeout })
    budget.deposit()
    for (let attempt = 0; ; attempt++) {
      try {
        return await ask(service, body, signal)
      } catch (error) {
        const { retriable, restMs = 0 } = error as ServiceError
        const wait = backoff.wait(restMs)
        const isLast = attempt >= retries || performance.now() + wait >= deadline
        if (!retriable || isLast || !budget.withdraw()) throw error
        await sleep(wait, signal)
        signal.throwIfAborted()
      }
    }
  }
}

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
