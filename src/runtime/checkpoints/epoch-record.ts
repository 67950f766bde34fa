import type { Position } from '../../plugin/source.ts'
import type { EncodedState } from '../../state/state.ts'

/**
 * What one epoch counted, and where it ends: what a commit makes durable. A state is what its records come to, applied
 * in order: for each of `ticks` an advance, then a merge of each delta at `now`, then an advance at `now`.
 */
export interface EpochRecord {
  /** Records are numbered without gaps. */
  epoch: number
  /** Times (Unix milliseconds) at which event time was advanced since the record before, in order. */
  ticks: number[]
  /** When it was committed, first tried to be: Unix milliseconds. Its deltas are merged as of then. */
  now: number
  /** Deltas in the order in which they are merged. */
  deltas: EncodedState[]
  /** Slots of {@link SeenIds} that were written: pairs of slot and value, in order. */
  ids: Int32Array[]
  /** The position of each partition that moved; null if it was closed for good. */
  positions: [source: string, partition: string, position: Position | null][]
}
