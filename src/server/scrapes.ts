interface Waiter {
  /** Scrapes begun before the waiter came: these may show less than it wants seen. */
  after: number
  resolve(): void
}

/** Gaps between scrapes that are looked at, to tell a scraper from a person. */
const GAPS = 3

/** How many times the longest of them the next scrape may take. */
const PATIENCE = 2

/** The least time that the next scrape has, in milliseconds: a busy machine may be late. */
const LEAST_MS = 5000

/** The longest that a scraper is known to wait between two scrapes, in milliseconds: Prometheus takes older samples for gone. */
const LONGEST_GAP_MS = 300_000

/** Keeps count of scrapes, and tells who waits when one has been delivered. */
export class Scrapes {
  /** When the last scrape was delivered, in Unix milliseconds; null before the first. */
  lastAt: number | null = null
  #begun = 0
  /** When the last scrapes were delivered, oldest first; and whether one said that it is Prometheus'. */
  #times: number[] = []
  #isPrometheus = false
  readonly #waiters = new Set<Waiter>()

  /**
   * Within how many milliseconds the next scrape is to be expected; 0 for none. A single look, or two, is no rhythm,
   * unless it was Prometheus that looked.
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
   * Marks the beginning of a scrape; the function that it returns says that the answer was delivered whole.
   * @param isPrometheus whether the request says that it comes from Prometheus
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
