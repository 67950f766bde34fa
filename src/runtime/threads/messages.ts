import type { Refusal, Skip } from '../../pipeline/job.ts'
import type { Plan, PluginSpec } from '../../pipeline/plan.ts'
import type { Position, Receipt } from '../../plugin/source.ts'
import type { EncodedTally } from '../../state/tally.ts'

/** What threads say to the main thread and it to them. Both a Worker and a MessagePort are ports. */
export interface Port {
  postMessage(message: unknown): void
  // biome-ignore lint/suspicious/noExplicitAny: what arrives is what the other side's type says, not what the port's does
  on(event: 'message', listener: (message: any) => void): unknown
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface LogMessage {
  type: 'log'
  level: LogLevel
  /** What the line is about, such as `scorer afinn`: lines are limited for each. */
  cause: string
  message: string
  fields: Record<string, unknown>
}

/** Lines that were not written because there were too many of their cause. */
export interface SuppressedMessage {
  type: 'suppressed'
  cause: string
  lines: number
}

/** What a worker thread is started with. */
export interface WorkerData {
  plan: Plan
  progress: SharedArrayBuffer
}

export interface BatchForWorker {
  type: 'batch'
  id: number
  source: number
  memory: SharedArrayBuffer
  receivedAt: number
  header: string | undefined
  posts: boolean
  /** The first record that is not yet counted. */
  from: number
  skips: Skip[]
  /** Whether the source wants to know what was refused. */
  receipt: boolean
}

export type ToWorker = BatchForWorker | { type: 'stop' }

/** How much of a batch a delta counts. */
export interface Coverage {
  id: number
  /** The first record that is not counted. */
  upTo: number
  /** Whether that is all of them. */
  whole: boolean
  /** Unix milliseconds; null where no post was decoded. */
  maxEventTime: number | null
}

/** What a worker counted since its last one. */
export interface Delta {
  type: 'delta'
  /** All of the tally but its terms, as JSON. */
  tally: string
  terms: EncodedTally['terms']
  covered: Coverage[]
}

export type FromWorker =
  | { type: 'ready'; headers: boolean[] }
  | { type: 'unready'; message: string; code: string }
  | { type: 'done'; id: number; refusals: Refusal[] | null }
  | Delta
  | { type: 'stopped' }
  | LogMessage
  | SuppressedMessage

/** What a source's thread is started with. */
export interface SourceData {
  spec: PluginSpec
  baseDir: string
  position: Position | undefined
  maxRecordBytes: number
  queueBytes: number
  /** Headers of streams that an earlier run began, by partition. */
  headers: Record<string, string>
  logLines: number
  heartbeat: SharedArrayBuffer
}

export interface BatchFromSource {
  type: 'batch'
  id: number
  memory: SharedArrayBuffer
  records: number
  receivedAt: number
  partition: string
  header: string | undefined
  position: Position | undefined
  posts: boolean
  receipt: boolean
}

export type FromSource =
  | BatchFromSource
  | { type: 'created' }
  | { type: 'up' }
  | { type: 'down'; reason: string }
  | { type: 'lag'; records: number }
  | { type: 'dropped'; reason: string; records: number; bytes: number }
  | { type: 'refused'; reason: string }
  | { type: 'ended' }
  | { type: 'failed'; message: string; code: string }
  | { type: 'closed' }
  | LogMessage
  | SuppressedMessage

export type ToSource =
  /** `header`: whether the source's format needs the first record of each stream. */
  | { type: 'run'; header: boolean }
  | { type: 'release'; id: number; position: Position | undefined }
  | { type: 'receipt'; id: number; receipt: Receipt }
  | { type: 'stop' }
  /** Nothing will be told any more: what the source holds open is to be closed. */
  | { type: 'close' }
