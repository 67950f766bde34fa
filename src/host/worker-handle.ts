import { MessageChannel, Worker } from 'node:worker_threads'
import { type ErrorCode, MoodError } from '../errors.ts'
import type { Plan } from '../pipeline/plan.ts'
import { Progress } from '../pipeline/progress.ts'
import type { HeldBatch } from './ledger.ts'
import type { BatchForWorker, FromWorker, ToWorker, WorkerData } from './messages.ts'
import { moduleUrl } from './registry.ts'

/** Why a worker had to be replaced. */
export type EndReason = 'timeout' | 'crash' | 'memory'

export interface WorkerEvents {
  message(worker: WorkerHandle, message: FromWorker): void
  /** The thread is gone, unasked. */
  ended(worker: WorkerHandle, reason: EndReason): void
}

/** A worker thread as the main thread sees it: what it was given, and whether it still answers. */
export class WorkerHandle {
  readonly progress = new Progress()
  /** Batches given to it that no delta counts yet, in the order in which they were given. */
  readonly held = new Map<number, HeldBatch>()
  /** How many of those it has not mapped yet. */
  unmapped = 0
  /** Formats that need a header, by source. */
  headers: boolean[] = []
  isReady = false
  readonly #thread: Worker | null
  readonly #post: (message: ToWorker) => void
  readonly #ready = Promise.withResolvers<void>()
  readonly #stopped = Promise.withResolvers<void>()
  #killed: EndReason | null = null
  #stopping = false
  #lastCalls = 0
  #lastBeat = 0
  #movedAt = performance.now()

  /** @param threaded false runs it in the main thread, for debugging */
  constructor(
    plan: Plan,
    { threaded, heapBytes }: { threaded: boolean; heapBytes: number },
    events: WorkerEvents,
  ) {
    const data: WorkerData = { plan, progress: this.progress.memory }
    const listen = (message: FromWorker) => this.#receive(message, events)
    this.#ready.promise.catch(() => {})
    if (threaded) {
      const thread = new Worker(new URL(moduleUrl('src/host/worker-thread')), {
        workerData: { ...data, role: 'worker' },
        name: 'worker',
        resourceLimits: { maxOldGenerationSizeMb: Math.ceil(heapBytes / 2 ** 20) },
      })
      this.#thread = thread
      this.#post = message => thread.postMessage(message)
      let reason: EndReason = 'crash'
      let lastError = 'the thread ended'
      thread.on('message', listen)
      thread.on('error', (error: NodeJS.ErrnoException) => {
        lastError = error.message
        if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') reason = 'memory'
      })
      thread.on('exit', () => {
        this.#ready.reject(
          new MoodError('ERR_PLUGIN_FAILED', `a worker ended while it started: ${lastError}`),
        )
        this.#stopped.resolve()
        if (!this.#stopping) events.ended(this, this.#killed ?? reason)
      })
    } else {
      const { port1, port2 } = new MessageChannel()
      this.#thread = null
      this.#post = message => port1.postMessage(message)
      port1.on('message', listen)
      port1.unref()
      void import(moduleUrl('src/host/worker-thread')).then(({ serveWorker }) => serveWorker(port2, data))
    }
  }

  /** Resolves once its plugins are made; rejects with what was wrong with them. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  send(batch: HeldBatch, source: number): void {
    this.held.set(batch.id, batch)
    this.unmapped++
    const { id, memory, receivedAt, header, posts, from, skips, receipt } = batch
    const message: BatchForWorker = {
      type: 'batch',
      id,
      source,
      memory,
      receivedAt,
      header,
      posts,
      from,
      skips,
      receipt,
    }
    this.#post(message)
  }

  /**
   * Looks whether it still moves; kills it when one call of a plugin has taken longer than `timeout` milliseconds.
   */
  watch(timeout: number): void {
    const { calls, waiting, heartbeat } = this.progress.read()
    const now = performance.now()
    // A promise that is awaited has a timer of its own, in the thread: only a thread that turns no more is stuck then.
    const moved = calls !== this.#lastCalls || (waiting && heartbeat !== this.#lastBeat)
    this.#lastCalls = calls
    this.#lastBeat = heartbeat
    if (moved || calls % 2 === 0) this.#movedAt = now
    else if (now - this.#movedAt > (waiting ? 2 * timeout : timeout)) this.kill('timeout')
  }

  kill(reason: EndReason): void {
    if (this.#killed || !this.#thread) return
    this.#killed = reason
    void this.#thread.terminate()
  }

  /** Lets it finish what it was given, then ends it. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#post({ type: 'stop' })
    await this.#stopped.promise
    await this.#thread?.terminate()
  }

  #receive(message: FromWorker, events: WorkerEvents): void {
    if (message.type === 'ready') {
      this.headers = message.headers
      this.isReady = true
      this.#ready.resolve()
    } else if (message.type === 'unready') {
      this.#stopping = true
      this.#ready.reject(new MoodError(message.code as ErrorCode, message.message))
      void this.#thread?.terminate()
    } else if (message.type === 'stopped') {
      this.#stopped.resolve()
    } else {
      if (message.type === 'done') this.unmapped--
      events.message(this, message)
    }
  }
}
