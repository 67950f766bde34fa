import { Backoff, type BackoffOptions } from '../../plugin/backoff.ts'
import type { DeliveryResult } from './delivery-result.ts'

/** The longest pause that a receiver can ask for, in milliseconds. */
const LONGEST_ASKED_MS = 86_400_000

/** The size and the time of an output's next write. */
export class Pace {
  readonly #backoff: Backoff
  /** The maximum of events in any write. */
  #limit = 1
  /** The current maximum: smaller after a write that the receiver rejected, or that ended the thread. */
  #most = 1
  /** The number of events left of the write that is repeated. */
  #repeated = Number.POSITIVE_INFINITY
  /** No write before this time, by the clock of `performance.now`. */
  #restUntil = 0
  #isAsked = false

  constructor(options: BackoffOptions, random: () => number) {
    this.#backoff = new Backoff({ ...options, healthyAfter: 0 }, random)
  }

  /** Sets the maximum of events in any write. */
  set limit(events: number) {
    this.#most = this.#most === this.#limit ? events : Math.min(this.#most, events)
    this.#limit = events
  }

  /** The maximum of events in the next write. A repeated write has the same events, so that its key is the same. */
  get events(): number {
    return Math.min(this.#most, this.#repeated)
  }

  /** The wait before it, in milliseconds; 0 or less for none. */
  get rest(): number {
    return this.#restUntil - performance.now()
  }

  /** Ends a back-off, but not a pause that the receiver asked for. */
  hurry(): void {
    if (!this.#isAsked) this.#restUntil = 0
  }

  /** Adapts to the result of a write with this many events. */
  after(events: number, { left, done, result, permanent, died, retryAfter }: DeliveryResult): void {
    this.#repeated = Number.POSITIVE_INFINITY
    if (result === 'delivered' || (result === 'rejected' && !permanent)) {
      this.#backoff.up()
      this.#most = Math.min(this.#limit, this.#most * 2)
      return
    }
    if (permanent || died) this.#most = Math.max(1, Math.ceil(Math.min(this.#most, events) / 2))
    else if (left.length > 0) this.#repeated = left.length
    // A delivered event shows that the receiver works.
    if (done.delivered.length > 0) this.#backoff.up()
    // It takes a few writes to find the event that the receiver rejects: they follow without waits.
    const isSearching = permanent && events > 1
    this.#restFor(isSearching ? 0 : this.#backoff.next(), retryAfter)
  }

  /** Backs off after the output could not be created, or its thread ended between writes. */
  failed(): void {
    this.#restFor(this.#backoff.next(), 0)
  }

  #restFor(backoffMs: number, askedMs: number): void {
    const asked = Math.min(askedMs, LONGEST_ASKED_MS)
    this.#isAsked = asked > backoffMs
    this.#restUntil = performance.now() + Math.max(backoffMs, asked)
  }
}
