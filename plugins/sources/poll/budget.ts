import type { Emitter, PluginStore } from 'mood-exporter/plugin'
import { isObject, sleep } from 'mood-exporter/plugin'

const DAY_MS = 86_400_000
const KEY = 'requests'

/** The daily budget of requests. It survives restarts, so that these cost nothing extra. */
export class Budget {
  readonly #perDay: number
  readonly #store: PluginStore
  readonly #emitter: Pick<Emitter, 'allowance'>
  readonly #usedUp: (untilMs: number) => void
  #day = -1
  #used = 0

  /** @param usedUp called with the wait when a request has to wait */
  constructor(
    perDay: number | undefined,
    store: PluginStore,
    emitter: Pick<Emitter, 'allowance'>,
    usedUp: (untilMs: number) => void,
  ) {
    this.#perDay = perDay ?? Number.POSITIVE_INFINITY
    this.#store = store
    this.#emitter = emitter
    this.#usedUp = usedUp
  }

  async load(): Promise<void> {
    const kept = await this.#store.get(KEY)
    if (!isObject(kept) || typeof kept.day !== 'number' || typeof kept.used !== 'number') return
    this.#day = kept.day
    this.#used = kept.used
  }

  /**
   * Takes one request from today's budget, or waits for tomorrow if none is left. Throws when the signal is aborted.
   */
  async spend(signal: AbortSignal): Promise<void> {
    if (this.#perDay === Number.POSITIVE_INFINITY) return
    this.#turn()
    while (this.#used >= this.#perDay) {
      const rest = (this.#day + 1) * DAY_MS - Date.now()
      this.#usedUp(rest)
      await sleep(rest, signal)
      signal.throwIfAborted()
      this.#turn()
    }
    this.#used++
    this.#emitter.allowance('requests_per_day', this.#perDay - this.#used)
    await this.#store.set(KEY, { day: this.#day, used: this.#used })
  }

  #turn(): void {
    const today = Math.floor(Date.now() / DAY_MS)
    // A clock that was set back does not renew the budget.
    if (today <= this.#day) return
    this.#day = today
    this.#used = 0
  }
}
