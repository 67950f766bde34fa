import type { Position } from '../../plugin/source.ts'
import { type Batch, type BatchGroup, bytesHeld, type TrackedBatch } from '../batch.ts'

const NO_MEMORY = new SharedArrayBuffer(0)

/**
 * Tracks the batches of one source in flight, by partition: from when its thread sends them until their epoch is
 * committed. A partition's position changes with commits only.
 */
export class InFlight {
  readonly source: string
  readonly #positions: Map<string, Position>
  readonly #open = new Map<string, TrackedBatch[]>()
  /** Uncommitted batches, by partition. */
  readonly #uncommitted = new Map<string, number>()
  readonly #held = new Set<TrackedBatch>()
  /** Batches ever tracked, by partition that is not closed. */
  readonly #tracked = new Map<string, number>()
  #bytes = 0
  #waiting: { isReached: () => boolean; resolve: () => void }[] = []

  constructor(source: string, positions: ReadonlyMap<string, Position> = new Map()) {
    this.source = source
    this.#positions = new Map(positions)
  }

  /** The last committed position of each partition. */
  get positions(): ReadonlyMap<string, Position> {
    return this.#positions
  }

  /** The number of batches that occupy memory. */
  get batches(): number {
    return this.#held.size
  }

  /** Their bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** Tracks a batch. If it completes a group, returns the group: workers may then receive it. */
  track(batch: Batch, number: number): BatchGroup | null {
    const open = this.#open.get(batch.partition) ?? []
    const tracked: TrackedBatch = {
      ...batch,
      number,
      source: this.source,
      group: { batches: open, epoch: null, delivered: 0, isPostponed: false },
      skips: [],
      attempts: 0,
      stalls: 0,
      rejected: [],
    }
    open.push(tracked)
    this.#tracked.set(batch.partition, this.tracked(batch.partition) + 1)
    this.#held.add(tracked)
    this.#bytes += bytesHeld(batch)
    this.#uncommitted.set(batch.partition, (this.#uncommitted.get(batch.partition) ?? 0) + 1)
    if (batch.endsGroup) return this.#end(batch.partition, open)
    this.#open.set(batch.partition, open)
    return null
  }

  /** Batches of a partition that were tracked since it was opened. */
  tracked(partition: string): number {
    return this.#tracked.get(partition) ?? 0
  }

  /** Records that a partition is closed. */
  close(partition: string): void {
    this.#tracked.delete(partition)
  }

  /** Partitions with batches after the last position. */
  openPartitions(): string[] {
    return [...this.#open.keys()]
  }

  /** Ends the incomplete group of a partition, without a position. */
  split(partition: string): BatchGroup | null {
    const open = this.#open.get(partition)
    return open ? this.#end(partition, open) : null
  }

  /**
   * Drops batches after the last position, of a source whose run has ended: the next run reads them again. Returns
   * those batches.
   */
  discardOpen(): TrackedBatch[] {
    const discarded = [...this.#open.values()].flat()
    this.#open.clear()
    for (const batch of discarded) {
      this.release(batch)
      this.#count(batch.partition, -1)
    }
    this.#tell()
    return discarded
  }

  /** The workers are done with a batch's memory. */
  release(batch: TrackedBatch): void {
    if (!this.#held.delete(batch)) return
    this.#bytes -= bytesHeld(batch)
    // It is tracked until its commit, for which a disk may take long.
    batch.memory = NO_MEMORY
    batch.header = undefined
  }

  /** The epoch of these batches is committed, with its end positions. */
  commit(batches: Iterable<TrackedBatch>, positions: Iterable<readonly [string, Position | null]>): void {
    for (const { partition } of batches) this.#count(partition, -1)
    for (const [partition, position] of positions) {
      if (position === null) this.#positions.delete(partition)
      else this.#positions.set(partition, position)
    }
    this.#tell()
  }

  /** Whether nothing is in flight, optionally of one partition. */
  isEmpty(partition?: string): boolean {
    return partition === undefined ? this.#uncommitted.size === 0 : !this.#uncommitted.has(partition)
  }

  /** Resolves when nothing is in flight (optionally of one partition), or the signal is aborted. */
  async empty(partition?: string, signal?: AbortSignal): Promise<void> {
    const isReached = () => this.isEmpty(partition)
    if (isReached() || signal?.aborted) return
    await new Promise<void>(resolve => {
      this.#waiting.push({ isReached, resolve })
      signal?.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  #end(partition: string, batches: TrackedBatch[]): BatchGroup {
    this.#open.delete(partition)
    const group: BatchGroup = { batches, epoch: null, delivered: 0, isPostponed: false }
    for (const batch of batches) batch.group = group
    return group
  }

  #count(partition: string, n: number): void {
    const left = (this.#uncommitted.get(partition) ?? 0) + n
    if (left > 0) this.#uncommitted.set(partition, left)
    else this.#uncommitted.delete(partition)
  }

  #tell(): void {
    const reached = this.#waiting.filter(({ isReached }) => isReached())
    this.#waiting = this.#waiting.filter(waiting => !reached.includes(waiting))
    for (const { resolve } of reached) resolve()
  }
}
