import type { PluginStore } from 'mood-exporter/plugin'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Korea is nine hours ahead of UTC throughout the year; quotas reset at its midnight. */
const KST_MS = 9 * HOUR

const KEY = 'sent'

/** The end of the day in Korea, in Unix milliseconds. */
export const endOfDay = (now: number): number => (Math.floor((now + KST_MS) / DAY) + 1) * DAY - KST_MS

/** The end of the month in Korea, in Unix milliseconds. */
export function endOfMonth(now: number): number {
  const date = new Date(now + KST_MS)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) - KST_MS
}

interface Sent {
  /** The end of the day of these counts. */
  until: number
  /** Messages in total, and by recipient. */
  all: number
  pairs: Record<string, number>
}

export interface QuotaLimits {
  /** Daily limits: in total, and for one recipient. */
  sender: number
  pair: number
}

/** Counts the messages of the day. The counts survive restarts. */
export class Quota {
  readonly #store: PluginStore
  readonly #limits: QuotaLimits
  #sent: Sent

  private constructor(store: PluginStore, limits: QuotaLimits, sent: Sent) {
    this.#store = store
    this.#limits = limits
    this.#sent = sent
  }

  static async open(store: PluginStore, limits: QuotaLimits): Promise<Quota> {
    const kept = (await store.get(KEY)) as Sent | undefined
    return new Quota(store, limits, kept ?? { until: 0, all: 0, pairs: {} })
  }

  /** The limit that a message to these recipients would exceed; null for none. */
  exceeded(recipients: readonly string[], now: number): 'sender' | 'pair' | null {
    this.#turn(now)
    const { all, pairs } = this.#sent
    if (all + recipients.length > this.#limits.sender) return 'sender'
    return recipients.some(recipient => (pairs[recipient] ?? 0) + 1 > this.#limits.pair) ? 'pair' : null
  }

  /** Counts a message to these recipients. */
  async note(recipients: readonly string[], now: number): Promise<void> {
    this.#turn(now)
    this.#sent.all += recipients.length
    for (const recipient of recipients) this.#sent.pairs[recipient] = (this.#sent.pairs[recipient] ?? 0) + 1
    await this.#store.set(KEY, { ...this.#sent })
  }

  #turn(now: number): void {
    if (now >= this.#sent.until) this.#sent = { until: endOfDay(now), all: 0, pairs: {} }
  }
}
