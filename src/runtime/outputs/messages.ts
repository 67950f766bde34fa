import type { PluginSpec } from '../../pipeline/plan.ts'
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

/** How long a write may stay pending once its signal is aborted, in milliseconds. */
export const SETTLE_MS = 2000

/** What an output's thread is started with. */
export interface OutputData {
  spec: PluginSpec
  baseDir: string
  /** Lines a second for each cause. */
  logLines: number
}

/** How a write ended, as the thread saw it. */
export interface WriteReport {
  outcome: Outcome
  /** What it rejected with; null where it resolved. */
  error: string | null
  /** How long it took. */
  seconds: number
  /** True where it is still pending some time after its signal was aborted: this thread must not write again. */
  pending: boolean
}

export type ToOutput =
  /** Events as JSON. */
  | { type: 'write'; id: number; events: string[] }
  /** The write has taken too long. */
  | { type: 'abort'; id: number; reason: string }
  /** Nothing more will be written: what the output holds open is to be closed. */
  | { type: 'close' }
  | StoreResult

export type FromOutput =
  /** `batch`: the most events that it can take in one write; `thread`: its number, 0 where that is not known. */
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
