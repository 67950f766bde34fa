import { isDeepStrictEqual } from 'node:util'
import type { Trends } from '../../pipeline/configured-topics.ts'
import type { Rejection, Skip } from '../../pipeline/job.ts'
import type { WorkerConfig } from '../../pipeline/worker-config.ts'
import { sleep } from '../../plugin/abort.ts'
import type { PostEvent } from '../../plugin/events/post.ts'
import { type Framing, LINES } from '../../plugin/records/framing.ts'
import type { EncodedPlugins } from '../../state/plugin-metrics.ts'
import type { TrackedBatch } from '../batch.ts'
import { Lookout } from '../threads/lookout.ts'
import type {
  DeclaredMetrics,
  Delta,
  LogMessage,
  StoreCall,
  StoreResult,
  SuppressedMessage,
} from '../threads/messages.ts'
import { Backlog } from './backlog.ts'
import type { BatchQueue } from './queue.ts'
import { type EndReason, type PooledWorker, type WorkerEvents, WorkerHandle } from './worker-handle.ts'

/** Batches that a worker has in advance, so that it never waits for the main thread. */
const AHEAD = 2

/** A batch is given up after this number of workers died during it outside of any call. */
const MAX_ATTEMPTS = 3

const RESPAWN_MS = 1000

/** A worker without batches for this time is ended, except the last one; milliseconds. */
const IDLE_MS = 60_000

/** How long workers have by default to finish their batches and close their plugins, in milliseconds. */
const GRACE_MS = 5000

/** The parts of the runtime that the pool calls. */
export interface PoolPorts {
  /** The epoch of a batch that a worker is about to receive; null delays it. */
  epochOf(batch: TrackedBatch): number | null
  /** A delta, and its batches. */
  delta(delta: Delta, batches: TrackedBatch[]): void
  /** Posts were sampled for outputs. */
  sampled(posts: PostEvent[]): void
  /** A batch is mapped; a delta with it follows. */
  mapped(batch: TrackedBatch, rejections: Rejection[] | null, ms: number): void
  /** A batch was given up for that reason. */
  abandoned(batch: TrackedBatch, why: string): void
  /** Plugins recorded values that belong to no batch. */
  recorded(recorded: EncodedPlugins): void
  /** A worker died or was ended; another replaces it. */
  restarted(reason: EndReason, blame: string): void
  store(call: StoreCall): Promise<StoreResult>
  log(message: LogMessage | SuppressedMessage): void
}

export type BeginWorker = (
  workerConfig: WorkerConfig,
  declared: DeclaredMetrics[] | null,
  options: { threaded: boolean; workerMemory: number },
  events: WorkerEvents,
) => PooledWorker

/**
 * Worker threads and their batches, which are reassigned when a worker dies. It starts with one worker, starts more
 * while posts wait, up to the configured number, and ends them when they are idle.
 */
export class WorkerPool {
  readonly workerConfig: WorkerConfig
  /** Worker threads that are ready. */
  ready = 0
  readonly #queue: BatchQueue
  readonly #ports: PoolPorts
  readonly #size: number
  readonly #workerMemory: number
  readonly #workers = new Set<PooledWorker>()
  readonly #places: Map<string, number>
  readonly #lookout: Lookout
  readonly #backlog = new Backlog()
  /** The initial number of workers. */
  readonly #first: number
  /** A worker is being started because of waiting batches. */
  #isGrowing = false
  /** Workers that are no longer needed, until they have ended. */
  readonly #leaving = new Set<Promise<void>>()
  /** When each worker last received a batch, or became ready. */
  readonly #givenAt = new Map<PooledWorker, number>()
  /** Records that workers map at a time. */
  stride = 1
  /** The declared metrics of the workers' plugins; null until they are created. */
  #declared: DeclaredMetrics[] | null = null
  /** Recordings that arrived before the pool was in use. */
  #early: EncodedPlugins[] = []
  #isInUse = false
  #headers: boolean[] = []
  #framings: Framing[] = []
  #trends: Trends = {}
  #allows: (batch: TrackedBatch) => boolean = () => true
  readonly #closing = new AbortController()
  readonly #begin: BeginWorker

  /**
   * @param size the maximum of worker threads; 0 runs one worker in the main thread, for debugging
   * @param first the initial number of workers, by default one
   * @param begin makes a worker
   */
  constructor(
    workerConfig: WorkerConfig,
    queue: BatchQueue,
    { size, first = 1, workerMemory }: { size: number; first?: number; workerMemory: number },
    ports: PoolPorts,
    begin: BeginWorker = (...of) => new WorkerHandle(...of),
  ) {
    this.#begin = begin
    this.workerConfig = workerConfig
    this.#queue = queue
    this.#size = size
    this.#first = Math.max(1, Math.min(size, first))
    this.#workerMemory = workerMemory
    this.#ports = ports
    this.#places = new Map(workerConfig.sources.map(({ name }, place) => [name, place]))
    this.#lookout = new Lookout(
      () => this.#watch(),
      Math.max(10, Math.min(100, workerConfig.pluginTimeout / 4)),
    )
  }

  /** Whether the format of each source needs a header, by source. */
  get headers(): Map<string, boolean> {
    return new Map(this.workerConfig.sources.map(({ name }, place) => [name, this.#headers[place] === true]))
  }

  /** How the format of each source splits streams into records, by source. */
  get framings(): Map<string, Framing> {
    return new Map(this.workerConfig.sources.map(({ name }, place) => [name, this.#framings[place] ?? LINES]))
  }

  /** The number of workers, ready or not. */
  get workers(): number {
    return this.#workers.size
  }

  /** Resolves once the first workers have created their plugins. Rejects if one could not, and closes the pool. */
  async start(): Promise<void> {
    const spawned = Array.from({ length: this.#first }, () => this.#spawn())
    try {
      await Promise.all(spawned.map(({ ready }) => ready))
    } catch (error) {
      await this.close(0)
      throw error
    }
    const [first] = spawned as [PooledWorker]
    this.#headers = first.headers
    this.#framings = first.framings
    this.stride = first.stride
    this.#declared = first.metrics
    // Once for the configuration, not by each worker that makes its plugins.
    for (const { owner, message } of first.clamped)
      this.#ports.log({ type: 'log', level: 'warn', cause: owner, message, fields: {} })
  }

  /** The declared metrics of the workers' plugins. */
  get declared(): readonly DeclaredMetrics[] {
    return this.#declared ?? []
  }

  /** Assigns waiting batches to workers with room for them. */
  dispatch(): void {
    while (this.#queue.size > 0 && !this.#closing.signal.aborted) {
      const worker = this.#withRoom()
      if (!worker) {
        this.#growIfBehind()
        return
      }
      let epoch: number | null = null
      const batch = this.#queue.next(each => {
        epoch = this.#allows(each) ? this.#ports.epochOf(each) : null
        return epoch !== null
      })
      if (!batch || epoch === null) return
      const place = this.#places.get(batch.source)
      // From a source that is no longer configured and whose thread did not end.
      if (place === undefined) this.#ports.abandoned(batch, 'the configuration no longer has their source')
      else this.#give(worker, batch, epoch, place)
    }
    this.#backlog.clear()
  }

  /**
   * The worker for the next batch. With little work it is the oldest, so that the others can be ended; with more, the
   * one with the least work.
   */
  #withRoom(): PooledWorker | undefined {
    let freest: PooledWorker | undefined
    for (const worker of this.#workers) {
      if (!worker.isReady || worker.isKilled || worker.unmapped >= AHEAD) continue
      if (this.#queue.size === 1) return worker
      if (worker.unmapped < (freest?.unmapped ?? AHEAD)) freest = worker
    }
    return freest
  }

  #give(worker: PooledWorker, batch: TrackedBatch, epoch: number, place: number): void {
    this.#givenAt.set(worker, performance.now())
    worker.send(batch, epoch, place)
    this.#lookout.wake()
  }

  /** Starts another worker if the waiting batches take the present ones too long. */
  #growIfBehind(): void {
    const { size } = this.#workers
    const isBehind = this.#backlog.isLasting(this.#queue.size, size, performance.now())
    if (!isBehind || this.#isGrowing || size >= this.#size) return
    this.#isGrowing = true
    this.#spawn().ready.then(
      () => {
        this.#isGrowing = false
        this.#backlog.clear()
      },
      async (error: Error) => {
        if (!this.#closing.signal.aborted) this.#couldNotStart(error)
        await sleep(RESPAWN_MS, this.#closing.signal)
        this.#isGrowing = false
      },
    )
  }

  /** Ends a worker that has been idle for long. */
  #shrinkIfIdle(): void {
    if (this.#workers.size === 1) return
    const since = performance.now() - IDLE_MS
    // The first worker is kept longest: its code is best optimised.
    for (const worker of [...this.#workers].reverse()) {
      if (!worker.isReady || worker.isKilled || worker.held.size > 0) continue
      if ((this.#givenAt.get(worker) ?? 0) > since) continue
      this.#workers.delete(worker)
      this.#givenAt.delete(worker)
      this.ready--
      const stopped = worker.stop(GRACE_MS).finally(() => this.#leaving.delete(stopped))
      this.#leaving.add(stopped)
      return
    }
  }

  /** Sets the terms of rankings, for batches that are assigned from now on. */
  trends(trends: Trends): void {
    if (isDeepStrictEqual(trends, this.#trends)) return
    this.#trends = trends
    for (const worker of this.#workers) if (worker.isReady) worker.post({ type: 'trends', trends })
  }

  /**
   * Starts to pass on recordings without a batch, including earlier ones: its configuration is now the running one.
   */
  use(): void {
    this.#isInUse = true
    for (const recorded of this.#early.splice(0)) this.#ports.recorded(recorded)
  }

  /** Assigns no batches until `resume`. */
  pause(): void {
    this.#allows = () => false
  }

  /** Assigns only batches whose group has begun, and all batches of these sources. */
  finish(sources: ReadonlySet<string>): void {
    this.#allows = ({ group, source }) => group.epoch !== null || sources.has(source)
    this.dispatch()
  }

  resume(): void {
    this.#allows = () => true
    this.dispatch()
  }

  /** Takes back all undelivered batches, and ends the workers. */
  abandonAll(): TrackedBatch[] {
    this.#closing.abort()
    const left = [...this.#workers].flatMap(worker => [...worker.held.values()])
    for (const worker of this.#workers) {
      worker.held.clear()
      void worker.stop(0)
    }
    return left
  }

  /** An epoch has ended: workers deliver their counts of it. */
  cut(): void {
    for (const worker of this.#workers) if (worker.isReady) worker.cut()
  }

  /** Ends the workers; with a grace of 0 immediately. */
  async close(graceMs = GRACE_MS): Promise<void> {
    this.#closing.abort()
    this.#lookout.stop()
    await Promise.all([...this.#leaving, ...[...this.#workers].map(worker => worker.stop(graceMs))])
    this.#workers.clear()
    this.ready = 0
  }

  #spawn(): PooledWorker {
    const worker = this.#begin(
      this.workerConfig,
      this.#declared,
      { threaded: this.#size > 0, workerMemory: this.#workerMemory },
      {
        message: (from, message) => {
          if (message.type === 'sampled') this.#ports.sampled(message.posts)
          else if (message.type === 'delta') this.#delivered(message, from.deliver(message.batches))
          else if (message.type === 'done') {
            const batch = from.held.get(message.number)
            this.#backlog.took(message.ms)
            if (batch) this.#ports.mapped(batch, message.rejections, message.ms)
            this.dispatch()
          } else if (message.type === 'store')
            void this.#ports.store(message).then(result => from.post(result))
          else if (message.type === 'recorded') this.#record(message.recorded)
          else if (message.type === 'log' || message.type === 'suppressed') this.#ports.log(message)
        },
        ended: (ended, reason) => this.#replace(ended, reason),
      },
    )
    this.#workers.add(worker)
    this.#lookout.wake()
    worker.ready.then(
      () => {
        this.ready++
        this.#givenAt.set(worker, performance.now())
        this.#checkDeclared(worker)
        if (Object.keys(this.#trends).length > 0) worker.post({ type: 'trends', trends: this.#trends })
        this.dispatch()
      },
      () => this.#workers.delete(worker),
    )
    return worker
  }

  #delivered(delta: Delta, batches: TrackedBatch[]): void {
    // For batches that were taken back, which count as given up.
    if (batches.length > 0) this.#ports.delta(delta, batches)
  }

  #record(recorded: EncodedPlugins): void {
    if (this.#isInUse) this.#ports.recorded(recorded)
    else this.#early.push(recorded)
  }

  /** A plugin's file may have changed since the configuration was loaded. */
  #checkDeclared({ metrics }: PooledWorker): void {
    for (const { owner, plugin } of this.#declared ?? []) {
      const find = (all: readonly DeclaredMetrics[]) => all.find(declared => declared.owner === owner)
      if (isDeepStrictEqual(find(metrics), find(this.declared))) continue
      this.#ports.log({
        type: 'log',
        level: 'warn',
        cause: owner,
        message: 'a plugin that was made again declares other metrics; they are exported after a reload',
        fields: { plugin },
      })
    }
  }

  /** Returns whether any worker has work. */
  #watch(): boolean {
    let isBusy = false
    for (const worker of this.#workers) isBusy = worker.watch(this.workerConfig.pluginTimeout) || isBusy
    this.#shrinkIfIdle()
    // Also if workers report nothing because they take long.
    this.dispatch()
    return isBusy
  }

  /** Reassigns the undelivered batches of a dead worker, without the call in which it died. */
  #replace(worker: PooledWorker, reason: EndReason): void {
    this.#workers.delete(worker)
    this.#givenAt.delete(worker)
    if (worker.isReady) this.ready--
    if (this.#closing.signal.aborted) return
    const blame = this.#blame(worker, reason)
    this.#ports.restarted(reason, blame)
    for (const batch of [...worker.held.values()].reverse()) {
      if (batch.attempts >= MAX_ATTEMPTS) this.#ports.abandoned(batch, 'workers kept dying over them')
      else this.#queue.unshift(batch)
    }
    this.dispatch()
    void this.#respawn()
  }

  /** Determines which call must not be repeated; outside of any call, records that the batch was being mapped. */
  #blame(worker: PooledWorker, reason: EndReason): string {
    const { calls, batch: number, record, lastRecord, post, plugin } = worker.activity.read()
    const batch = worker.held.get(number)
    if (!batch) return 'none'
    if (calls % 2 === 0) {
      // A thread that hung between calls may only need time, and gets more of it.
      if (reason === 'timeout') batch.stalls++
      else batch.attempts++
      return 'none'
    }
    // The worker died in a call, and not because of the batches it had mapped before.
    for (const held of worker.held.values()) held.attempts = 0
    const skip: Skip = { plugin, record, lastRecord, post, reason }
    batch.skips.push(skip)
    const { sources, scorers, extractors } = this.workerConfig
    const names = [
      ...sources.map(({ format }) => `format ${format.name}`),
      ...scorers.map(({ name }) => `scorer ${name}`),
      ...extractors.map(({ name }) => `extractor ${name}`),
    ]
    return names[plugin] ?? 'none'
  }

  #couldNotStart({ message: reason }: Error): void {
    const message = 'a worker could not be started'
    this.#ports.log({ type: 'log', level: 'error', cause: 'worker', message, fields: { reason } })
  }

  async #respawn(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        await this.#spawn().ready
        return
      } catch (error) {
        this.#couldNotStart(error as Error)
        // Its plugins were created before, so the cause may be temporary, such as a service that a plugin calls at
        // its start.
        await sleep(RESPAWN_MS, this.#closing.signal)
      }
    }
  }
}
