/**
 * Loaded into an exporter with `--import`: notes each time that its main thread was held, one JSON line in the file that
 * MOOD_HOLDS names. A timer of a millisecond sees it: `clock` is the time between two of its calls, `processor` the
 * processor time that the thread took in between. The second does not depend on what else the machine does.
 */
import { appendFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

/** Shorter ones are harmless; milliseconds. */
const NOTED_MS = 5

if (isMainThread && process.env.MOOD_HOLDS) {
  const file = process.env.MOOD_HOLDS
  let at = performance.now()
  let { user, system } = process.threadCpuUsage()
  setInterval(() => {
    const now = performance.now()
    const usage = process.threadCpuUsage()
    const clock = now - at
    const processor = (usage.user + usage.system - user - system) / 1000
    if (clock >= NOTED_MS) appendFileSync(file, `${JSON.stringify({ at: Date.now(), clock, processor })}\n`)
    at = now
    user = usage.user
    system = usage.system
  }, 1).unref()
}
