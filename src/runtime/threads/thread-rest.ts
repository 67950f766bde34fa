import type { Worker } from 'node:worker_threads'

/** A thread that has less than this share of its time to itself is at rest: it does no more than turn over. */
const AT_REST = 0.99

/** A look at a thread. */
export interface Rest {
  /** Whether its event loop has waited for something since the look before: then it is not stuck. */
  hasWaited: boolean
  /** Whether it did nothing but wait. */
  isResting: boolean
}

/**
 * What a thread's event loop is at, by the time that it has waited for events, which libuv counts. To read that wakes no
 * one, as a message to the thread would.
 */
export class ThreadRest {
  readonly #thread: Pick<Worker, 'performance'>
  #idleMs = 0
  #lookedAt: number

  constructor(thread: Pick<Worker, 'performance'>, now = performance.now()) {
    this.#thread = thread
    this.#lookedAt = now
  }

  /** What it was at since the last look. */
  look(now = performance.now()): Rest {
    const { idle } = this.#thread.performance.eventLoopUtilization()
    const idleMs = idle - this.#idleMs
    const passedMs = now - this.#lookedAt
    this.#idleMs = idle
    this.#lookedAt = now
    return { hasWaited: idleMs > 0, isResting: idleMs > passedMs * AT_REST }
  }
}
