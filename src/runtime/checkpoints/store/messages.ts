import type { LogLevel } from '../../threads/messages.ts'
import type { EpochRecord } from '../epoch-record.ts'
import type { StoredConfiguration } from './configuration.ts'
import type { FailureReason } from './errors.ts'
import type { RestoredBase, StoredEvent, TermsChunk } from './restore.ts'

/** When a pass of the compaction begins. */
export interface CompactionLimits {
  /** After this number of epochs, */
  epochs: number
  /** … or this number of bytes in them. */
  bytes: number
}

/** The data with which the store's thread starts. */
export interface StoreData {
  role: 'store'
  dir: string
  configuration: StoredConfiguration
  compaction: CompactionLimits
}

/** A stored value of the exporter or a plugin. */
export interface KeptValue {
  /** Its owner. */
  plugin: string
  key: string
  /** JSON. */
  value: string
}

export interface OutputEvent {
  output: string
  /** Plain JSON. */
  event: unknown
}

/** The requests to the store's thread, with their answers. */
export interface Requests {
  commit: { ask: { record: EpochRecord }; answer: undefined }
  publish: { ask: { epoch: number; events: OutputEvent[] }; answer: StoredEvent[] }
  enqueue: { ask: { events: OutputEvent[]; mark: KeptValue | null }; answer: StoredEvent[] }
  acknowledge: { ask: { output: string; ids: number[] }; answer: undefined }
  /** `request` is withdrawn if no answer comes in time: withdrawal.ts. */
  reshape: { ask: { configuration: StoredConfiguration; request: Int32Array }; answer: undefined }
  get: { ask: { plugin: string; key: string }; answer: string | undefined }
  keys: { ask: { plugin: string }; answer: string[] }
  set: { ask: KeptValue; answer: undefined }
  delete: { ask: { plugin: string; key: string }; answer: undefined }
  close: { ask: Record<never, never>; answer: undefined }
}

export type RequestType = keyof Requests

export type ToStore = {
  [Type in RequestType]: { id: number; type: Type } & Requests[Type]['ask']
}[RequestType]

export interface StoreStatistics {
  /** Synced transactions, and the epochs in them. */
  commits: number
  epochs: number
  failures: Record<FailureReason, number>
  /** Durations of transactions in seconds: of the last one, and in total. */
  lastCommitSeconds: number
  commitSeconds: number
  /** Unix milliseconds; null before the first. */
  lastCommitAt: number | null
  /** Bytes of written epochs. */
  writtenBytes: number
  /** Committed epochs that are not compacted. */
  pendingEpochs: number
  databaseBytes: number
  /** Bytes of the write-ahead log. */
  logBytes: number
  compactions: number
  compactionSeconds: number
  compactionFailures: number
}

export type FromStore =
  | { type: 'refused'; code: string; message: string }
  | { type: 'terms'; chunk: TermsChunk }
  | { type: 'opened'; restored: RestoredBase | null; losses: string[] }
  | { type: 'answer'; id: number; answer: unknown }
  | { type: 'failed'; id: number; reason: FailureReason | null; message: string }
  | { type: 'statistics'; statistics: StoreStatistics }
  | { type: 'log'; level: LogLevel; message: string; fields: Record<string, unknown> }
