import type { BatchReader } from './batch.ts'

/** A call in which a worker died or hung: its posts are processed without that plugin. */
export interface Skip {
  plugin: number
  record: number
  lastRecord: number
  /** Which post of the record; -1 for all of them. */
  post: number
  reason: 'timeout' | 'crash' | 'memory'
}

/** Why a record was rejected. */
export interface Rejection {
  record: number
  reason: string
  message: string
}

/** A batch on its way through the pipeline. */
export interface Job {
  id: number
  /** The index of its source in `WorkerConfig.sources`. */
  source: number
  records: BatchReader
  /** When the source emitted it: Unix milliseconds. */
  receivedAt: number
  header: string | undefined
  /** The file that the records are from, if any. */
  path?: string | undefined
  /** True if the records are posts as JSON, made by the source itself. */
  posts: boolean
  skips: readonly Skip[]
  /** Rejected records, if the sender waits for them; otherwise null. */
  rejections: Rejection[] | null
  /** The latest event time so far: Unix milliseconds. */
  maxEventTime: number
}

/** The first bytes of a record as text, for the log. */
export const excerptOf = ({ records }: Job, record: number): string =>
  records.record(record).toString('utf8', 0, 400)

/** The reason why this call must not be made again, if there is one. */
export function skipOf(job: Job, plugin: number, record: number, post: number): Skip | undefined {
  if (job.skips.length === 0) return undefined
  return job.skips.find(
    skip =>
      skip.plugin === plugin &&
      record >= skip.record &&
      record <= skip.lastRecord &&
      (skip.post === -1 || skip.post === post),
  )
}
