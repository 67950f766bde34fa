import { setTimeout as sleep } from 'node:timers/promises'
import type { Refusal, Skip } from '../../pipeline/job.ts'
import type { Plan } from '../../pipeline/plan.ts'
import type { HeldBatch } from '../sources/in-flight.ts'
import type { Coverage, Delta, LogMessage, SuppressedMessage } from '../threads/messages.ts'
import { type EndReason, WorkerHandle } from './worker-handle.ts'

/** Batches handed to a worker ahead of the one it maps, so that it never waits for the main thread. */
const AHEAD = 2

/** A batch over which so many workers have died, with nobody to blame, is given up. */
const MAX_ATTEMPTS = 3

const RESPAWN_MS = 1000

/** How long workers have, unless told, to finish what they were given and to close their plugins, in milliseconds. */
const GRACE_MS = 5000

export interface PoolEvents {
  /** A delta, and what it counts. `plan` is the one it was made by. */
  delta(plan: Plan, delta: Delta): void
  /** A submitted batch is decoded. */
  receipt(batch: HeldBatch, refusals: Refusal[]): void
  /** A worker died or was ended; another takes its place. */
  restarted(reason: EndReason, blame: string): void
  /** A batch is given up, from its first uncounted record on, for that reason. */
  abandoned(batch: HeldBatch, why: string): void
  log(message: LogMessage | SuppressedMessage): void
}

/** Worker threads, the batches that wait for them, and what becomes of those when a worker dies. */
export class WorkerPool {
  readonly plan: Plan
  readonly #events: PoolEvents
  readonly #size: number
  readonly #heapBytes: number
  readonly #workers = new Set<WorkerHandle>()
  readonly #places: Map<string, number>
  /** Batches that wait, by source: sources take turns, so that a backlog in one does not hold up another. */
  readonly #waiting = new Map<string, HeldBatch[]>()
  readonly #watchdog: NodeJS.Timeout
  #handOver: ((batch: HeldBatch) => boolean) | null = null
  /** Deltas handed over and not yet merged. */
  #merging = 0
  #headers: boolean[] = []
  #empty: (() => void)[] = []
  #closed = false

  /** @param size worker threads; 0 runs one worker in the main thread, for debugging */
  constructor(plan: Plan, { size, heapBytes }: { size: number; heapBytes: number }, events: PoolEvents) {
    this.plan = plan
    this.#size = size
    this.#heapBytes = heapBytes
    this.#events = events
    this.#places = new Map(plan.sources.map(({ name }, place) => [name, place]))
    this.#watchdog = setInterval(() => this.#watch(), Math.max(10, Math.min(100, plan.pluginTimeout / 4)))
  }

  /** Worker threads that are ready. */
  ready = 0

  /** Whether the format of each source needs a header, by source. */
  get headers(): Map<string, boolean> {
    return new Map(this.plan.sources.map(({ name }, place) => [name, this.#headers[place] === true]))
  }

  /** Resolves once every worker has made its plugins. Rejects with the first that could not, and closes the pool. */
  async start(): Promise<void> {
    const spawned = Array.from({ length: Math.max(1, this.#size) }, () => this.#spawn())
    try {
      await Promise.all(spawned.map(({ ready }) => ready))
    } catch (error) {
      await this.close(0)
      throw error
    }
    this.#headers = (spawned[0] as WorkerHandle).headers
  }

  submit(batch: HeldBatch): void {
    if (!this.#places.has(batch.source)) {
      // Of a source that the configuration no longer has, whose thread would not end.
      this.#events.abandoned(batch, 'the configuration no longer has their source')
      return
    }
    const waiting = this.#waiting.get(batch.source)
    if (waiting) waiting.push(batch)
    else this.#waiting.set(batch.source, [batch])
    this.#dispatch()
  }

  /** Says that a delta that was handed over is merged. */
  merged(): void {
    this.#merging--
    this.#tellIfEmpty()
  }

  /**
   * Lets another pool do what its workers have not begun, and what they leave behind should they die.
   * @param handOver takes a batch, or says that it cannot: then this pool maps it after all
   */
  retire(handOver: (batch: HeldBatch) => boolean): void {
    this.#handOver = handOver
    for (const [source, waiting] of this.#waiting)
      this.#waiting.set(
        source,
        waiting.filter(batch => !handOver(batch)),
      )
    this.#tellIfEmpty()
  }

  /** Gives up what waits, for want of a worker that could map it. */
  abandonWaiting(): void {
    const waiting = [...this.#waiting.values()].flat()
    this.#waiting.clear()
    for (const batch of waiting) this.#events.abandoned(batch, 'no worker came back for them')
    this.#tellIfEmpty()
  }

  /** Resolves once all that was submitted is counted, and merged. */
  async drained(): Promise<void> {
    if (!this.#isEmpty()) await new Promise<void>(resolve => this.#empty.push(resolve))
  }

  /** Ends the workers; with a grace of 0 at once. */
  async close(graceMs = GRACE_MS): Promise<void> {
    this.#closed = true
    clearInterval(this.#watchdog)
    await Promise.all([...this.#workers].map(worker => worker.stop(graceMs)))
    this.#workers.clear()
    this.ready = 0
  }

  #tellIfEmpty(): void {
    if (this.#isEmpty()) for (const resolve of this.#empty.splice(0)) resolve()
  }

  #isEmpty(): boolean {
    return (
      this.#merging === 0 &&
      [...this.#workers].every(({ held }) => held.size === 0) &&
      [...this.#waiting.values()].every(w => w.length === 0)
    )
  }

  #spawn(): WorkerHandle {
    const worker = new WorkerHandle(
      this.plan,
      { threaded: this.#size > 0, heapBytes: this.#heapBytes },
      {
        message: (from, message) => {
          if (message.type === 'delta') {
            this.#merging++
            deliver(from, message.covered)
            this.#events.delta(this.plan, message)
          } else if (message.type === 'done') {
            const batch = from.held.get(message.id)
            if (batch && message.refusals) this.#events.receipt(batch, message.refusals)
            this.#dispatch()
          } else if (message.type === 'log' || message.type === 'suppressed') this.#events.log(message)
        },
        ended: (ended, reason) => this.#replace(ended, reason),
      },
    )
    this.#workers.add(worker)
    worker.ready.then(
      () => {
        this.ready++
        this.#dispatch()
      },
      () => this.#workers.delete(worker),
    )
    return worker
  }

  #dispatch(): void {
    for (;;) {
      let freest: WorkerHandle | undefined
      for (const worker of this.#workers)
        if (
          worker.isReady &&
          !worker.isKilled &&
          worker.unmapped < AHEAD &&
          worker.unmapped < (freest?.unmapped ?? AHEAD)
        )
          freest = worker
      const batch = freest && this.#next()
      if (!freest || !batch) return
      freest.send(batch, this.#places.get(batch.source) as number)
    }
  }

  /** The next batch, of the source whose turn it is. */
  #next(): HeldBatch | undefined {
    for (const [source, waiting] of this.#waiting) {
      const batch = waiting.shift()
      if (!batch) continue
      // To the back of the row.
      this.#waiting.delete(source)
      this.#waiting.set(source, waiting)
      return batch
    }
    return undefined
  }

  #watch(): void {
    for (const worker of this.#workers) worker.watch(this.plan.pluginTimeout)
  }

  /** Gives what a dead worker had not yet told of to another, all but the call that it died in. */
  #replace(worker: WorkerHandle, reason: EndReason): void {
    this.#workers.delete(worker)
    if (worker.isReady) this.ready--
    if (this.#closed) return
    const blame = this.#blame(worker, reason)
    this.#events.restarted(reason, blame)
    for (const batch of [...worker.held.values()].reverse()) {
      if (batch.attempts >= MAX_ATTEMPTS) this.#events.abandoned(batch, 'workers kept dying over them')
      else if (!this.#handOver?.(batch)) {
        const waiting = this.#waiting.get(batch.source) ?? []
        waiting.unshift(batch)
        this.#waiting.set(batch.source, waiting)
      }
    }
    this.#tellIfEmpty()
    void this.#respawn()
  }

  /** Notes which call must not be made again; where no call was under way, that the batch was at hand. */
  #blame(worker: WorkerHandle, reason: EndReason): string {
    const { calls, batch: id, record, lastRecord, post, plugin } = worker.progress.read()
    const batch = worker.held.get(id)
    if (!batch) return 'nobody'
    if (calls % 2 === 0) {
      batch.attempts++
      return 'nobody'
    }
    const skip: Skip = { plugin, record, lastRecord, post, reason }
    batch.skips.push(skip)
    const { sources, scorers, extractors } = this.plan
    const names = [
      ...sources.map(({ format }) => `format ${format.name}`),
      ...scorers.map(({ name }) => `scorer ${name}`),
      ...extractors.map(({ name }) => `extractor ${name}`),
    ]
    return names[plugin] ?? 'nobody'
  }

  async #respawn(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.#spawn().ready
        return
      } catch (error) {
        const fields = { reason: (error as Error).message }
        this.#events.log({
          type: 'log',
          level: 'error',
          cause: 'worker',
          message: 'a worker could not be started',
          fields,
        })
        // Its plugins could be made before: what fails now may pass, such as a service that a plugin asks at its start.
        await sleep(RESPAWN_MS)
      }
    }
  }
}

/** A worker has told what it counted of these: should it die now, that must not be counted again. */
function deliver(worker: WorkerHandle, covered: readonly Coverage[]): void {
  for (const { id, upTo, whole } of covered) {
    const batch = worker.held.get(id)
    if (!batch) continue
    // Whatever workers died of, it was not that this batch gets nowhere.
    if (upTo > batch.from) batch.attempts = 0
    batch.from = upTo
    if (whole) worker.held.delete(id)
  }
}
