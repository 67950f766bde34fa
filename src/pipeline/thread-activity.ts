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

/** How often a thread that is not waiting reports that its event loop turns, in milliseconds. */
export const HEARTBEAT_MS = 500

/** What a thread was doing when it was read. */
export interface ActivitySnapshot {
  /** Incremented when a call begins and when it ends; odd during a call. */
  calls: number
  batch: number
  record: number
  /** The index of the post within its record; -1 for a call for several. */
  post: number
  /** The index of the plugin among the worker's. */
  plugin: number
  /** The last record whose post is in the same call: equal to `record`, except for a scorer that takes batches. */
  lastRecord: number
  /** True while the call is an asynchronous one that has returned a promise. */
  waiting: boolean
  /** Incremented while the event loop of the thread turns. */
  heartbeat: number
  /** The operating system's id of the thread; 0 if it is not known. */
  thread: number
  /** True while a plugin or the pipeline loads data: that time is not the fault of a post. */
  loading: boolean
}

/**
 * What a thread is doing, in shared memory. A worker writes it before each call of a plugin, so that the main thread
 * knows which post and which plugin to give up when the worker hangs or dies.
 */
export class ThreadActivity {
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(memory = new SharedArrayBuffer(WORDS * 4)) {
    this.memory = memory
    this.#words = new Int32Array(memory)
  }

  batch(id: number): void {
    Atomics.store(this.#words, BATCH, id)
  }

  /**
   * Called before a call of a plugin.
   * @param post its index in the record; -1 for all posts from `record` to `lastRecord`
   */
  enter(plugin: number, record: number, post: number, lastRecord = record): void {
    const words = this.#words
    words[RECORD] = record
    words[POST] = post
    words[PLUGIN] = plugin
    words[LAST_RECORD] = lastRecord
    // Last, and atomic: a thread that sees the call also sees the fields above.
    Atomics.add(words, CALLS, 1)
  }

  leave(): void {
    Atomics.add(this.#words, CALLS, 1)
  }

  waiting(is: boolean): void {
    Atomics.store(this.#words, WAITING, is ? 1 : 0)
  }

  /** Sets the operating system's id of the thread. */
  thread(number: number): void {
    Atomics.store(this.#words, THREAD, number)
  }

  /** Loads data. The time does not count as the time of a post. */
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

  read(): ActivitySnapshot {
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
