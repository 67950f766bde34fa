import { MessageChannel, type Worker } from 'node:worker_threads'
import { type ErrorCode, MoodError } from '../../catalogue/errors.ts'
import { moduleUrl } from '../../loader/registry.ts'
import type { Plan } from '../../pipeline/plan.ts'
import { Progress } from '../../pipeline/progress.ts'
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

/** How often the time for a batch is doubled whose workers stopped answering between calls. */
const MOST_DOUBLINGS = 6

/** Why a worker had to be replaced. */
export type EndReason = 'timeout' | 'crash' | 'memory'

/** How much longer than one call of a plugin a thread may be stalled for another cause, in milliseconds. */
const TURN_MS = 1000

/** How long data may take to load, in milliseconds. */
const LOAD_MS = 60_000

/** A thread that does not end on request (it waits for a system call) is abandoned after this many milliseconds. */
const LAST_MS = 2000

/** What the pool has of a worker. */
export type PooledWorker = Pick<WorkerHandle, keyof WorkerHandle>

export interface WorkerEvents {
  message(worker: PooledWorker, message: FromWorker): void
  /** The thread is gone, unasked. */
  ended(worker: PooledWorker, reason: EndReason): void
}

/** A worker thread as the main thread sees it: what it was given, and whether it still answers. */
export class WorkerHandle {
  readonly progress = new Progress()
  /** Batches given to it that no delta counts yet, by number, in the order in which they were given. */
  readonly held = new Map<number, TrackedBatch>()
  /** How many of those it has not mapped yet. */
  unmapped = 0
  /** Formats that need a header, by source. */
  headers: boolean[] = []
  /** How formats have streams cut into records, by source. */
  framings: Framing[] = []
  /** Records that it maps together. */
  stride = 1
  /** Metrics that its plugins declare. */
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
  readonly #stall = new StallDetector(new ThreadClock(() => this.progress.read().thread))
  /** Its age while its plugins are made. */
  readonly #creation = new StallDetector(new ThreadClock(() => this.progress.read().thread))
  readonly #createMs: number
  #killed: EndReason | null = null
  #stopping = false
  #isGone = false
  #lastCalls = 0
  #lastBeat = 0

  /**
   * @param threaded false runs it in the main thread, for debugging
   * @param declared what the workers before it declare
   */
  constructor(
    plan: Plan,
    declared: DeclaredMetrics[] | null,
    { threaded, heapBytes }: { threaded: boolean; heapBytes: number },
    events: WorkerEvents,
  ) {
    const data: WorkerData = { plan, declared, progress: this.progress.memory }
    this.#events = events
    this.#createMs = plan.createTimeout
    this.#ready.promise.catch(() => {})
    if (threaded) {
      let reason: EndReason = 'crash'
      let lastError = 'the thread ended'
      const { thread, post } = startThread<FromWorker>(
        data,
        {
          module: 'src/runtime/workers/worker-thread',
          role: 'worker',
          name: 'worker',
          heapBytes,
          cause: 'stray',
          logLines: plan.logLines,
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
      this.#memory = new MemoryWatch(thread, heapBytes, () => this.kill('memory'))
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

  /** Resolves once its plugins are made; rejects with what was wrong with them. */
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

  /** Says that an epoch has ended. */
  cut(): void {
    this.post({ type: 'cut' })
  }

  post(message: ToWorker): void {
    this.#post(message)
  }

  /** A delta counts these batches: should it die now, they must not be mapped again. */
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
   * Looks whether it still moves; kills it when one call of a plugin has taken longer than `timeout` milliseconds, or
   * when it holds too much memory. Returns whether to look again soon: it has something to do, or does something.
   */
  watch(timeout: number): boolean {
    const rest = this.#rest?.look()
    if (!rest?.isResting) this.#memory?.look()
    // Making a plugin may take long: a model is loaded, a service is asked.
    if (!this.isReady) {
      if (this.#creation.look(false) > this.#createMs) this.#failCreation()
      return true
    }
    const { calls, waiting, heartbeat, loading } = this.progress.read()
    // A promise that is awaited has a timer of its own, in the thread: only a thread that turns no more is stuck then,
    // as is one that a stray timer of a plugin holds up between calls.
    const isInCall = calls % 2 !== 0 && !waiting
    const turns = rest?.hasWaited || heartbeat !== this.#lastBeat
    const moved = calls !== this.#lastCalls || (!isInCall && turns)
    this.#lastCalls = calls
    this.#lastBeat = heartbeat
    const patience = loading ? LOAD_MS : (isInCall ? timeout : timeout + TURN_MS) * this.#patience()
    if (this.#stall.look(moved) > patience) this.kill('timeout')
    return this.unmapped > 0 || !rest?.isResting
  }

  /** What no call is to blame for may be the machine's doing: each time that it happens there is more time for it. */
  #patience(): number {
    let stalls = 0
    for (const batch of this.held.values()) stalls = Math.max(stalls, batch.stalls)
    return 2 ** Math.min(stalls, MOST_DOUBLINGS)
  }

  #failCreation(): void {
    const within = `limits.create_timeout, ${this.#createMs / 1000} s`
    this.#ready.reject(
      new MoodError('ERR_PLUGIN_FAILED', `the plugins of a worker were not created within ${within}`),
    )
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

  /** Lets it finish what it was given, for this number of milliseconds, then ends it. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    this.#post({ type: 'stop' })
    await atMost(graceMs, this.#stopped.promise)
    if (this.#thread && !this.#isGone) await atMost(LAST_MS, ended(this.#thread))
  }

  #gone(reason: EndReason, lastError: string): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#ready.reject(new MoodError('ERR_PLUGIN_FAILED', `a worker ended while it started: ${lastError}`))
    this.#stopped.resolve()
    // One that was never ready is reported by that alone: its caller tries again.
    if (!this.#stopping && this.isReady) this.#events.ended(this, reason)
  }

  #receive(message: FromWorker): void {
    // What it counts now, another counts already.
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
