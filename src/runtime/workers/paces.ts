import { BATCH_RECORDS } from '../../pipeline/batch.ts'
import type { TrackedBatch } from '../batch.ts'

/** How long a worker should take for a batch, in milliseconds: an epoch cannot end sooner than its batches. */
const TARGET_MS = 200

/** The weight of the latest batch against the earlier ones. */
const WEIGHT = 0.3

/** Computes how many records of each source a batch should hold, from how long workers took for the last ones. */
export class Paces {
  readonly #msPerRecord = new Map<string, number>()

  /**
   * Records a batch. Returns the size of the next ones in records: a power of two, so that it seldom changes.
   * @param least records that workers map at a time; smaller batches would only slow down slow scorers
   */
  observe({ source, records }: TrackedBatch, ms: number, least: number): number {
    const known = this.#msPerRecord.get(source)
    const sample = records === 0 ? known : ms / records
    const mean = sample === undefined ? 0 : known === undefined ? sample : known + WEIGHT * (sample - known)
    if (sample !== undefined) this.#msPerRecord.set(source, mean)
    const wanted = mean === 0 ? BATCH_RECORDS : TARGET_MS / mean
    const rounded = 2 ** Math.floor(Math.log2(Math.max(1, wanted)))
    return Math.min(BATCH_RECORDS, Math.max(least, rounded))
  }
}
