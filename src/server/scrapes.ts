interface Waiter {
  /** Scrapes begun before the waiter came: these may show less than it wants seen. */
  after: number
  resolve(): void
}

/** Keeps count of scrapes, and tells who waits when one has been delivered. */
export class Scrapes {
  /** When the last scrape was delivered, in Unix milliseconds; null before the first. */
  lastAt: number | null = null
  #begun = 0
  readonly #waiters = new Set<Waiter>()

  /** Marks the beginning of a scrape; the function that it returns says that the answer was delivered whole. */
  begin(): () => void {
    const scrape = ++this.#begun
    return () => {
      this.lastAt = Date.now()
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
