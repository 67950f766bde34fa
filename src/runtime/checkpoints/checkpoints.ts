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

/** How many epochs may wait for their commit before workers get no more batches. */
const MAX_UNCOMMITTED = 4

/** Waits before a failed commit is retried, in milliseconds. */
const RETRY: BackoffOptions = { initial: 200, max: 5000, healthyAfter: 0 }

/**
 * An epoch is cut at most this long after a worker received a batch whose sender waits for the commit; milliseconds.
 */
const AWAITED_MS = 20

/** Without a store, an epoch that reaches this number of batches is cut early, since its deltas take memory. */
const MANY_BATCHES = 16

/** The maximum time from then to the cut, in milliseconds. */
const MANY_MS = 200

/** After this many advances of event time without counts, they are committed nevertheless. */
const MAX_TICKS = 600

/** Makes records durable. */
export interface CommitPort {
  /** Resolves once the record is on disk. Rejects if it could not be written; then none of it is. */
  commit(record: EpochRecord): Promise<void>
}

/** The parts of the runtime that checkpoints call. */
export interface CheckpointPorts {
  /** An epoch was cut: workers must deliver their counts of it. */
  cut(): void
  /** A delta was delivered: the memory of its batches can be reused. */
  delivered(batches: readonly TrackedBatch[]): void
  /** Workers may receive batches again. */
  dispatch(): void
  /** A record is committed and merged. */
  committed(commit: Commit): void
  /** Windows closed because event time advanced with the clock. */
  closed(windows: ClosedWindow[]): void
  /** A commit failed; it will be retried. */
  failed(error: Error): void
}

/** A commit. */
export interface Commit {
  record: EpochRecord
  /** By source: the batches that it includes. */
  batches: ReadonlyMap<string, readonly TrackedBatch[]>
  /** Windows that closed with it. */
  closed: ClosedWindow[]
}

export interface CheckpointOptions {
  /** Length of an epoch, in milliseconds. */
  interval: number
  /** Whether closed windows are currently needed. */
  collect: () => boolean
  /** Null without a state directory: an epoch is then committed once it is complete. */
  store: CommitPort | null
  /** The number of the last record of an earlier run. */
  lastRecord: number
  /** Replaces the merge into the live state. Returns the windows that closed with it. */
  merge?: Merger['merge']
  /** Random numbers for the waits between retries; for tests. */
  random?: () => number
}

/**
 * Cuts the stream of batches into epochs, commits them in order and merges them into the live state. An epoch begins
 * with its first batch and includes what workers receive in the next `interval` milliseconds. It is complete when all
 * of its batches are counted; then it is committed, then merged, and only then visible. The main thread's own counts
 * are part of the next commit; if an epoch takes longer to complete, they get a commit of their own.
 */
export class Checkpoints {
  readonly #state: State
  readonly #options: CheckpointOptions
  readonly #ports: CheckpointPorts
  readonly #merge: Merger['merge']
  /** Uncommitted epochs, oldest first; the last one is open. */
  #epochs: Epoch[]
  #own: OwnCounts
  /** Whether the main thread's own counts must be committed, even if no epoch is complete. */
  #ownIsDue = false
  #lastRecord: number
  #timer: NodeJS.Timeout | undefined
  #dueAt = 0
  /** A record was made that is not merged yet. */
  #isCommitting = false
  #isRunning = false
  #isPaused = false
  #ticks: number[] = []
  /** The latest position of each partition in any epoch, by source. */
  readonly #latest = new Map<string, Map<string, Position>>()
  /** Groups that were taken out of their epochs and belong to none. */
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

  /** Epochs that are cut but not committed. */
  get uncommitted(): number {
    return this.#epochs.length - 1
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  /** The epoch of a batch that a worker is about to receive; null while too many epochs wait for their commit. */
  epochOf({ group }: TrackedBatch): number | null {
    if (group.epoch !== null) return group.epoch
    if (this.uncommitted >= MAX_UNCOMMITTED) return null
    return this.#adopt(group)
  }

  /** Adds a delta, and the batches that it includes. */
  deliver(delta: Delta, batches: readonly TrackedBatch[]): void {
    this.#epoch(delta.epoch)?.deliver(delta, batches.length)
    for (const { group } of batches) group.delivered++
    this.#ports.delivered(batches)
    void this.#advanceCommits()
  }

  /** Adds a count that does not belong to a batch. */
  count(name: CounterName, values: readonly string[], n = 1): void {
    this.#own.count(name, values, n)
    this.#arm()
  }

  /** Records that the exporter ran, and which sources were down meanwhile. As in {@link OwnCounts.ran}. */
  ran(at: number, ms: number, down: readonly string[]): void {
    this.#own.ran(at, ms, down)
    this.#arm()
  }

  /** Adds recordings of plugins that do not belong to a batch. */
  record(recorded: EncodedPlugins): void {
    this.#own.record(recorded)
    this.#arm()
  }

  /** Gives a batch up: its records count as dropped for that reason. */
  abandon(batch: TrackedBatch, reason: string): void {
    const number = batch.group.epoch ?? this.#adopt(batch.group)
    this.#epoch(number)?.abandon(batch, reason)
    batch.group.delivered++
    this.#ports.delivered([batch])
    void this.#advanceCommits()
  }

  /**
   * Takes a group out of its epoch, so that a later one can include it. Returns false if part of it is already
   * counted.
   */
  postpone(group: BatchGroup): boolean {
    if (group.epoch === null) return true
    if (group.delivered > 0) return false
    this.#epoch(group.epoch)?.remove(group)
    group.epoch = null
    group.isPostponed = true
    this.#postponed.add(group)
    // Positions must not pass it: the epoch that includes the last postponed group moves them to the latest.
    for (const { source, partition } of group.batches)
      for (const epoch of this.#epochs) epoch.move(source, partition, undefined)
    void this.#advanceCommits()
    return true
  }

  /**
   * Records that a partition (null: all of a source) no longer holds back event time; `forget` removes its position.
   */
  release(source: string, partition: string | null, forget: boolean): void {
    this.#own.release(source, partition)
    // The store removes the positions of a source when it is no longer configured.
    if (forget && partition === null) this.#latest.delete(source)
    else if (forget && partition !== null) {
      this.#own.dropPosition(source, partition)
      this.#latest.get(source)?.delete(partition)
    }
    this.#arm()
  }

  /** Advances event time with the clock; the effect is committed with the next record. */
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

  /** Cuts the open epoch, if it is not empty, and commits the main thread's own counts. */
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

  /** Resolves once everything that workers received or that was counted so far is committed and merged. */
  async settled(): Promise<void> {
    while (!this.isClosed) {
      this.cut()
      if (this.uncommitted === 0 && this.#own.isEmpty && !this.#isCommitting) return
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
  }

  /** Commits nothing more until `resume`, since new counts may have another shape. */
  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    void this.#advanceCommits()
  }

  /** Adopts the current shape of the state. Nothing may be in flight. */
  reshape(): void {
    this.#epochs = [this.#newEpoch(this.#open.number + 1)]
    this.#own = this.#own.reshaped(deltaShapeOf(this.#state.shape))
  }

  /** Ends all commits. */
  close(): void {
    this.#closing.abort()
    clearTimeout(this.#timer)
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** The open epoch. */
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
      // After a postponed group follow those that had overtaken it.
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

  /** Whether a group of the partition is postponed. */
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

  #arm(ms = this.#options.interval): void {
    const dueAt = performance.now() + ms
    if (this.#timer && dueAt >= this.#dueAt) return
    clearTimeout(this.#timer)
    this.#dueAt = dueAt
    this.#timer = setTimeout(() => this.cut(), ms)
  }

  /** Commits and merges the complete epochs, in order. */
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
