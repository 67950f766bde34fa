import { labelKey } from '../catalogue/label-key.ts'
import type { CallErrorReason } from '../plugin/call-error.ts'
import type { CounterCell } from '../state/counters.ts'
import type { State } from '../state/state.ts'
import { excerptOf, type Job, skipOf } from './job.ts'
import type { ThreadActivity } from './thread-activity.ts'

/** One call in 32 is timed, and counts for all 32: reading the clock costs as much as a short plugin. */
const SAMPLE = 32

export type FailureReason = CallErrorReason | 'crash' | 'memory'

/** A call of a plugin that failed. */
export interface Failure {
  readonly reason: FailureReason
  readonly message: string
  /** What was thrown, if anything. */
  readonly cause?: unknown
}

/**
 * Called for each failure of a plugin; writes it to the log, rate-limited.
 *
 * @param excerpt the text of the post or record of the call; of the first one, if there were several
 */
export type OnFailure = (guard: CallGuard, failure: Failure, excerpt: () => string) => void

/** Guards the calls of one plugin: records which call is running, times a sample of calls, counts failures. */
export class CallGuard {
  readonly kind: string
  readonly name: string
  /** Its index among the worker's plugins. */
  readonly index: number
  readonly #activity: ThreadActivity
  readonly #state: State
  readonly #seconds: CounterCell
  readonly #onFailure: OnFailure
  #calls = 0
  #startedAt = 0

  constructor(
    kind: string,
    name: string,
    index: number,
    { activity, state, onFailure }: { activity: ThreadActivity; state: State; onFailure: OnFailure },
  ) {
    this.kind = kind
    this.name = name
    this.index = index
    this.#activity = activity
    this.#state = state
    this.#onFailure = onFailure
    this.#seconds = state.counter('mood_plugin_seconds_total').cell(labelKey(kind, name))
  }

  begin(record: number, post: number): void {
    this.#activity.enter(this.index, record, post)
    this.#startedAt = this.#calls++ % SAMPLE === 0 ? performance.now() : 0
  }

  end(): void {
    this.#activity.leave()
    if (this.#startedAt !== 0) this.#seconds.n += ((performance.now() - this.#startedAt) / 1000) * SAMPLE
  }

  /** Adds the measured time of a call that took a batch. */
  spent(milliseconds: number): void {
    this.#seconds.n += milliseconds / 1000
  }

  /** Whether a call must not be made because it ended a worker before. Counts that failure. */
  skips(job: Job, record: number, post: number): boolean {
    const skip = skipOf(job, this.index, record, post)
    // A call for several records failed once.
    if (skip?.record === record) {
      const message = `${skip.reason}: this post is not given to it again`
      this.failed({ reason: skip.reason, message }, () => excerptOf(job, record))
    }
    return skip !== undefined
  }

  failed(failure: Failure, excerpt: () => string): void {
    this.#state.counter('mood_plugin_errors_total').add(labelKey(this.kind, this.name, failure.reason))
    this.#onFailure(this, failure, excerpt)
  }
}
