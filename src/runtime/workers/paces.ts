import { BATCH_RECORDS } from '../../pipeline/batch.ts'
import type { TrackedBatch } from '../batch.ts'

/** How long a worker should take over a batch, in milliseconds: an epoch cannot end sooner than its batches. */
const TARGET_MS = 200

/** How much the latest batch counts against those before it. */
const WEIGHT = 0.3

/** How many records of each source a batch should hold, from how long workers took over the last ones. */
export class Paces {
  readonly #msPerRecord = new Map<string, number>()

  /**
   * Takes note of a batch. Returns how many records the next ones should hold: a power of two, so that it seldom
   * changes.
   * @param least records that workers map together; fewer would only make slow scorers slower
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
