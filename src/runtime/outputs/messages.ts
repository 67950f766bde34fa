import type { PluginSpec } from '../../pipeline/worker-config.ts'
import type { Outcome } from '../../plugin/delivery.ts'
import type { OutputStream } from '../../plugin/output.ts'
import type {
  DeclaredMetrics,
  LogMessage,
  RecordedMessage,
  StoreCall,
  StoreResult,
  SuppressedMessage,
} from '../threads/messages.ts'

/** How long a write may stay pending after its signal was aborted, in milliseconds. */
export const SETTLE_MS = 2000

/** The data with which an output's thread starts. */
export interface OutputData {
  spec: PluginSpec
  baseDir: string
  /** Lines per second for each cause. */
  logLines: number
}

/** The end of a write, as reported by the thread. */
export interface WriteReport {
  outcome: Outcome
  /** The rejection; null if it resolved. */
  error: string | null
  /** The duration of the write. */
  seconds: number
  /** True if it is still pending some time after its signal was aborted: this thread must not write again. */
  pending: boolean
}

export type ToOutput =
  /** Events as JSON. */
  | { type: 'write'; id: number; events: string[] }
  /** The write has taken too long. */
  | { type: 'abort'; id: number; reason: string }
  /** No more writes will follow: close the output. */
  | { type: 'close' }
  | StoreResult

export type FromOutput =
  /** `batch`: the maximum of events in one write; `thread`: its number, 0 if that is not known. */
  | {
      type: 'created'
      takes: OutputStream[]
      batch: number | undefined
      metrics: DeclaredMetrics[]
      thread: number
    }
  | RecordedMessage
  | { type: 'failed'; message: string; code: string }
  | { type: 'written'; id: number; report: WriteReport }
  | { type: 'closed' }
  | StoreCall
  | LogMessage
  | SuppressedMessage
