import type { Emitter, RateLimit } from 'mood-exporter/plugin'
import type { Endpoint } from './api.ts'

/** The rate limits of endpoints in X's last answers. */
export class Limits {
  readonly #limits = new Map<Endpoint, RateLimit>()
  #emitter: Pick<Emitter, 'allowance'> | null = null

  /** Reports them from now on. */
  show(emitter: Pick<Emitter, 'allowance'>): void {
    this.#emitter = emitter
    for (const [endpoint, { remaining }] of this.#limits) emitter.allowance(endpoint, remaining)
  }

  note(endpoint: Endpoint, limit: RateLimit): void {
    this.#limits.set(endpoint, limit)
    this.#emitter?.allowance(endpoint, limit.remaining)
  }

  /** When an endpoint may be called again, in Unix milliseconds; 0 for now. */
  nextAt(endpoint: Endpoint): number {
    const limit = this.#limits.get(endpoint)
    return limit?.remaining === 0 ? (limit.resetAt ?? 0) : 0
  }
}
