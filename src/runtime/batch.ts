import type { Skip } from '../pipeline/job.ts'
import type { Position, SubmitResult } from '../plugin/source.ts'

/** Records that were dropped before they were in a batch. */
export interface Drop {
  reason: string
  records: number
  bytes: number
}

/** A batch of records, from a source to a worker. Plain data, so that it can be sent between threads. */
export interface Batch {
  /** Unique within one run of its source. */
  id: number
  memory: SharedArrayBuffer
  records: number
  /** Bytes of its records. */
  bytes: number
  /** When the source emitted it: Unix milliseconds. */
  receivedAt: number
  partition: string
  /** The first record of its stream, if the format needs it. */
  header: string | undefined
  /** The path of the file of its records, if any. */
  path?: string | undefined
  /** Whether an envelope precedes each record. */
  enveloped?: boolean
  /** Whether its records are posts as JSON, made by the source itself. */
  posts: boolean
  /** The position of the partition after this batch, for when it and all before it are committed. */
  position: Position | undefined
  /** Whether an epoch may end after it: false while records lie between two positions of their partition. */
  endsGroup: boolean
  /** What the sender of its records waits for; null for nothing. */
  acknowledge: 'decoded' | 'committed' | null
  drops: Drop[]
}

/** What a batch takes beside its memory, in bytes, approximately: a position alone is a batch without records. */
export const BATCH_OVERHEAD = 256

/**
 * What a batch takes of its source's queue, in bytes. Each batch has a copy of its header, which may be larger than its
 * records.
 */
export const bytesHeld = ({ memory, header }: Pick<Batch, 'memory' | 'header'>): number =>
  BATCH_OVERHEAD + memory.byteLength + 2 * (header?.length ?? 0)

/** Batches between two positions of a partition. They belong to one epoch. */
export interface BatchGroup {
  batches: TrackedBatch[]
  /** Null until a worker gets the first of them. */
  epoch: number | null
  /** The number of its batches that are in a delta. */
  delivered: number
  /** Whether later groups of its partition may have overtaken it. */
  isPostponed: boolean
}

/** A batch as the main thread tracks it, from its source to the commit of its epoch. */
export interface TrackedBatch extends Batch {
  /** Unique in the process; fits in 32 bits. */
  number: number
  source: string
  group: BatchGroup
  /** Calls that must not be repeated, since they ended a worker. */
  skips: Skip[]
  /** How often a worker died during it outside of any call. */
  attempts: number
  /** How often a worker hung during it between calls. */
  stalls: number
  /** Rejected records, if the sender waits for the commit. */
  rejected: SubmitResult['rejected']
}
