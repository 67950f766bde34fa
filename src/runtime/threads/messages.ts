import type { Rejection, Skip } from '../../pipeline/job.ts'
import type { Plan, PluginSpec } from '../../pipeline/plan.ts'
import type { Trends } from '../../pipeline/plan-topics.ts'
import type { PostEvent } from '../../plugin/events/post.ts'
import type { MetricDefinitions } from '../../plugin/metrics.ts'
import type { Outage } from '../../plugin/outage.ts'
import type { Framing } from '../../plugin/records/framing.ts'
import type { Position, SubmitResult } from '../../plugin/source.ts'
import type { EncodedPlugins } from '../../state/plugin-metrics.ts'
import type { EncodedState } from '../../state/state.ts'
import type { Batch } from '../batch.ts'

/** The messages between threads and the main thread. Both a Worker and a MessagePort are ports. */
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

/** A call of a plugin's durable store; its result comes back as {@link StoreResult}. */
export interface StoreCall {
  type: 'store'
  id: number
  /** The plugin's kind and name. */
  owner: string
  operation: 'get' | 'set' | 'delete' | 'keys'
  key: string
  value?: unknown
}

export interface StoreResult {
  type: 'stored'
  id: number
  value?: unknown
  error?: string
}

/** The metrics that an instance of a plugin declares. */
export interface DeclaredMetrics {
  /** The plugin's kind and the instance's name. */
  owner: string
  /** The plugin's own name. */
  plugin: string
  metrics: MetricDefinitions
}

/** What plugins recorded that belongs to no batch. */
export interface RecordedMessage {
  type: 'recorded'
  recorded: EncodedPlugins
}

/** What a worker thread is started with. */
export interface WorkerData {
  plan: Plan
  /** What the workers before it declare: recordings in metrics that are declared otherwise are not delivered. */
  declared: DeclaredMetrics[] | null
  progress: SharedArrayBuffer
}

export interface BatchForWorker {
  type: 'batch'
  batch: Batch
  /** See `TrackedBatch`. */
  number: number
  /** The epoch that it is counted in. */
  epoch: number
  /** Its source's place in the plan. */
  place: number
  skips: Skip[]
}

export type ToWorker =
  | BatchForWorker
  /** Nothing more of the epoch is to come: what was counted of it is to be delivered. */
  | { type: 'cut' }
  /** Terms that topics take from rankings have changed: for the batches that follow. */
  | { type: 'trends'; trends: Trends }
  | { type: 'stop' }
  | StoreResult

/** What a worker counted of whole batches of one epoch. */
export interface Delta extends EncodedState {
  type: 'delta'
  epoch: number
  /** Numbers of the batches that it counts. */
  batches: number[]
  /** Slots of the seen ids that were written: pairs of slot and value. */
  ids: Int32Array | null
}

/** A limit that a plugin declares above the most that is possible, which applies instead. */
export interface ClampedLimit {
  /** The plugin's kind and name. */
  owner: string
  message: string
}

export type FromWorker =
  /**
   * What the formats require of streams, by source; `stride`: records that it maps together; `clamped`: limits that plugins
   * declare too high.
   */
  | {
      type: 'ready'
      headers: boolean[]
      framings: Framing[]
      stride: number
      metrics: DeclaredMetrics[]
      clamped: ClampedLimit[]
    }
  | { type: 'unready'; message: string; code: string }
  /** A batch is mapped; a delta that counts it follows. `ms` is how long it took. */
  | { type: 'done'; number: number; rejections: Rejection[] | null; ms: number }
  | Delta
  /** Posts for outputs. */
  | { type: 'sampled'; posts: PostEvent[] }
  | RecordedMessage
  | { type: 'stopped' }
  | StoreCall
  | LogMessage
  | SuppressedMessage

/** What a source's thread is started with. */
export interface SourceData {
  spec: PluginSpec
  baseDir: string
  positions: [partition: string, position: Position][]
  /** The topics of the configuration as JSON, for sources that filter at the origin. */
  topics: string
  maxRecordBytes: number
  queueBytes: number
  logLines: number
  heartbeat: SharedArrayBuffer
}

export type FromSource =
  /** `changeable`: the options that it goes over to while it runs. */
  | { type: 'created'; replayable: boolean; changeable: readonly string[]; metrics: DeclaredMetrics[] }
  | RecordedMessage
  | { type: 'batch'; batch: Batch }
  /** A group that the queue has no room for ends here, without a position. */
  | { type: 'split'; partition: string }
  | { type: 'close'; id: number; partition: string; forget: boolean }
  | { type: 'up' }
  | { type: 'down'; reason: string; outage: Outage }
  | { type: 'lag'; records: number }
  | { type: 'gap'; result: 'filled' | 'lost'; ms: number }
  | { type: 'allowance'; limit: string; remaining: number }
  /** When the credentials expire, in Unix milliseconds; null where they do not. */
  | { type: 'expiry'; at: number | null }
  | { type: 'refused'; reason: string }
  | { type: 'ended' }
  | { type: 'failed'; message: string; code: string }
  | { type: 'closed' }
  | StoreCall
  | LogMessage
  | SuppressedMessage

export type ToSource =
  /** `header`: whether the source's format needs the first record of each stream; `framing`: how it has them cut; `rankings`: whether they are some. */
  | { type: 'run'; header: boolean; framing: Framing; rankings: boolean }
  /** The workers are done with the memory of these batches. */
  | { type: 'release'; ids: number[] }
  /** Records that a batch should hold at most, so that a worker takes about 100 ms over it. */
  | { type: 'pace'; records: number }
  | { type: 'commit'; positions: [partition: string, position: Position][] }
  /** A reload has changed the topics and left the source as it is. */
  | { type: 'topics'; topics: string }
  /** A reload has changed options that it goes over to while it runs. */
  | { type: 'options'; spec: PluginSpec }
  | { type: 'submitted'; id: number; result: SubmitResult }
  | { type: 'partition-closed'; id: number }
  | StoreResult
  | { type: 'stop' }
  /** The last message: what the source holds open is to be closed. */
  | { type: 'close' }
