import type { ResourceLimits, Worker } from 'node:worker_threads'

const MIB = 2 ** 20

/** What V8's young generation may hold beside the old one: three times the 16 MiB that Node.js sets. */
const YOUNG_MIB = 48

/**
 * How far above `limits.worker_memory` V8's own limit lies. V8 ends a thread that comes up to its limit by and by, but
 * the whole process where a single allocation leaps far beyond it, as a Map does that doubles its table. So the thread
 * is watched from outside, and the leap has to fit in.
 */
const LEAP = 4

/** The limits that V8 gets for a thread whose memory a {@link MemoryWatch} keeps below this number of bytes. */
export const resourceLimits = (bytes: number): ResourceLimits => ({
  maxOldGenerationSizeMb: Math.ceil((LEAP * bytes) / MIB),
})

/** Looks at a thread's memory, buffers outside its heap included, whatever the thread is doing. */
export class MemoryWatch {
  readonly #thread: Worker
  readonly #limit: number
  readonly #exceeded: () => void
  #looking = false

  /** @param bytes the most that the thread may hold */
  constructor(thread: Worker, bytes: number, exceeded: () => void) {
    this.#thread = thread
    this.#limit = bytes + YOUNG_MIB * MIB
    this.#exceeded = exceeded
  }

  /** Calls `exceeded` soon after where it is too much. */
  look(): void {
    if (this.#looking) return
    this.#looking = true
    this.#thread.getHeapStatistics().then(
      ({ used_heap_size, external_memory }) => {
        this.#looking = false
        if (used_heap_size + external_memory > this.#limit) this.#exceeded()
      },
      // It is not running: not yet, or no longer.
      () => {
        this.#looking = false
      },
    )
  }
}
