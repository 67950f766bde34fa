import type { OutputEvent } from './output.ts'

export interface DeliveryErrorOptions extends ErrorOptions {
  /** Keys of events that the receiver has all the same. They are not sent again. */
  delivered?: readonly string[]
  /** Keys of events that the receiver will never take. They are given up. */
  rejected?: readonly string[]
  /**
   * True where the receiver will never take this write as it is, such as on an HTTP status 400. A single event is given
   * up. Several are sent again in smaller batches, so that one that the receiver rejects costs none of the others.
   */
  permanent?: boolean
  /** How long the receiver wants no further write (`Retry-After`), in milliseconds. */
  retryAfter?: number | undefined
}

/** What the `write` of an output rejects with to say more than that nothing was delivered. */
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

/** What becomes of one event of a write. */
export type EventResult = 'delivered' | 'rejected' | 'retry'

/** What became of a write. */
export interface Outcome {
  /** In the order of its events. */
  results: EventResult[]
  /** Whether the receiver will never take the events that are to be retried in one write. */
  permanent: boolean
  /** How long the receiver wants no further write, in milliseconds. */
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
