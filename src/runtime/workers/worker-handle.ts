import { MessageChannel, type Worker } from 'node:worker_threads'
import { createError, type ErrorCode, MoodError } from '../../catalogue/errors.ts'
import { moduleUrl } from '../../loader/registry.ts'
import { ThreadActivity } from '../../pipeline/thread-activity.ts'
import type { WorkerConfig } from '../../pipeline/worker-config.ts'
import type { Framing } from '../../plugin/records/framing.ts'
import type { TrackedBatch } from '../batch.ts'
import { atMost } from '../threads/at-most.ts'
import { ended } from '../threads/lingering.ts'
import type { ClampedLimit, DeclaredMetrics, FromWorker, ToWorker, WorkerData } from '../threads/messages.ts'
import { StallDetector } from '../threads/stall-detector.ts'
import { startThread } from '../threads/thread.ts'
import { ThreadClock } from '../threads/thread-clock.ts'
import { MemoryWatch } from '../threads/thread-memory.ts'
import { ThreadRest } from '../threads/thread-rest.ts'

/** How often the time for a batch is doubled if workers hung between calls during it. */
const MOST_DOUBLINGS = 6

/** Why a worker was replaced. */
export type EndReason = 'timeout' | 'crash' | 'memory'

/** How much longer than one call of a plugin a thread may be stalled otherwise, in milliseconds. */
const TURN_MS = 1000

/** How long data may take to load, in milliseconds. */
const LOAD_MS = 60_000

/** A thread that does not end on request (it is in a system call) is abandoned after this many milliseconds. */
const LAST_MS = 2000

/** The part of a worker that the pool uses. */
export type PooledWorker = Pick<WorkerHandle, keyof WorkerHandle>

export interface WorkerEvents {
  message(worker: PooledWorker, message: FromWorker): void
  /** The thread ended unexpectedly. */
  ended(worker: PooledWorker, reason: EndReason): void
}

/** A worker thread, for the main thread: its batches, and whether it responds. */
export class WorkerHandle {
  readonly activity = new ThreadActivity()
  /** Its batches that no delta includes yet, by number, in order of assignment. */
  readonly held = new Map<number, TrackedBatch>()
  /** How many of those it has not mapped yet. */
  unmapped = 0
  /** Formats that need a header, by source. */
  headers: boolean[] = []
  /** How formats split streams into records, by source. */
  framings: Framing[] = []
  /** Records that it maps at a time. */
  stride = 1
  /** The declared metrics of its plugins. */
  metrics: DeclaredMetrics[] = []
  /** Limits that its plugins declare too high. */
  clamped: ClampedLimit[] = []
  isReady = false
  readonly #events: WorkerEvents
  readonly #thread: Worker | null
  readonly #memory: MemoryWatch | null
  readonly #rest: ThreadRest | null
  readonly #post: (message: ToWorker) => void
  readonly #ready = Promise.withResolvers<void>()
  readonly #stopped = Promise.withResolvers<void>()
  readonly #stall = new StallDetector(new ThreadClock(() => this.activity.read().thread))
  /** How long its plugins are being created. */
  readonly #creation = new StallDetector(new ThreadClock(() => this.activity.read().thread))
  readonly #createTimeout: number
  #killed: EndReason | null = null
  #stopping = false
  #isGone = false
  #lastCalls = 0
  #lastBeat = 0

  /**
   * @param threaded false runs it in the main thread, for debugging
   * @param declared the declarations of earlier workers
   * @param start starts the thread
   */
  constructor(
    workerConfig: WorkerConfig,
    declared: DeclaredMetrics[] | null,
    { threaded, workerMemory }: { threaded: boolean; workerMemory: number },
    events: WorkerEvents,
    start: typeof startThread = startThread,
  ) {
    const data: WorkerData = { workerConfig, declared, activity: this.activity.memory }
    this.#events = events
    this.#createTimeout = workerConfig.createTimeout
    this.#ready.promise.catch(() => {})
    if (threaded) {
      let reason: EndReason = 'crash'
      let lastError = 'the thread ended'
      const { thread, post } = start<FromWorker>(
        data,
        {
          module: 'src/runtime/workers/worker-thread',
          role: 'worker',
          name: 'worker',
          workerMemory,
          cause: 'stray',
          logLines: workerConfig.logLines,
        },
        {
          message: message => this.#receive(message),
          error: ({ code, message }) => {
            lastError = message
            if (code === 'ERR_WORKER_OUT_OF_MEMORY') reason = 'memory'
          },
          exit: () => this.#gone(this.#killed ?? reason, lastError),
        },
      )
      this.#thread = thread
      this.#memory = new MemoryWatch(thread, workerMemory, () => this.kill('memory'))
      this.#rest = new ThreadRest(thread)
      this.#post = post
    } else {
      const { port1, port2 } = new MessageChannel()
      this.#thread = null
      this.#memory = null
      this.#rest = null
      this.#post = message => port1.postMessage(message)
      port1.on('message', (message: FromWorker) => this.#receive(message))
      port1.unref()
      void import(moduleUrl('src/runtime/workers/worker-thread')).then(({ serveWorker }) =>
        serveWorker(port2, data),
      )
    }
  }

  /** Resolves once its plugins are created; rejects with the problem. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  send(tracked: TrackedBatch, epoch: number, place: number): void {
    this.held.set(tracked.number, tracked)
    this.unmapped++
    const {
      number,
      source: _,
      group: __,
      skips,
      attempts: ___,
      stalls: ____,
      rejected: _____,
      ...batch
    } = tracked
    this.post({ type: 'batch', batch, number, epoch, place, skips })
  }

  /** An epoch has ended. */
  cut(): void {
    this.post({ type: 'cut' })
  }

  post(message: ToWorker): void {
    this.#post(message)
  }

  /** A delta includes these batches: if the worker dies now, they must not be mapped again. */
  deliver(numbers: readonly number[]): TrackedBatch[] {
    const delivered: TrackedBatch[] = []
    for (const number of numbers) {
      const batch = this.held.get(number)
      if (!batch) continue
      this.held.delete(number)
      delivered.push(batch)
    }
    return delivered
  }

  /**
   * Checks whether it responds. Kills it when one call of a plugin has taken longer than `timeout` milliseconds, or
   * when it uses too much memory. Returns whether to check again soon, because it has work.
   */
  watch(timeout: number): boolean {
    const rest = this.#rest?.look()
    if (!rest?.isResting) this.#memory?.look()
    // Creating a plugin may take long: a model is loaded, a service is called.
    if (!this.isReady) {
      if (this.#creation.look(false) > this.#createTimeout) this.#failCreation()
      return true
    }
    const { calls, waiting, heartbeat, loading } = this.activity.read()
    // An awaited promise has a timer of its own in the thread, so only a blocked event loop is stuck then. So is one
    // that a timer of a plugin blocks between calls.
    const isInCall = calls % 2 !== 0 && !waiting
    const turns = rest?.hasWaited || heartbeat !== this.#lastBeat
    const moved = calls !== this.#lastCalls || (!isInCall && turns)
    this.#lastCalls = calls
    this.#lastBeat = heartbeat
    const patience = loading ? LOAD_MS : (isInCall ? timeout : timeout + TURN_MS) * this.#patience()
    if (this.#stall.look(moved) > patience) this.kill('timeout')
    return this.unmapped > 0 || !rest?.isResting
  }

  /** If the thread hung outside of any call, the machine may be the cause: each time, it gets more time. */
  #patience(): number {
    let stalls = 0
    for (const batch of this.held.values()) stalls = Math.max(stalls, batch.stalls)
    return 2 ** Math.min(stalls, MOST_DOUBLINGS)
  }

  #failCreation(): void {
    this.#ready.reject(createError('ERR_WORKER_TIMEOUT', { seconds: this.#createTimeout / 1000 }))
    this.kill('timeout')
  }

  /** Whether it is being ended. */
  get isKilled(): boolean {
    return this.#killed !== null
  }

  kill(reason: EndReason): void {
    if (this.#killed || !this.#thread) return
    this.#killed = reason
    void ended(this.#thread)
    setTimeout(() => this.#gone(reason, 'it did not end'), LAST_MS).unref()
  }

  /** Lets it finish its batches, for this number of milliseconds, then ends it. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    this.#post({ type: 'stop' })
    await atMost(graceMs, this.#stopped.promise)
    if (this.#thread && !this.#isGone) await atMost(LAST_MS, ended(this.#thread))
  }

  #gone(reason: EndReason, lastError: string): void {
    if (this.#isGone) return
    this.#isGone = true
    const why = reason === 'memory' ? 'it needs more than limits.worker_memory' : lastError
    this.#ready.reject(createError('ERR_WORKER_ENDED', { reason: why }))
    this.#stopped.resolve()
    // A worker that was never ready is reported only through `ready`: the caller retries.
    if (!this.#stopping && this.isReady) this.#events.ended(this, reason)
  }

  #receive(message: FromWorker): void {
    // Ignore messages from a replaced worker: its batches were reassigned.
    if (this.#isGone) return
    if (message.type === 'ready') {
      this.headers = message.headers
      this.framings = message.framings
      this.stride = message.stride
      this.metrics = message.metrics
      this.clamped = message.clamped
      this.isReady = true
      this.#ready.resolve()
    } else if (message.type === 'unready') {
      this.#stopping = true
      this.#ready.reject(new MoodError(message.code as ErrorCode, message.message))
      if (this.#thread) void ended(this.#thread)
    } else if (message.type === 'stopped') {
      this.#stopped.resolve()
    } else {
      if (message.type === 'done') this.unmapped--
      this.#events.message(this, message)
    }
  }
}
