import type { Skip } from '../pipeline/job.ts'
import type { Position, SubmitResult } from '../plugin/source.ts'

/** Records that were dropped before they could be put into a batch. */
export interface Drop {
  reason: string
  records: number
  bytes: number
}

/** A batch of records as a source hands it over and a worker maps it. Plain data: it crosses threads as it is. */
export interface Batch {
  /** Unique within one run of its source. */
  id: number
  memory: SharedArrayBuffer
  records: number
  /** Bytes of its records. */
  bytes: number
  /** When it was handed over: Unix milliseconds. */
  receivedAt: number
  partition: string
  /** The first record of its stream, where the format needs it. */
  header: string | undefined
  /** The file that its records are from, if any. */
  path?: string | undefined
  /** Whether there is an envelope before each record. */
  enveloped?: boolean
  /** Whether its records are posts that the source made itself, as JSON. */
  posts: boolean
  /** Where the partition is once this batch and all before it are committed. */
  position: Position | undefined
  /** Whether an epoch may end behind it: false while records lie between two positions of their partition. */
  endsGroup: boolean
  /** What the sender of its records waits for; null if for nothing. */
  acknowledge: 'decoded' | 'committed' | null
  drops: Drop[]
}

/** Batches between two positions of a partition. They belong to one epoch. */
export interface BatchGroup {
  batches: TrackedBatch[]
  /** Null until the first of them is given to a worker. */
  epoch: number | null
  /** Batches of it that a delta counts. */
  delivered: number
  /** Whether later groups of its partition may have overtaken it. */
  isPostponed: boolean
}

/** A batch as the main thread tracks it from its source to the commit of its epoch. */
export interface TrackedBatch extends Batch {
  /** Unique in the process; fits in 32 bits. */
  number: number
  source: string
  group: BatchGroup
  /** Calls that must not be made again, since a worker did not survive them. */
  skips: Skip[]
  /** Times that a worker died over it without a call to blame. */
  attempts: number
  /** Times that a worker stopped answering over it between calls. */
  stalls: number
  /** What the workers rejected, if the sender waits for the commit. */
  rejected: SubmitResult['rejected']
}
