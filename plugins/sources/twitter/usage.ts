import {
  Disconnect,
  isObject,
  type JsonObject,
  type Log,
  type PluginMetrics,
  sleep,
} from 'mood-exporter/plugin'
import type { Api } from './api.ts'
import type { Budget } from './budget.ts'
import type { metrics } from './metrics.ts'

/** How often X is asked, in milliseconds. It allows 50 requests in 15 minutes. */
const EVERY_MS = 3_600_000

/** How much X's count may exceed ours before it is logged: it counts later, and other clients read too. */
const TOLERANCE = 1.1
const TOLERATED_POSTS = 100

export interface UsageSettings {
  api: Api
  budget: Budget
  log: Log
  metrics: PluginMetrics<typeof metrics>
}

/** Asks X once an hour for its count, until the signal is aborted, or X does not allow it. */
export async function watchUsage(settings: UsageSettings, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      compare(await settings.api.get('usage'), settings)
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof Disconnect && error.outage === 'credentials') {
        settings.log.info(`X does not say what it has counted: ${error.message}`)
        return
      }
      settings.log.debug(`what X has counted is not known: ${(error as Error).message}`)
    }
    await sleep(EVERY_MS, signal)
  }
}

/** Some of its numbers are texts. */
const numberIn = (data: JsonObject, key: string): number | undefined => {
  const value = data[key]
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN
  return Number.isFinite(number) && value !== '' ? number : undefined
}

function compare({ data }: JsonObject, { budget, log, metrics }: UsageSettings): void {
  if (!isObject(data)) return
  const used = numberIn(data, 'project_usage')
  const cap = numberIn(data, 'project_cap')
  if (used !== undefined) metrics.usage_posts.set(used)
  if (cap !== undefined) metrics.usage_cap_posts.set(cap)
  const month = budget.periods().find(({ name }) => name === 'month')
  if (used === undefined || !month || used <= month.read * TOLERANCE + TOLERATED_POSTS) return
  log.warn('X has counted more posts for the project than this source has read in the billing cycle', {
    counted: used,
    read: month.read,
    hint: 'other programs may read with the same project, or the cycle begins on another day: budget.cycle_day',
    cap_reset_day: data.cap_reset_day,
  })
}
