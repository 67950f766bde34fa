import { Backoff, type BackoffOptions } from '../../plugin/backoff.ts'
import type { DeliveryResult } from './delivery-result.ts'

/** The longest wait that a receiver can ask for, in milliseconds. */
const LONGEST_ASKED_MS = 86_400_000

/** How many events the next write of an output has, and when it comes. */
export class Pace {
  readonly #backoff: Backoff
  /** The most events that a write may ever have. */
  #limit = 1
  /** The most that it may have now: fewer after a write that the receiver rejected, or that ended the thread. */
  #most = 1
  /** As many events as the write that is repeated had left. */
  #repeated = Number.POSITIVE_INFINITY
  /** Until when nothing is written, by the clock of `performance.now`. */
  #restUntil = 0
  #isAsked = false

  constructor(options: BackoffOptions, random: () => number) {
    this.#backoff = new Backoff({ ...options, healthyAfter: 0 }, random)
  }

  /** Sets the most events that a write may have. */
  set limit(events: number) {
    this.#most = this.#most === this.#limit ? events : Math.min(this.#most, events)
    this.#limit = events
  }

  /** The most events of the next write. One that is repeated has the same events, so that its key is the same too. */
  get events(): number {
    return Math.min(this.#most, this.#repeated)
  }

  /** How long there is to wait before it, in milliseconds; 0 or less for not at all. */
  get rest(): number {
    return this.#restUntil - performance.now()
  }

  /** Ends a back-off, though not a rest that the receiver asked for. */
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
    // What was delivered shows that the receiver is there.
    if (done.delivered.length > 0) this.#backoff.up()
    // To find the event that the receiver rejects takes a few writes: they follow one another at once.
    const isSearching = permanent && events > 1
    this.#restFor(isSearching ? 0 : this.#backoff.next(), retryAfter)
  }

  /** Backs off: the output could not be created, or its thread ended between writes. */
  failed(): void {
    this.#restFor(this.#backoff.next(), 0)
  }

  #restFor(backoffMs: number, askedMs: number): void {
    const asked = Math.min(askedMs, LONGEST_ASKED_MS)
    this.#isAsked = asked > backoffMs
    this.#restUntil = performance.now() + Math.max(backoffMs, asked)
  }
}
