const CALLS = 0
const BATCH = 1
const RECORD = 2
const POST = 3
const PLUGIN = 4
const LAST_RECORD = 5
const WAITING = 6
const HEARTBEAT = 7
const THREAD = 8
const LOADING = 9
const WORDS = 10

/** How often a thread says that its event loop turns, in milliseconds: for one that never waits, which says so itself. */
export const HEARTBEAT_MS = 500

/** Where a worker was last seen. */
export interface Whereabouts {
  /** Moves with every call that begins or ends; odd while one is under way. */
  calls: number
  batch: number
  record: number
  /** Which post of the record, for records that hold several. */
  post: number
  /** Place of the plugin among the worker's. */
  plugin: number
  /** The last record whose post was given to the same call: `record`, but for a scorer that takes batches. */
  lastRecord: number
  /** True while the call is an asynchronous one that has returned a promise. */
  waiting: boolean
  /** Moves while the thread's event loop turns. */
  heartbeat: number
  /** Number of the thread, as the system has it; 0 where it is not known. */
  thread: number
  /** True while data is loaded that a plugin or the pipeline needs: no post is to blame for how long that takes. */
  loading: boolean
}

/**
 * Says in shared memory where a worker is before each call of a plugin, so that the main thread knows which post and
 * which plugin to give up when the worker stops answering or dies.
 */
export class Progress {
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(memory = new SharedArrayBuffer(WORDS * 4)) {
    this.memory = memory
    this.#words = new Int32Array(memory)
  }

  batch(id: number): void {
    Atomics.store(this.#words, BATCH, id)
  }

  /** Before a call, which is for one post. */
  enter(plugin: number, record: number, post: number, lastRecord = record): void {
    const words = this.#words
    words[RECORD] = record
    words[POST] = post
    words[PLUGIN] = plugin
    words[LAST_RECORD] = lastRecord
    // Last, and atomic: a thread that sees the call also sees what it is for.
    Atomics.add(words, CALLS, 1)
  }

  leave(): void {
    Atomics.add(this.#words, CALLS, 1)
  }

  waiting(is: boolean): void {
    Atomics.store(this.#words, WAITING, is ? 1 : 0)
  }

  /** Says which thread it is. */
  thread(number: number): void {
    Atomics.store(this.#words, THREAD, number)
  }

  /** Loads something, outside of the time of any post. */
  loading<T>(load: () => T): T {
    Atomics.store(this.#words, LOADING, 1)
    try {
      return load()
    } finally {
      Atomics.store(this.#words, LOADING, 0)
      this.beat()
    }
  }

  beat(): void {
    Atomics.add(this.#words, HEARTBEAT, 1)
  }

  read(): Whereabouts {
    const words = this.#words
    return {
      calls: Atomics.load(words, CALLS),
      batch: Atomics.load(words, BATCH),
      record: words[RECORD] as number,
      post: words[POST] as number,
      plugin: words[PLUGIN] as number,
      lastRecord: words[LAST_RECORD] as number,
      waiting: Atomics.load(words, WAITING) === 1,
      heartbeat: Atomics.load(words, HEARTBEAT),
      thread: Atomics.load(words, THREAD),
      loading: Atomics.load(words, LOADING) === 1,
    }
  }
}
