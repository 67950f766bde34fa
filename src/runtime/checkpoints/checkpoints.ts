import type { CounterName } from '../../catalogue/metrics.ts'
import { sleep } from '../../plugin/abort.ts'
import { Backoff, type BackoffOptions } from '../../plugin/backoff.ts'
import type { Position } from '../../plugin/source.ts'
import type { ClosedWindow } from '../../state/event-window.ts'
import type { EncodedPlugins } from '../../state/plugin-metrics.ts'
import { deltaShapeOf } from '../../state/shape.ts'
import type { State } from '../../state/state.ts'
import type { BatchGroup, TrackedBatch } from '../batch.ts'
import type { Delta } from '../threads/messages.ts'
import { Epoch } from './epoch.ts'
import type { EpochRecord } from './epoch-record.ts'
import { Merger } from './merger.ts'
import { OwnCounts } from './own-counts.ts'

/** Epochs that may wait for their commit before workers get nothing more. */
const MAX_UNCOMMITTED = 4

/** How long to wait before a commit that failed is tried again, in milliseconds. */
const RETRY: BackoffOptions = { initial: 200, max: 5000, healthyAfter: 0 }

/** How long an epoch takes batches when a sender waits for its commit, in milliseconds. */
const AWAITED_MS = 20

/** With this many batches an epoch that is not stored is cut early, since its deltas take memory: */
const MANY_BATCHES = 16

/** … this long after it began, in milliseconds. */
const MANY_MS = 200

/** Advances of event time without anything to count, after which they are committed all the same. */
const MAX_TICKS = 600

/** What commits are made with. */
export interface CommitPort {
  /** Resolves once the record is on disk. Rejects where it could not be written; nothing of it is then. */
  commit(record: EpochRecord): Promise<void>
}

/** What checkpoints need of the runtime. */
export interface CheckpointPorts {
  /** An epoch was cut: workers are to deliver what they counted of it. */
  cut(): void
  /** A delta was delivered: the memory of its batches is free. */
  delivered(batches: readonly TrackedBatch[]): void
  /** Workers may be given batches again. */
  dispatch(): void
  /** A record is committed and merged. */
  committed(commit: Commit): void
  /** Windows closed as event time moved with the clock. */
  closed(windows: ClosedWindow[]): void
  /** A commit failed; it is tried again after a while. */
  failed(error: Error): void
}

/** What was committed. */
export interface Commit {
  record: EpochRecord
  /** By source: the batches that it counts. */
  batches: ReadonlyMap<string, readonly TrackedBatch[]>
  /** Windows that closed with it. */
  closed: ClosedWindow[]
}

export interface CheckpointOptions {
  /** How long an epoch takes batches, in milliseconds. */
  intervalMs: number
  /** Whether closed windows are wanted, now. */
  collect: () => boolean
  /** Null where there is no state directory: an epoch is then committed once it is complete. */
  store: CommitPort | null
  /** The number of the last record of an earlier run. */
  lastRecord: number
  /** Merges what is committed, instead of into the state. Returns the windows that closed with it. */
  merge?: Merger['merge']
  /** Draws the waits between tries of a commit; for tests. */
  random?: () => number
}

/**
 * Cuts the stream of batches into epochs, commits them one after the other and merges what is committed into the live
 * state. An epoch begins with its first batch, takes what is given to workers in the next `intervalMs` milliseconds, is
 * complete once every batch of it is counted, then committed, then merged, and only then seen. What the main thread
 * counts itself goes with the next commit; where an epoch takes longer to complete, it has a commit of its own.
 */
export class Checkpoints {
  readonly #state: State
  readonly #options: CheckpointOptions
  readonly #ports: CheckpointPorts
  readonly #merge: Merger['merge']
  /** Epochs that are not committed, oldest first; the last one is open. */
  #epochs: Epoch[]
  #own: OwnCounts
  /** Whether the main thread's own counts are due, even if no epoch is complete. */
  #ownIsDue = false
  #lastRecord: number
  #timer: NodeJS.Timeout | undefined
  #dueAt = 0
  /** A record is made that is not merged yet. */
  #isCommitting = false
  #isRunning = false
  #isPaused = false
  #ticks: number[] = []
  /** The latest position of each partition that an epoch took on, by source. */
  readonly #latest = new Map<string, Map<string, Position>>()
  /** Groups that were taken out of their epochs and are in none. */
  readonly #postponed = new Set<BatchGroup>()
  #waiting: (() => void)[] = []
  readonly #closing = new AbortController()

  constructor(state: State, options: CheckpointOptions, ports: CheckpointPorts) {
    this.#state = state
    this.#options = options
    this.#ports = ports
    const merger = new Merger(state)
    this.#merge = options.merge ?? ((record, advance) => merger.merge(record, advance))
    this.#lastRecord = options.lastRecord
    this.#epochs = [this.#newEpoch(1)]
    this.#own = new OwnCounts(deltaShapeOf(state.shape))
  }

  /** The number of the last record that is committed and merged. */
  get lastRecord(): number {
    return this.#lastRecord
  }

  /** Epochs that are cut and not committed yet. */
  get uncommitted(): number {
    return this.#epochs.length - 1
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  /** The epoch that a batch is counted in, as it is given to a worker; null while too many wait for their commit. */
  epochOf({ group }: TrackedBatch): number | null {
    if (group.epoch !== null) return group.epoch
    if (this.uncommitted >= MAX_UNCOMMITTED) return null
    return this.#adopt(group)
  }

  /** Takes a delta, and the batches that it counts. */
  deliver(delta: Delta, batches: readonly TrackedBatch[]): void {
    this.#epoch(delta.epoch)?.deliver(delta, batches.length)
    for (const { group } of batches) group.delivered++
    this.#ports.delivered(batches)
    void this.#advanceCommits()
  }

  /** Counts what did not come from a batch. */
  count(name: CounterName, values: readonly string[], n = 1): void {
    this.#own.count(name, values, n)
    this.#arm()
  }

  /** Notes that the exporter ran, and which sources were down meanwhile. As in {@link OwnCounts.ran}. */
  ran(at: number, ms: number, down: readonly string[]): void {
    this.#own.ran(at, ms, down)
    this.#arm()
  }

  /** Adds what plugins recorded that belongs to no batch. */
  record(recorded: EncodedPlugins): void {
    this.#own.record(recorded)
    this.#arm()
  }

  /** A batch is given up: its records count as dropped for that reason. */
  abandon(batch: TrackedBatch, reason: string): void {
    const number = batch.group.epoch ?? this.#adopt(batch.group)
    this.#epoch(number)?.abandon(batch, reason)
    batch.group.delivered++
    this.#ports.delivered([batch])
    void this.#advanceCommits()
  }

  /**
   * Takes a group out of its epoch, so that another one takes it on later. Returns false where part of it is counted
   * already.
   */
  postpone(group: BatchGroup): boolean {
    if (group.epoch === null) return true
    if (group.delivered > 0) return false
    this.#epoch(group.epoch)?.remove(group)
    group.epoch = null
    group.isPostponed = true
    this.#postponed.add(group)
    // Positions must not pass it: the epoch that takes on the last of them moves them to the latest.
    for (const { source, partition } of group.batches)
      for (const epoch of this.#epochs) epoch.move(source, partition, undefined)
    void this.#advanceCommits()
    return true
  }

  /** Notes that a partition (null: all of a source) holds back event time no longer; `forget` drops its position. */
  release(source: string, partition: string | null, forget: boolean): void {
    this.#own.release(source, partition)
    // The store drops the positions of a source when the configuration no longer has it.
    if (forget && partition === null) this.#latest.delete(source)
    else if (forget && partition !== null) {
      this.#own.dropPosition(source, partition)
      this.#latest.get(source)?.delete(partition)
    }
    this.#arm()
  }

  /** Moves event time on with the clock; what it does is committed with the next record. */
  tick(now: number): void {
    // A record is replayed as ticks, then merges: a tick between its commit and its merge would be lost.
    if (this.#isCommitting) return
    const closed = this.#state.advance(now, { collect: this.#options.collect() })
    if (this.#options.store) {
      this.#ticks.push(now)
      if (this.#ticks.length >= MAX_TICKS) {
        this.#ownIsDue = true
        void this.#advanceCommits()
      }
    }
    if (closed.length > 0) this.#ports.closed(closed)
  }

  /** Cuts the epoch at hand, where there is anything in it, and commits the main thread's own counts. */
  cut(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const epoch = this.#open
    if (!epoch.isEmpty) {
      epoch.cut()
      this.#epochs.push(this.#newEpoch(epoch.number + 1))
      this.#ports.cut()
    }
    this.#ownIsDue ||= !this.#own.isEmpty
    void this.#advanceCommits()
  }

  /** Resolves once all that was given to workers or counted so far is committed and merged. */
  async settled(): Promise<void> {
    while (!this.isClosed) {
      this.cut()
      if (this.uncommitted === 0 && this.#own.isEmpty && !this.#isCommitting) return
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
  }

  /** Commits nothing more until `resume`: what is counted meanwhile may come to have another shape. */
  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    void this.#advanceCommits()
  }

  /** Takes on the shape that the state has now. Nothing may be in flight. */
  reshape(): void {
    this.#epochs = [this.#newEpoch(this.#open.number + 1)]
    this.#own = this.#own.reshaped(deltaShapeOf(this.#state.shape))
  }

  /** Commits nothing more. */
  close(): void {
    this.#closing.abort()
    clearTimeout(this.#timer)
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** The epoch at hand. */
  get #open(): Epoch {
    return this.#epochs.at(-1) as Epoch
  }

  #adopt(group: BatchGroup): number {
    const epoch = this.#open
    group.epoch = epoch.number
    epoch.add(group)
    this.#postponed.delete(group)
    for (const { source, partition, position } of group.batches) {
      const latest = this.#latest.get(source) ?? new Map<string, Position>()
      this.#latest.set(source, latest)
      // After one that was postponed comes what had overtaken it.
      if (position !== undefined && !(group.isPostponed && latest.has(partition)))
        latest.set(partition, position)
      if (latest.has(partition) && !this.#isPostponed(source, partition))
        epoch.move(source, partition, latest.get(partition))
    }
    // A sender waits for the commit of a batch that it submitted.
    const isAwaited =
      this.#options.store && group.batches.some(({ acknowledge }) => acknowledge === 'committed')
    if (isAwaited) this.#arm(AWAITED_MS)
    else if (!this.#options.store && epoch.size >= MANY_BATCHES) this.#arm(MANY_MS)
    else this.#arm()
    return group.epoch
  }

  /** Whether a group of the partition waits to be taken on again. */
  #isPostponed(source: string, partition: string): boolean {
    for (const { batches } of this.#postponed)
      if (batches.some(batch => batch.source === source && batch.partition === partition)) return true
    return false
  }

  #newEpoch(number: number): Epoch {
    return new Epoch(number, deltaShapeOf(this.#state.shape))
  }

  #epoch(number: number): Epoch | undefined {
    return this.#epochs.find(epoch => epoch.number === number)
  }

  #arm(ms = this.#options.intervalMs): void {
    const dueAt = performance.now() + ms
    if (this.#timer && dueAt >= this.#dueAt) return
    clearTimeout(this.#timer)
    this.#dueAt = dueAt
    this.#timer = setTimeout(() => this.cut(), ms)
  }

  /** Commits and merges the epochs that are complete, in order. */
  async #advanceCommits(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    try {
      while (!this.isClosed && !this.#isPaused) {
        const [first] = this.#epochs
        const epoch = first?.isComplete ? first : null
        if (!epoch && !this.#ownIsDue) return
        this.#ownIsDue = false
        await this.#commit(epoch)
      }
    } finally {
      this.#isRunning = false
    }
  }

  async #commit(epoch: Epoch | null): Promise<void> {
    this.#isCommitting = true
    const own = this.#own.take()
    const record: EpochRecord = {
      epoch: this.#lastRecord + 1,
      ticks: this.#ticks.splice(0),
      now: Date.now(),
      deltas: [...(epoch?.deltas ?? []), ...own.deltas],
      ids: epoch?.ids ?? [],
      positions: [...own.positions, ...(epoch ? positionsOf(epoch) : [])],
    }
    await this.#write(record)
    if (this.isClosed) return
    this.#lastRecord = record.epoch
    const closed = await this.#merge(record, { collect: this.#options.collect() })
    if (epoch) this.#epochs.shift()
    this.#isCommitting = false
    this.#ports.committed({ record, batches: epoch?.batches ?? new Map(), closed })
    if (epoch) this.#ports.dispatch()
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  async #write(record: EpochRecord): Promise<void> {
    const backoff = new Backoff(RETRY, this.#options.random)
    while (this.#options.store && !this.isClosed) {
      try {
        return await this.#options.store.commit(record)
      } catch (error) {
        this.#ports.failed(error as Error)
        await sleep(backoff.next(), this.#closing.signal)
      }
    }
  }
}

const positionsOf = (epoch: Epoch): EpochRecord['positions'] =>
  [...epoch.positions].flatMap(([source, positions]) =>
    Array.from(positions, ([partition, position]): EpochRecord['positions'][number] => [
      source,
      partition,
      position,
    ]),
  )
