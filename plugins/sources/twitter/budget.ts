import { type Log, messageOf, type PluginStore } from 'mood-exporter/plugin'

/** Budget periods: days of UTC, as X bills a post once a day, and billing cycles of a month. */
export const PERIODS = ['day', 'month'] as const

export type PeriodName = (typeof PERIODS)[number]

/**
 * The start of the period that contains a time, in Unix milliseconds.
 *
 * @param cycleDay the day of the month on which a cycle begins, 1 to 28
 * @param later 1 for the period after that
 */
export function startOf(name: PeriodName, at: number, cycleDay: number, later = 0): number {
  const date = new Date(at)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  if (name === 'day') return Date.UTC(year, month, day + later)
  return Date.UTC(year, month - (day < cycleDay ? 1 : 0) + later, cycleDay)
}

export interface BudgetOptions {
  /** Posts that may be read per day (UTC). */
  posts_per_day?: number | undefined
  /** Posts that may be read per billing cycle. */
  posts_per_month?: number | undefined
  usd_per_post: number
  /** The day of the month on which the billing cycle begins, 1 to 28. */
  cycle_day: number
  /** Posts of each limit to leave unread, as X may already have sent them when reading stops; none if absent. */
  reserve?: number | undefined
  /** The minimum that is read at a time: with fewer left, a period counts as used up. Default: one. */
  smallest?: number | undefined
}

/** The state of a budget period. */
export interface PeriodState {
  readonly name: PeriodName
  /** Posts that may be read in it; undefined without a limit. */
  readonly limit: number | undefined
  readonly read: number
  /** Posts that may still be read; Infinity without a limit. */
  readonly left: number
  /** When it ends, in Unix milliseconds. */
  readonly endsAt: number
  /** Projected number of posts at its end, at the pace of the last hour. */
  readonly projected: number
}

/** The key in the plugin's store. */
const KEY = 'budget'

/** How many posts are counted in the store in advance, at most, and as a part of the limit. */
const LEASE = 200
const LEASE_PART = 200

const MINUTE_MS = 60_000
const HOUR_MINUTES = 60
/** The minimum time over which a pace is measured: a restart with a backlog is not a pace. */
const LEAST_PACE_MS = 10 * MINUTE_MS

/** The wait after a failed write to the store, in milliseconds. */
const RETRY_MS = 5000

interface Count {
  startsAt: number
  read: number
}

/**
 * The posts read in each period, and how many more may be read.
 *
 * The store contains an upper bound: some posts are counted in it before they are read. So a kill at any moment never
 * enlarges the budget; it may cost as many posts as were counted in advance.
 */
export class Budget {
  readonly #options: BudgetOptions
  readonly #store: PluginStore
  readonly #log: Log
  readonly #now: () => number
  readonly #counts: Record<PeriodName, Count>
  /** Posts read since the start, and those in the store. */
  #read = 0
  #stored = 0
  readonly #leaseSize: number
  #saving: Promise<void> | null = null
  #saveFailed = false
  /** When writing to the store is retried, by the clock of `performance.now`. */
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

  /** The budget from the store. Rejects if it cannot be read. */
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

  /** When reading may continue, in Unix milliseconds; null while it may. */
  get pausedUntil(): number | null {
    const { smallest = 1 } = this.#options
    const spent = this.periods().filter(({ left }) => left < smallest)
    return spent.length === 0 ? null : Math.max(...spent.map(({ endsAt }) => endsAt))
  }

  /**
   * Posts that may be read now at an even pace over each period: what would have been read by now plus a quarter of
   * the limit, so that a busy hour is read completely.
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

  /** Counts read posts. Resolves once the store includes them: immediately, if they were counted in advance. */
  async take(posts: number): Promise<void> {
    this.#turn()
    for (const name of PERIODS) this.#counts[name].read += posts
    const minute = Math.floor(this.#now() / MINUTE_MS)
    this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + posts)
    this.#read += posts
    if (this.#stored - this.#read > this.#leaseSize / 2) return
    if (this.#saveFailed && performance.now() < this.#retryAt) return
    let saving = this.#save(this.#leaseSize)
    // A running write may not include these posts.
    while (this.#stored < this.#read && !this.#saveFailed) {
      await saving
      if (this.#stored < this.#read && !this.#saveFailed) saving = this.#save(this.#leaseSize)
    }
  }

  /** Writes the exact number of read posts, before the source is closed. */
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

  /** The cost of a period's posts, by the price of a post. */
  usd({ read }: PeriodState): number {
    return read * this.#options.usd_per_post
  }

  #limitOf(name: PeriodName): number | undefined {
    return name === 'day' ? this.#options.posts_per_day : this.#options.posts_per_month
  }

  /** Begins the next period if one has ended. */
  #turn(): void {
    const now = this.#now()
    for (const name of PERIODS) {
      const startsAt = startOf(name, now, this.#options.cycle_day)
      // Not if the clock was set back: that would renew the budget.
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
