import type { ResourceLimits, Worker } from 'node:worker_threads'

const MIB = 2 ** 20

/** Maximum size of V8's young generation beside the old one: three times the 16 MiB that Node.js sets. */
const YOUNG_MIB = 48

/**
 * Factor between `limits.worker_memory` and V8's own limit. V8 ends a thread that grows up to its limit, but aborts
 * the process if a single allocation far exceeds it, as a Map does that doubles its table. So the memory is watched
 * from outside, and a single growth must stay below V8's limit.
 */
const LEAP = 4

/** V8's limits for a thread whose memory a {@link MemoryWatch} keeps below this number of bytes. */
export const resourceLimits = (bytes: number): ResourceLimits => ({
  maxOldGenerationSizeMb: Math.ceil((LEAP * bytes) / MIB),
})

/** Checks the memory of a thread, including buffers outside its heap, whatever the thread is doing. */
export class MemoryWatch {
  readonly #thread: Worker
  readonly #limit: number
  readonly #exceeded: () => void
  #looking = false

  /** @param bytes the maximum for the thread */
  constructor(thread: Worker, bytes: number, exceeded: () => void) {
    this.#thread = thread
    this.#limit = bytes + YOUNG_MIB * MIB
    this.#exceeded = exceeded
  }

  /** Checks it; calls `exceeded` soon after if it is too much. */
  look(): void {
    if (this.#looking) return
    this.#looking = true
    this.#thread.getHeapStatistics().then(
      ({ used_heap_size, external_memory }) => {
        this.#looking = false
        if (used_heap_size + external_memory > this.#limit) this.#exceeded()
      },
      // The thread is not running: not yet, or no longer.
      () => {
        this.#looking = false
      },
    )
  }
}
