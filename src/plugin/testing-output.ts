import { allDelivered, outcomeOf } from './delivery.ts'
import type { Output, OutputEvent, WindowEvent } from './output.ts'

let windows = 0

/** A window of a minute with one row; each has a key of its own unless `more` says otherwise. */
export function windowEvent(more: Partial<WindowEvent> = {}): WindowEvent {
  const start = 1_700_000_040_000 + 60_000 * windows++
  const posts = { positive: 2, neutral: 1, negative: 1, unknown: 0 }
  return {
    kind: 'window',
    key: `window/1m/${start}`,
    window: '1m',
    start,
    end: start + 60_000,
    rows: [{ topic: 'galaxy', scorer: 'afinn', posts, score: 0.25 }],
    ...more,
  }
}

/** What the exporter makes of a write. Events are named by their keys. */
export interface WriteOutcome {
  delivered: string[]
  /** Given up. */
  rejected: string[]
  /** Sent again. */
  retried: string[]
  /** How long the exporter waits at least before the next write, in milliseconds. */
  retryAfter: number
  /** What the write rejected with. */
  error: unknown
}

/** Writes events once, and says what the exporter makes of how that ends. */
export async function writeOnce<Event extends OutputEvent>(
  output: Output<Event>,
  events: readonly Event[],
  signal: AbortSignal,
): Promise<WriteOutcome> {
  let error: unknown
  let outcome = allDelivered(events)
  try {
    await output.write(events, { signal })
  } catch (thrown) {
    error = thrown
    outcome = outcomeOf(events, thrown)
  }
  const { fates, permanent, retryAfter } = outcome
  const isRejected = permanent && events.length === 1
  const keysOf = (fate: string) => events.flatMap(({ key }, i) => (fates[i] === fate ? key : []))
  return {
    delivered: keysOf('delivered'),
    rejected: [...keysOf('rejected'), ...(isRejected ? keysOf('retry') : [])],
    retried: isRejected ? [] : keysOf('retry'),
    retryAfter,
    error,
  }
}
