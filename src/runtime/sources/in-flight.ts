import type { Position } from '../../plugin/source.ts'
import type { Batch, BatchGroup, TrackedBatch } from '../batch.ts'

/**
 * The batches of one source that are in flight, by partition: from when its thread hands them over to the commit of
 * the epoch that counts them. A partition's position moves with commits only.
 */
export class InFlight {
  readonly source: string
  readonly #positions: Map<string, Position>
  readonly #open = new Map<string, TrackedBatch[]>()
  /** Batches that are not committed yet, by partition. */
  readonly #uncommitted = new Map<string, number>()
  readonly #held = new Set<TrackedBatch>()
  /** Batches that were ever tracked, by partition that is not closed. */
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

  /** Batches that hold memory. */
  get batches(): number {
    return this.#held.size
  }

  /** Bytes that they hold. */
  get bytes(): number {
    return this.#bytes
  }

  /** Tracks a batch. Returns the group that is whole with it, if one is: it may be given to workers. */
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
    this.#bytes += batch.memory.byteLength
    this.#uncommitted.set(batch.partition, (this.#uncommitted.get(batch.partition) ?? 0) + 1)
    if (batch.endsGroup) return this.#end(batch.partition, open)
    this.#open.set(batch.partition, open)
    return null
  }

  /** Batches of a partition that were tracked since it was opened. */
  tracked(partition: string): number {
    return this.#tracked.get(partition) ?? 0
  }

  /** Notes that a partition is closed. */
  close(partition: string): void {
    this.#tracked.delete(partition)
  }

  /** Partitions of which batches were handed over behind the last position. */
  openPartitions(): string[] {
    return [...this.#open.keys()]
  }

  /** Ends the group of a partition that is still being handed over, without a position. */
  split(partition: string): BatchGroup | null {
    const open = this.#open.get(partition)
    return open ? this.#end(partition, open) : null
  }

  /**
   * Drops batches that were handed over behind the last position, of a source whose run has ended: the next run
   * reads them again. Returns their batches.
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
    if (this.#held.delete(batch)) this.#bytes -= batch.memory.byteLength
  }

  /** The epoch of these batches is committed, with the positions that it ends at. */
  commit(batches: Iterable<TrackedBatch>, positions: Iterable<readonly [string, Position | null]>): void {
    for (const { partition } of batches) this.#count(partition, -1)
    for (const [partition, position] of positions) {
      if (position === null) this.#positions.delete(partition)
      else this.#positions.set(partition, position)
    }
    this.#tell()
  }

  /** Whether nothing (of a partition, where one is named) is in flight. */
  isEmpty(partition?: string): boolean {
    return partition === undefined ? this.#uncommitted.size === 0 : !this.#uncommitted.has(partition)
  }

  /** Resolves when nothing (of a partition, where one is named) is in flight, or the signal is aborted. */
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
