import type { Position } from '../../plugin/source.ts'
import type { EncodedState } from '../../state/state.ts'

/**
 * The counts of one epoch and its end positions: what a commit makes durable. Applying all records in order gives the
 * state: for each of `ticks` an advance, then a merge of each delta at `now`, then an advance at `now`.
 */
export interface EpochRecord {
  /**
   * The number of this record, one more than that of the record before, over all runs; the store and the log call it
   * the epoch. It is not `Epoch.number`.
   */
  epoch: number
  /** Times (Unix milliseconds) at which event time was advanced since the previous record, in order. */
  ticks: number[]
  /** When its first commit was attempted: Unix milliseconds. Its deltas are merged as of this time. */
  now: number
  /** Deltas in the order of merging. */
  deltas: EncodedState[]
  /** Slots of {@link SeenIds} that were written: pairs of slot and value, in order. */
  ids: Int32Array[]
  /** The position of each partition that moved; null if it was closed with `forget`. */
  positions: [source: string, partition: string, position: Position | null][]
}
