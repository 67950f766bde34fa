interface Waiter {
  /** Scrapes that began earlier do not count: they may lack what the waiter needs to be visible. */
  after: number
  resolve(): void
}

/** How many gaps between scrapes are examined, to distinguish a scraper from a person. */
const GAPS = 3

/** The next scrape may take this many times the longest gap. */
const PATIENCE = 2

/** The minimum wait for the next scrape, in milliseconds: a busy machine may be late. */
const LEAST_MS = 5000

/** The longest scrape interval, in milliseconds: Prometheus treats older samples as stale. */
const LONGEST_GAP_MS = 300_000

/** Tracks scrapes, and notifies waiters when one was delivered. */
export class Scrapes {
  /** When the last scrape was delivered, in Unix milliseconds; null before the first. */
  lastAt: number | null = null
  #begun = 0
  /** When the last scrapes were delivered, oldest first, and whether one identified itself as Prometheus. */
  #times: number[] = []
  #isPrometheus = false
  readonly #waiters = new Set<Waiter>()

  /**
   * The time within which the next scrape is expected, in milliseconds; 0 for none. One or two requests are not
   * regular scrapes, unless they came from Prometheus.
   */
  nextWithin(now = Date.now()): number {
    const last = this.#times.at(-1)
    if (last === undefined) return 0
    const gaps = this.#times.slice(1).map((at, i) => at - (this.#times[i] as number))
    const hasRhythm = gaps.length >= GAPS || this.#isPrometheus
    if (!hasRhythm) return 0
    const gap = gaps.length > 0 ? Math.max(...gaps) : LONGEST_GAP_MS / PATIENCE
    return gap > LONGEST_GAP_MS ? 0 : Math.max(0, last + Math.max(LEAST_MS, PATIENCE * gap) - now)
  }

  /**
   * Marks the beginning of a scrape; call the returned function when the answer was delivered completely.
   * @param isPrometheus whether the request identifies itself as Prometheus
   */
  begin(isPrometheus = false): () => void {
    const scrape = ++this.#begun
    return () => {
      this.lastAt = Date.now()
      this.#isPrometheus ||= isPrometheus
      this.#times = [...this.#times, this.lastAt].slice(-GAPS - 1)
      for (const waiter of this.#waiters) if (waiter.after < scrape) waiter.resolve()
    }
  }

  /** Resolves once a scrape that began after this call has been delivered; rejects when `signal` is aborted. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const abort = () => {
        this.#waiters.delete(waiter)
        reject(signal.reason)
      }
      const waiter: Waiter = {
        after: this.#begun,
        resolve: () => {
          this.#waiters.delete(waiter)
          signal.removeEventListener('abort', abort)
          resolve()
        },
      }
      this.#waiters.add(waiter)
      signal.addEventListener('abort', abort, { once: true })
    })
  }
}
