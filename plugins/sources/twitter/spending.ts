import type { PluginMetrics } from 'mood-exporter/plugin'
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
