import { labelKey } from '../catalogue/label-key.ts'
import type { CallErrorReason } from '../plugin/call-error.ts'
import type { CounterCell } from '../state/counters.ts'
import type { State } from '../state/state.ts'
import { excerptOf, type Job, skipOf } from './job.ts'
import type { Progress } from './progress.ts'

/** Every 32nd call is timed and counts for the 32: reading the clock costs as much as a short plugin. */
const SAMPLE = 32

export type FailureReason = CallErrorReason | 'crash' | 'memory'

/** A call of a plugin that failed. */
export interface Failure {
  readonly reason: FailureReason
  readonly message: string
  /** What was thrown, if anything was. */
  readonly cause?: unknown
}

/**
 * Called for each failure of a plugin; writes it to the log, rate-limited.
 *
 * @param excerpt the text of the post, or of the record, that the call was for: the first one of several
 */
export type OnFailure = (guard: CallGuard, failure: Failure, excerpt: () => string) => void

/** Guards the calls of one plugin: notes which call is under way, times a sample of calls, counts failures. */
export class CallGuard {
  readonly kind: string
  readonly name: string
  /** Its place among the worker's plugins. */
  readonly index: number
  readonly #progress: Progress
  readonly #state: State
  readonly #seconds: CounterCell
  readonly #onFailure: OnFailure
  #calls = 0
  #startedAt = 0

  constructor(
    kind: string,
    name: string,
    index: number,
    { progress, state, onFailure }: { progress: Progress; state: State; onFailure: OnFailure },
  ) {
    this.kind = kind
    this.name = name
    this.index = index
    this.#progress = progress
    this.#state = state
    this.#onFailure = onFailure
    this.#seconds = state.counter('mood_plugin_seconds_total').cell(labelKey(kind, name))
  }

  begin(record: number, post: number): void {
    this.#progress.enter(this.index, record, post)
    this.#startedAt = this.#calls++ % SAMPLE === 0 ? performance.now() : 0
  }

  end(): void {
    this.#progress.leave()
    if (this.#startedAt !== 0) this.#seconds.n += ((performance.now() - this.#startedAt) / 1000) * SAMPLE
  }

  /** Adds time that was measured whole, as for a call that took a batch. */
  spent(milliseconds: number): void {
    this.#seconds.n += milliseconds / 1000
  }

  /** Whether a call must not be made, because a worker did not survive it; that is the failure that is counted. */
  skips(job: Job, record: number, post: number): boolean {
    const skip = skipOf(job, this.index, record, post)
    // A call that took several records failed once.
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
