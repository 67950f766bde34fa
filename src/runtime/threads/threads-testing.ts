import type { Worker } from 'node:worker_threads'
import type { startThread, ThreadEvents, ThreadOptions } from './thread.ts'

/** A thread that does what a test says, in place of {@link startThread}. */
export class FakeThread {
  data: object = {}
  options: ThreadOptions | undefined
  /** The messages to it. */
  readonly sent: unknown[] = []
  /** Bytes that it uses; null if it is not running. */
  memory: { heap: number; external: number } | null = { heap: 0, external: 0 }
  /** How long its event loop has waited, in milliseconds. */
  idleMs = 0
  /** How often its memory was read. */
  reads = 0
  isTerminated = false
  /** Whether a request to end is without effect, as in a system call. */
  isStuck = false
  #events: ThreadEvents<never> | undefined

  readonly start: typeof startThread = (data, options, events) => {
    this.data = data
    this.options = options
    this.#events = events as ThreadEvents<never>
    return { thread: this.#worker(), post: message => void this.sent.push(message) }
  }

  say(message: object): void {
    this.#events?.message(message as never)
  }

  error(message: string, code?: string): void {
    this.#events?.error(Object.assign(new Error(message), code ? { code } : {}))
  }

  exit(): void {
    this.#events?.exit()
  }

  #worker(): Worker {
    const worker = {
      terminate: () => {
        this.isTerminated = true
        if (this.isStuck) return new Promise<number>(() => {})
        this.exit()
        return Promise.resolve(1)
      },
      getHeapStatistics: async () => {
        this.reads++
        if (!this.memory) throw new Error('it is not running')
        return { used_heap_size: this.memory.heap, external_memory: this.memory.external }
      },
      performance: { eventLoopUtilization: () => ({ idle: this.idleMs, active: 0, utilization: 0 }) },
    }
    return worker as unknown as Worker
  }
}
