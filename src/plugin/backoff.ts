/** A wait is never shorter than this part of `initial`, whatever the random number: no loop is tight. */
const LEAST_PART = 0.1

/** Beyond this many failures in a row the bound has long been `max`; doubling further would overflow. */
const MOST_DOUBLINGS = 50

const DAY_MS = 86_400_000

export interface BackoffOptions {
  /** The upper bound of the first wait, in milliseconds; above 0. */
  initial: number
  /** The upper bound of every wait, in milliseconds. */
  max: number
  /**
   * How long a connection must have been up for the next wait to be a first one again, in milliseconds; `max` by
   * default. A server that accepts connections and closes them at once is thus not asked ever faster.
   */
  healthyAfter?: number | undefined
  /** The longest that a server can ask for with `wait`, in milliseconds; a day by default. */
  maxWait?: number | undefined
  /** How the bound grows: it doubles each time by default; `linear` adds `initial` each time. */
  growth?: 'exponential' | 'linear' | undefined
}

/**
 * How long to wait between attempts: exponential with full jitter, which spreads clients that lost the same server
 * best. It waits for nothing itself and reads no clock but by default, so that a test can drive it.
 *
 * Call `up` when a connection is established (or a request has succeeded), and `next` after each failure, whether
 * or not the attempt had come up; then `sleep` for as long as it says:
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
 * Every wait is at least a tenth of `initial`. Times are in milliseconds of a clock that never goes back.
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
   * @param random numbers in [0, 1), as of Math.random
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

  /** The connection is over, for a reason that is no failure of this kind. */
  over(now = performance.now()): void {
    if (this.#upSince !== null && now - this.#upSince >= this.#healthyAfter) this.#failures = 0
    this.#upSince = null
  }

  /** The connection failed, or could not be made: how long to wait before the next attempt, in milliseconds. */
  next(now = performance.now()): number {
    this.over(now)
    const before = this.#failures++
    const steps = this.#growth === 'linear' ? before + 1 : 2 ** Math.min(before, MOST_DOUBLINGS)
    const bound = Math.min(this.#max, this.#initial * steps)
    const least = this.#initial * LEAST_PART
    return least + this.#random() * (bound - least)
  }

  /**
   * The server asked for a pause of this many milliseconds (`Retry-After`, a rate limit's reset): how long to
   * wait before the next attempt. Never shorter than asked for; longer by what `next` would say, so that clients that
   * were turned away together do not come back together, and one that asks for 0 is not asked again at once.
   *
   * @param ms what the server asked for; nothing if it is no number
   */
  wait(ms: number, now = performance.now()): number {
    const asked = ms > 0 ? Math.min(ms, this.#maxWait) : 0
    return asked + this.next(now)
  }
}
