import type { Log, PluginStore } from 'mood-exporter/plugin'
import { messageOf } from 'mood-exporter/plugin'
import { PERIODS, type PeriodName, startOf } from './periods.ts'

export interface BudgetOptions {
  /** Posts that may be read in a day of UTC. */
  posts_per_day?: number | undefined
  /** Posts that may be read in a billing cycle. */
  posts_per_month?: number | undefined
  usd_per_post: number
  /** The day of the month on which the billing cycle begins, 1 to 28. */
  cycle_day: number
  /** Posts of each limit that are left unread, as X may have sent as many when reading stops; none where absent. */
  reserve?: number | undefined
  /** Posts that are read at once, at least: with fewer left a period is used up. One where absent. */
  smallest?: number | undefined
}

/** What a period of the budget is at. */
export interface PeriodState {
  readonly name: PeriodName
  /** Posts that may be read in it; none where there is no such limit. */
  readonly limit: number | undefined
  readonly read: number
  /** Posts that may still be read; Infinity where there is no limit. */
  readonly left: number
  /** When it turns, in Unix milliseconds. */
  readonly endsAt: number
  /** What would be read by its end, at the pace of the last hour. */
  readonly projected: number
}

/** The key in the plugin's store. */
const KEY = 'budget'

/** Posts that are counted in the store ahead of being read, at most; and how small a part of the limit. */
const LEASE = 200
const LEASE_PART = 200

const MINUTE_MS = 60_000
const HOUR_MINUTES = 60
/** A pace is not measured over less than this: a restart with a backlog is no pace. */
const LEAST_PACE_MS = 10 * MINUTE_MS

/** How long a store is left alone that could not be written, in milliseconds. */
const RETRY_MS = 5000

interface Count {
  startsAt: number
  read: number
}

/**
 * Posts that were read, by period, and how many more may be.
 *
 * The store has what may have been read rather than what was: some posts are counted in it before they are read. A kill
 * at any moment therefore never makes the budget larger; it may cost as many posts as were counted ahead.
 */
export class Budget {
  readonly #options: BudgetOptions
  readonly #store: PluginStore
  readonly #log: Log
  readonly #now: () => number
  readonly #counts: Record<PeriodName, Count>
  /** Posts that were read since the start, and as many as the store has. */
  #read = 0
  #stored = 0
  readonly #leaseSize: number
  #saving: Promise<void> | null = null
  #saveFailed = false
  /** When it is tried again to write to the store, by the clock of `performance.now`. */
  #retryAt = 0
  readonly #startedAt: number
  /** Posts of the last hour, by minute. */
  readonly #minutes = new Map<number, number>()

  private constructor(
    options: BudgetOptions,
    store: PluginStore,
    log: Log,
    now: () => number,
    counts: Record<PeriodName, Count>,
  ) {
    this.#options = options
    this.#store = store
    this.#log = log
    this.#now = now
    this.#counts = counts
    this.#startedAt = now()
    const limits = PERIODS.map(name => this.#limitOf(name) ?? Number.POSITIVE_INFINITY)
    this.#leaseSize = Math.max(1, Math.min(LEASE, Math.floor(Math.min(...limits) / LEASE_PART)))
  }

  /** The budget as it was left in the store. Rejects where that cannot be read. */
  static async open(
    options: BudgetOptions,
    store: PluginStore,
    log: Log,
    now: () => number = Date.now,
  ): Promise<Budget> {
    const stored = (await store.get(KEY)) as Partial<Record<PeriodName, Count>> | undefined
    const countOf = (name: PeriodName): Count => {
      const startsAt = startOf(name, now(), options.cycle_day)
      const known = stored?.[name]
      return known?.startsAt === startsAt ? { ...known } : { startsAt, read: 0 }
    }
    return new Budget(options, store, log, now, { day: countOf('day'), month: countOf('month') })
  }

  /** Posts that may be read now. */
  get left(): number {
    return Math.min(...this.periods().map(({ left }) => left))
  }

  /** When there are posts to read again, in Unix milliseconds; null while there are. */
  get pausedUntil(): number | null {
    const { smallest = 1 } = this.#options
    const spent = this.periods().filter(({ left }) => left < smallest)
    return spent.length === 0 ? null : Math.max(...spent.map(({ endsAt }) => endsAt))
  }

  /**
   * Posts that may be read now if the rest of each period is to have its share: what an even pace would have read by now
   * and a quarter of the limit more, so that an hour in which much is written is read whole.
   */
  get paced(): number {
    const now = this.#now()
    return Math.min(
      ...this.periods().map(({ name, limit, read, endsAt }) => {
        if (limit === undefined) return Number.POSITIVE_INFINITY
        const { startsAt } = this.#counts[name]
        const elapsed = (now - startsAt) / (endsAt - startsAt)
        return Math.floor(Math.min(limit, limit * (elapsed + 0.25)) - read)
      }),
    )
  }

  /** Posts were read. Resolves once the store has them, or has long had them. */
  async take(posts: number): Promise<void> {
    this.#turn()
    for (const name of PERIODS) this.#counts[name].read += posts
    const minute = Math.floor(this.#now() / MINUTE_MS)
    this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + posts)
    this.#read += posts
    if (this.#stored - this.#read > this.#leaseSize / 2) return
    if (this.#saveFailed && performance.now() < this.#retryAt) return
    let saving = this.#save(this.#leaseSize)
    // What was being written meanwhile may not have these posts yet.
    while (this.#stored < this.#read && !this.#saveFailed) {
      await saving
      if (this.#stored < this.#read && !this.#saveFailed) saving = this.#save(this.#leaseSize)
    }
  }

  /** Writes what was read, and nothing ahead: before the source is closed. */
  async close(): Promise<void> {
    await this.#saving
    await this.#save(0)
  }

  periods(): PeriodState[] {
    const { reserve = 0 } = this.#options
    this.#turn()
    const now = this.#now()
    return PERIODS.map(name => {
      const { startsAt, read } = this.#counts[name]
      const limit = this.#limitOf(name)
      const endsAt = startOf(name, startsAt, this.#options.cycle_day, 1)
      return {
        name,
        limit,
        read,
        left: limit === undefined ? Number.POSITIVE_INFINITY : Math.max(0, limit - reserve - read),
        endsAt,
        projected: read + this.#perMs(now) * (endsAt - now),
      }
    })
  }

  /** What the posts of a period cost, by the price of a post. */
  usd({ read }: PeriodState): number {
    return read * this.#options.usd_per_post
  }

  #limitOf(name: PeriodName): number | undefined {
    return name === 'day' ? this.#options.posts_per_day : this.#options.posts_per_month
  }

  /** Begins the next period where one has ended. */
  #turn(): void {
    const now = this.#now()
    for (const name of PERIODS) {
      const startsAt = startOf(name, now, this.#options.cycle_day)
      // Not where a clock was set back: that would give the budget of a period twice.
      if (startsAt > this.#counts[name].startsAt) this.#counts[name] = { startsAt, read: 0 }
    }
  }

  #perMs(now: number): number {
    const last = Math.floor(now / MINUTE_MS)
    let posts = 0
    for (const [minute, n] of this.#minutes) {
      if (minute <= last - HOUR_MINUTES) this.#minutes.delete(minute)
      else posts += n
    }
    const measured = Math.min(now - this.#startedAt, HOUR_MINUTES * MINUTE_MS)
    return posts / Math.max(measured, LEAST_PACE_MS)
  }

  #save(ahead: number): Promise<void> {
    this.#saving ??= this.#write(ahead).finally(() => {
      this.#saving = null
    })
    return this.#saving
  }

  async #write(ahead: number): Promise<void> {
    const { day, month } = this.#counts
    const written = (count: Count) => ({ startsAt: count.startsAt, read: count.read + ahead })
    const stored = this.#read + ahead
    try {
      await this.#store.set(KEY, { day: written(day), month: written(month) })
      this.#stored = stored
      this.#saveFailed = false
    } catch (error) {
      if (!this.#saveFailed)
        this.#log.error('the budget cannot be stored: a restart may not know what was read', {
          error: messageOf(error),
        })
      this.#saveFailed = true
      this.#retryAt = performance.now() + RETRY_MS
    }
  }
}
