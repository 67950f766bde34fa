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

/** A port whose other side is the test. Messages are cloned, as between threads. */
export function testPort<From extends { type: string }, To>() {
  const said: From[] = []
  let listen: (message: To) => void = () => {}
  let heard = Promise.withResolvers<void>()
  const typed = <Type extends From['type']>(type: Type) =>
    said.filter((message): message is Extract<From, { type: Type }> => message.type === type)
  return {
    port: {
      postMessage: (message: unknown) => {
        said.push(structuredClone(message) as From)
        heard.resolve()
        heard = Promise.withResolvers<void>()
      },
      on: (_: 'message', listener: (message: To) => void) => {
        listen = listener
      },
    },
    /** The messages from the thread, in order. */
    said,
    /** Those of one type. */
    typed,
    /** Sends a message to the thread. */
    send: (message: To) => listen(structuredClone(message)),
    /** Resolves to the messages of a type, once there are this many. */
    async until<Type extends From['type']>(type: Type, n = 1) {
      while (typed(type).length < n) await heard.promise
      return typed(type) as [Extract<From, { type: Type }>, ...Extract<From, { type: Type }>[]]
    },
  }
}
