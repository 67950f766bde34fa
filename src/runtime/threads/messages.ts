import type { Trends } from '../../pipeline/configured-topics.ts'
import type { Rejection, Skip } from '../../pipeline/job.ts'
import type { PluginSpec, WorkerConfig } from '../../pipeline/worker-config.ts'
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
  /** The subject of the line, such as `scorer afinn`: the limit applies to each. */
  cause: string
  message: string
  fields: Record<string, unknown>
}

/** Suppressed lines, because there were too many of their cause. */
export interface SuppressedMessage {
  type: 'suppressed'
  cause: string
  lines: number
}

/** A call to a plugin's durable store; its result is a {@link StoreResult}. */
export interface StoreCall {
  type: 'store'
  id: number
  /** The kind and name of the plugin. */
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

/** The declared metrics of an instance of a plugin. */
export interface DeclaredMetrics {
  /** The kind of the plugin and the name of the instance. */
  owner: string
  /** The plugin's own name. */
  plugin: string
  metrics: MetricDefinitions
}

/** Recordings of plugins that belong to no batch. */
export interface RecordedMessage {
  type: 'recorded'
  recorded: EncodedPlugins
}

/** The data with which a worker thread starts. */
export interface WorkerData {
  workerConfig: WorkerConfig
  /** The declarations of earlier workers: recordings in metrics with other declarations are not delivered. */
  declared: DeclaredMetrics[] | null
  activity: SharedArrayBuffer
}

export interface BatchForWorker {
  type: 'batch'
  batch: Batch
  /** See `TrackedBatch`. */
  number: number
  /** The epoch in which it is counted. */
  epoch: number
  /** The index of its source in `WorkerConfig.sources`. */
  place: number
  skips: Skip[]
}

export type ToWorker =
  | BatchForWorker
  /** The epoch has ended: deliver its counts. */
  | { type: 'cut' }
  /** The terms that topics take from rankings changed, for the batches that follow. */
  | { type: 'trends'; trends: Trends }
  | { type: 'stop' }
  | StoreResult

/** A worker's counts of whole batches of one epoch. */
export interface Delta extends EncodedState {
  type: 'delta'
  epoch: number
  /** Numbers of its batches. */
  batches: number[]
  /** Written slots of the seen ids: pairs of slot and value. */
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
  /** A batch is mapped; a delta with it follows. `ms` is how long it took. */
  | { type: 'done'; number: number; rejections: Rejection[] | null; ms: number }
  | Delta
  /** Posts for outputs. */
  | { type: 'sampled'; posts: PostEvent[] }
  | RecordedMessage
  | { type: 'stopped' }
  | StoreCall
  | LogMessage
  | SuppressedMessage

/** The data with which a source's thread starts. */
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
  /** `changeable`: the options that can change while it runs. */
  | { type: 'created'; replayable: boolean; changeable: readonly string[]; metrics: DeclaredMetrics[] }
  | RecordedMessage
  | { type: 'batch'; batch: Batch }
  /** A group that does not fit into the queue ends here, without a position. */
  | { type: 'split'; partition: string }
  | { type: 'close'; id: number; partition: string; forget: boolean }
  | { type: 'up' }
  | { type: 'down'; reason: string; outage: Outage }
  | { type: 'lag'; records: number }
  | { type: 'gap'; result: 'filled' | 'lost'; ms: number }
  | { type: 'allowance'; limit: string; remaining: number }
  /** When the credentials expire, in Unix milliseconds; null if they do not. */
  | { type: 'expiry'; at: number | null }
  | { type: 'refused'; reason: string }
  | { type: 'ended' }
  | { type: 'failed'; message: string; code: string }
  | { type: 'closed' }
  | StoreCall
  | LogMessage
  | SuppressedMessage

export type ToSource =
  /**
   * `header`: whether the source's format needs the first record of each stream; `framing`: how it splits streams;
   * `rankings`: whether records are rankings.
   */
  | { type: 'run'; header: boolean; framing: Framing; rankings: boolean }
  /** The workers are done with the memory of these batches. */
  | { type: 'release'; ids: number[] }
  /** Maximum of records in a batch, so that a worker takes about 100 ms for it. */
  | { type: 'pace'; records: number }
  | { type: 'commit'; positions: [partition: string, position: Position][] }
  /** A reload changed the topics, but not the source. */
  | { type: 'topics'; topics: string }
  /** A reload changed options that can change while it runs. */
  | { type: 'options'; spec: PluginSpec }
  | { type: 'submitted'; id: number; result: SubmitResult }
  | { type: 'partition-closed'; id: number }
  | StoreResult
  | { type: 'stop' }
  /** The last message: close the source. */
  | { type: 'close' }
