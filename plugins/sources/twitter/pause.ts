import { type Emitter, type PluginMetrics, sleep } from 'mood-exporter/plugin'
import type { Budget } from './budget.ts'
import type { metrics } from './metrics.ts'

/** The longest sleep until the clock is read again, in milliseconds: it may be set meanwhile. */
const LOOK_MS = 60_000

export interface PauseOptions {
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
