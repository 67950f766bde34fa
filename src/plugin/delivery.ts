import type { OutputEvent } from './output.ts'

export interface DeliveryErrorOptions extends ErrorOptions {
  /** Keys of events that the receiver has nevertheless. They are not sent again. */
  delivered?: readonly string[]
  /** Keys of events that the receiver permanently rejects. They are given up. */
  rejected?: readonly string[]
  /**
   * True if the receiver permanently rejects this write, for example with HTTP status 400. A single event is given
   * up. Several are sent again in smaller batches, so that one rejected event does not affect the others.
   */
  permanent?: boolean
  /** How long the receiver asks for no further write (`Retry-After`), in milliseconds. */
  retryAfter?: number | undefined
}

/** What `write` of an output rejects with to say which events were delivered, rejected or can be retried. */
export class DeliveryError extends Error {
  override name = 'DeliveryError'
  readonly delivered: readonly string[]
  readonly rejected: readonly string[]
  readonly permanent: boolean
  readonly retryAfter: number

  constructor(message: string, options: DeliveryErrorOptions = {}) {
    const { delivered = [], rejected = [], permanent = false, retryAfter = 0, ...rest } = options
    super(message, rest)
    this.delivered = [...delivered]
    this.rejected = [...rejected]
    this.permanent = permanent
    this.retryAfter = retryAfter
  }
}

/** How one event of a write ended. */
export type EventResult = 'delivered' | 'rejected' | 'retry'

/** How a write ended. */
export interface Outcome {
  /** In the order of its events. */
  results: EventResult[]
  /** Whether the receiver permanently rejects the events to retry if they are sent in one write. */
  permanent: boolean
  /** How long the receiver asks for no further write, in milliseconds. */
  retryAfter: number
}

/** The outcome of a write that resolved. */
export const allDelivered = (events: readonly OutputEvent[]): Outcome => ({
  results: events.map(() => 'delivered'),
  permanent: false,
  retryAfter: 0,
})

/** The outcome of a write that rejected. @param thrown whatever it rejected with */
export function outcomeOf(events: readonly OutputEvent[], thrown: unknown): Outcome {
  const { delivered, rejected, permanent, retryAfter } =
    thrown instanceof DeliveryError ? thrown : new DeliveryError('')
  const resultOf = ({ key }: OutputEvent): EventResult => {
    if (delivered.includes(key)) return 'delivered'
    return rejected.includes(key) ? 'rejected' : 'retry'
  }
  return {
    results: events.map(resultOf),
    permanent: permanent === true,
    retryAfter: Math.max(0, Number(retryAfter) || 0),
  }
}
