import { type Emitter, type PluginMetrics, sleep } from 'mood-exporter/plugin'
import type { Budget } from './budget.ts'
import type { metrics } from './metrics.ts'

/** How often budget metrics that change with time are updated, in milliseconds. */
const REFRESH_MS = 15_000

/** The budget, with its metrics. */
export class Spending {
  readonly budget: Budget
  readonly #metrics: PluginMetrics<typeof metrics>
  readonly #timer: NodeJS.Timeout

  constructor(budget: Budget, recorded: PluginMetrics<typeof metrics>) {
    this.budget = budget
    this.#metrics = recorded
    this.#timer = setInterval(() => this.refresh(), REFRESH_MS).unref()
    recorded.posts_read.add(0)
    this.refresh()
  }

  /** Posts were delivered. Resolves once the budget has stored them: immediately, if they were counted in advance. */
  async take(posts: number): Promise<void> {
    if (posts === 0) return
    this.#metrics.posts_read.add(posts)
    await this.budget.take(posts)
    this.refresh()
  }

  refresh(): void {
    for (const state of this.budget.periods()) {
      const { name: period, limit, read, left, projected } = state
      this.#metrics.budget_read_posts.set(read, { period })
      this.#metrics.cost_usd.set(this.budget.usd(state), { period })
      if (limit === undefined) continue
      this.#metrics.budget_posts.set(limit, { period })
      this.#metrics.budget_left_posts.set(left, { period })
      this.#metrics.budget_pace_ratio.set(projected / limit, { period })
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.budget.close()
  }
}

/** The longest sleep until the clock is read again, in milliseconds: it may be set meanwhile. */
const LOOK_MS = 60_000

interface PauseOptions {
  budget: Budget
  emitter: Pick<Emitter, 'down'>
  metrics: Pick<PluginMetrics<typeof metrics>, 'budget_paused'>
  signal: AbortSignal
  now?: () => number
}

/**
 * Waits while the budget is used up, until its period ends. Resolves to the duration in milliseconds, 0 without a
 * wait. The source is down meanwhile, with that reason; a metric distinguishes it from an outage.
 */
export async function whileSpent({
  budget,
  emitter,
  metrics,
  signal,
  now = Date.now,
}: PauseOptions): Promise<number> {
  const from = now()
  let said: number | null = null
  for (;;) {
    const until = budget.pausedUntil
    metrics.budget_paused.set(until === null ? 0 : 1)
    if (until === null || signal.aborted) return said === null ? 0 : Math.max(0, now() - from)
    if (said !== until) {
      const at = new Date(until).toISOString()
      emitter.down(`the budget is used up; it reads again at ${at}`, 'slow_down')
      said = until
    }
    await sleep(Math.min(Math.max(until - now(), 1), LOOK_MS), signal)
  }
}
