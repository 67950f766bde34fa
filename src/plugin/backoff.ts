/** The minimum of a wait as a part of `initial`, whatever the random number, so that no loop is tight. */
const LEAST_PART = 0.1

/** After this many failures in a row the bound has reached `max`; further doubling would overflow. */
const MOST_DOUBLINGS = 50

const DAY_MS = 86_400_000

export interface BackoffOptions {
  /** The upper bound of the first wait, in milliseconds; above 0. */
  initial: number
  /** The upper bound of every wait, in milliseconds. */
  max: number
  /**
   * How long a connection must be up for waits to start from `initial` again, in milliseconds; `max` by default. So a
   * server that accepts connections and closes them at once is not called more and more often.
   */
  healthyAfter?: number | undefined
  /** The longest that a server can ask for with `wait`, in milliseconds; a day by default. */
  maxWait?: number | undefined
  /** How the bound grows: it doubles each time by default; `linear` adds `initial` each time. */
  growth?: 'exponential' | 'linear' | undefined
}

/**
 * Computes waits between attempts: exponential with full jitter, which spreads clients that lost the same server
 * best. It does not wait itself, and a test can pass its own clock and random numbers.
 *
 * Call `up` when a connection is established (or a request has succeeded), and `next` after each failure, whether or
 * not the attempt had connected; then `sleep` for the returned time:
 *
 *     const backoff = new Backoff({ initial: 500, max: 30_000 })
 *     while (!signal.aborted) {
 *       try {
 *         await connect()
 *         backoff.up()
 *         await read()
 *       } catch (error) {
 *         emitter.down(messageOf(error))
 *       }
 *       await sleep(backoff.next(), signal)
 *     }
 *
 * Every wait is at least a tenth of `initial`. Times are in milliseconds of a monotonic clock.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export class Backoff {
  readonly #initial: number
  readonly #max: number
  readonly #healthyAfter: number
  readonly #maxWait: number
  readonly #growth: 'exponential' | 'linear'
  readonly #random: () => number
  #failures = 0
  #upSince: number | null = null

  /**
   * @param random numbers in [0, 1), like Math.random
   * @throws RangeError for bounds that are no times above 0
   */
  constructor(
    { initial, max, healthyAfter = max, maxWait = DAY_MS, growth = 'exponential' }: BackoffOptions,
    random: () => number = Math.random,
  ) {
    for (const [name, ms] of Object.entries({ initial, max }))
      if (!(ms > 0)) throw new RangeError(`back-off: expected \`${name}\` above 0 ms, got ${ms}`)
    this.#initial = Math.min(initial, max)
    this.#max = max
    this.#healthyAfter = healthyAfter
    this.#maxWait = maxWait
    this.#growth = growth
    this.#random = random
  }

  /** The connection is up. Further calls before the next failure change nothing. */
  up(now = performance.now()): void {
    this.#upSince ??= now
  }

  /** The connection ended for a reason that is not a failure of this kind. */
  over(now = performance.now()): void {
    if (this.#upSince !== null && now - this.#upSince >= this.#healthyAfter) this.#failures = 0
    this.#upSince = null
  }

  /** The connection failed or could not be made. Returns the wait before the next attempt, in milliseconds. */
  next(now = performance.now()): number {
    this.over(now)
    const before = this.#failures++
    const steps = this.#growth === 'linear' ? before + 1 : 2 ** Math.min(before, MOST_DOUBLINGS)
    const bound = Math.min(this.#max, this.#initial * steps)
    const least = this.#initial * LEAST_PART
    return least + this.#random() * (bound - least)
  }

  /**
   * The server asked for a pause of this many milliseconds (`Retry-After`, the reset of a rate limit). Returns the
   * wait before the next attempt: the pause plus what `next` would return, so that clients that were rejected
   * together do not come back together, and a pause of 0 does not cause a call at once.
   *
   * @param ms the pause that the server asked for; ignored if it is not a number
   */
  wait(ms: number, now = performance.now()): number {
    const asked = ms > 0 ? Math.min(ms, this.#maxWait) : 0
    return asked + this.next(now)
  }
}
