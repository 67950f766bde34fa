import type { Skip } from '../../pipeline/job.ts'
import type { Position, Receipt } from '../../plugin/source.ts'
import type { BatchFromSource, Coverage } from '../threads/messages.ts'

/** A batch that the exporter holds until a delta counts all of it. */
export interface HeldBatch extends Omit<BatchFromSource, 'type'> {
  /** Unique in the process; `sourceId` is what the source's thread calls it. */
  id: number
  sourceId: number
  source: string
  /** The first record that no delta counts yet. */
  from: number
  /** Calls that must not be made again, since a worker did not survive them. */
  skips: Skip[]
  /** Times that a worker died over it without anybody to blame. */
  attempts: number
  /** Unix milliseconds; null while no post of it is counted. */
  maxEventTime: number | null
  covered: boolean
}

/**
 * The batches of one source that are on their way, in the order in which they were handed over. Workers finish them
 * in any order; positions and event time move only past what is counted without a gap.
 */
export class Ledger {
  readonly source: string
  readonly #held = new Map<number, HeldBatch>()
  #bytes = 0
  #position: Position | undefined
  #waiting: (() => void)[] = []

  constructor(source: string, position?: Position) {
    this.source = source
    this.#position = position
  }

  /** Where the source is once all that is counted without a gap is taken for read. */
  get position(): Position | undefined {
    return this.#position
  }

  get batches(): number {
    return this.#held.size
  }

  get bytes(): number {
    return this.#bytes
  }

  hold(id: number, message: BatchFromSource): HeldBatch {
    const { id: sourceId, type: _, ...rest } = message
    const batch: HeldBatch = {
      ...rest,
      id,
      source: this.source,
      sourceId,
      from: 0,
      skips: [],
      attempts: 0,
      maxEventTime: null,
      covered: false,
    }
    this.#held.set(id, batch)
    this.#bytes += batch.memory.byteLength
    return batch
  }

  /**
   * Notes what a delta that is merged counts of a batch. Returns the batches that are now counted with all before them,
   * oldest first.
   */
  cover({ id, whole, maxEventTime }: Coverage): HeldBatch[] {
    const batch = this.#held.get(id)
    if (!batch) return []
    if (maxEventTime !== null) batch.maxEventTime = Math.max(batch.maxEventTime ?? maxEventTime, maxEventTime)
    if (!whole) return []
    batch.covered = true
    this.#bytes -= batch.memory.byteLength
    const settled: HeldBatch[] = []
    for (const [heldId, held] of this.#held) {
      if (!held.covered) break
      this.#held.delete(heldId)
      if (held.position !== undefined) this.#position = held.position
      settled.push(held)
    }
    if (this.#held.size === 0) for (const resolve of this.#waiting.splice(0)) resolve()
    return settled
  }

  /** Resolves when nothing is on its way, or the signal is aborted. */
  async empty(signal?: AbortSignal): Promise<void> {
    if (this.#held.size === 0 || signal?.aborted) return
    await new Promise<void>(resolve => {
      this.#waiting.push(resolve)
      signal?.addEventListener('abort', () => resolve(), { once: true })
    })
  }
}

/** What a source is told of a batch it submitted. */
export function receiptOf(records: number, refused: Receipt['refused']): Receipt {
  return { accepted: records - refused.length, refused }
}
