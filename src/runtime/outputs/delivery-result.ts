import type { OutputResult, WriteResult } from '../../catalogue/output-results.ts'
import type { Failure } from '../threads/plugin-thread.ts'
import type { PendingEvent } from './event-queue.ts'
import type { WriteEnd } from './output-run.ts'

/** An event is given up after ending the thread in this many writes. */
const MAX_DEATHS = 3

/** How the events of a write ended, and the consequences for the next write. */
export interface DeliveryResult {
  /** Events that are delivered or given up. */
  done: Record<Exclude<OutputResult, 'overflow'>, PendingEvent[]>
  /** Events that are written again, in order. */
  left: PendingEvent[]
  result: WriteResult
  /** Why it failed; null if it did not. */
  error: string | null
  /** The reason as an error of the plugin; null if it is none. */
  reason: Failure['reason'] | null
  /** Whether the receiver rejects the write as a whole: the remaining events are sent in smaller writes. */
  permanent: boolean
  /** Whether it ended the thread. */
  died: boolean
  /** How long the receiver asks to wait before the next write, in milliseconds. */
  retryAfter: number
}

/**
 * Counts the failures of each event of a write, and decides whether it is delivered, given up or retried.
 *
 * @param giveUp the maximum age of an event, in milliseconds
 */
export function deliveryResultOf(
  batch: readonly PendingEvent[],
  end: WriteEnd,
  giveUp: number,
  now = Date.now(),
): DeliveryResult {
  const died = 'died' in end
  const { results, permanent, retryAfter } = died
    ? { results: [], permanent: false, retryAfter: 0 }
    : end.report.outcome
  const done: DeliveryResult['done'] = { delivered: [], rejected: [], expired: [], failed: [] }
  const left: PendingEvent[] = []
  const isAlone = batch.length === 1
  for (const [i, event] of batch.entries()) {
    const result = results[i] ?? 'retry'
    if (result !== 'retry') {
      done[result].push(event)
      continue
    }
    event.failures++
    if (died) event.deaths++
    if (permanent) (isAlone ? done.rejected : left).push(event)
    else if (isAlone && event.deaths >= MAX_DEATHS) done.failed.push(event)
    else if (now - event.at > giveUp) done.expired.push(event)
    else left.push(event)
  }
  const isDelivered = done.delivered.length === batch.length
  const isRejected = permanent || done.delivered.length + done.rejected.length === batch.length
  const timedOut = !died && (end.timedOut || end.report.pending)
  const threw = timedOut ? 'timeout' : 'threw'
  return {
    done,
    left,
    result: isDelivered ? 'delivered' : isRejected ? 'rejected' : 'failed',
    error: isDelivered ? null : died ? end.died.message : (end.report.error ?? ''),
    reason: isDelivered ? null : died ? end.died.reason : threw,
    permanent,
    died,
    retryAfter,
  }
}
