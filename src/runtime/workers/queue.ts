import type { BatchGroup, TrackedBatch } from '../batch.ts'

/** Batches waiting for a worker, by source: sources take turns, so that a backlog in one does not delay another. */
export class BatchQueue {
  readonly #waiting = new Map<string, TrackedBatch[]>()
  #size = 0

  get size(): number {
    return this.#size
  }

  sizeOf(source: string): number {
    return this.#waiting.get(source)?.length ?? 0
  }

  push({ batches }: BatchGroup): void {
    for (const batch of batches) this.#of(batch.source).push(batch)
    this.#size += batches.length
  }

  /** Puts back a batch that a worker did not finish, before all others of its source. */
  unshift(batch: TrackedBatch): void {
    this.#of(batch.source).unshift(batch)
    this.#size++
  }

  /** The next batch that `wanted` allows, of the source whose turn it is. */
  next(wanted: (batch: TrackedBatch) => boolean = () => true): TrackedBatch | undefined {
    for (const [source, waiting] of this.#waiting) {
      const [first] = waiting
      if (!first || !wanted(first)) continue
      waiting.shift()
      this.#size--
      // Moves the source to the end of the order.
      this.#waiting.delete(source)
      if (waiting.length > 0) this.#waiting.set(source, waiting)
      return first
    }
    return undefined
  }

  /** Waiting batches that already belong to an epoch: of a worker that died, or of a group that has begun. */
  ofEpochs(): TrackedBatch[] {
    return [...this.#waiting.values()].flat().filter(({ group }) => group.epoch !== null)
  }

  remove(batch: TrackedBatch): void {
    const waiting = this.#waiting.get(batch.source)
    const at = waiting?.indexOf(batch) ?? -1
    if (!waiting || at < 0) return
    waiting.splice(at, 1)
    this.#size--
  }

  /** Removes the remaining batches of a source. */
  take(source: string): TrackedBatch[] {
    const taken = this.#waiting.get(source) ?? []
    this.#waiting.delete(source)
    this.#size -= taken.length
    return taken
  }

  #of(source: string): TrackedBatch[] {
    let waiting = this.#waiting.get(source)
    if (!waiting) {
      waiting = []
      this.#waiting.set(source, waiting)
    }
    return waiting
  }
}
