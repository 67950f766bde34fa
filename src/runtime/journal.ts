import type { CounterName } from '../catalogue/metrics.ts'
import type { TrackedBatch } from './batch.ts'
import type { ExporterLog } from './log.ts'
import type { Failure } from './sources/source-run.ts'
import type { SourceState } from './sources/source-runner.ts'
import type { LogMessage, SuppressedMessage } from './threads/messages.ts'
import type { EndReason } from './workers/worker-handle.ts'

/** Counts and logs what happens to workers, sources and plugins. */
export class Journal {
  /** The last error of each plugin, by kind and name. */
  readonly lastErrors = new Map<string, string>()
  readonly #log: ExporterLog
  readonly #count: (name: CounterName, values: readonly string[], n?: number) => void

  constructor(log: ExporterLog, count: (name: CounterName, values: readonly string[], n?: number) => void) {
    this.#log = log
    this.#count = count
  }

  workerRestarted(reason: EndReason, blame: string): void {
    this.#count('mood_worker_restarts_total', [reason])
    this.#log.error({ reason, blame }, 'a worker was replaced')
    if (blame !== 'none') this.lastErrors.set(blame, `ended its worker: ${reason}`)
  }

  sourceChanged(source: string, state: SourceState, detail: string): void {
    // `sourceFailed` logs failures in more detail.
    if (state === 'down') this.#log.warn({ source, reason: detail }, 'a source is down')
    else if (state !== 'failed') this.#log.info({ source }, `a source is ${state}`)
  }

  sourceFailed(source: string, { message, reason }: Failure): void {
    this.#count('mood_source_failures_total', [source])
    this.#count('mood_plugin_errors_total', ['source', source, reason])
    this.lastErrors.set(`source ${source}`, message)
    this.#log.error({ source, reason, message }, 'a source failed; restarting it')
  }

  abandoned({ source, records }: TrackedBatch, why: string): void {
    this.#log.error({ source, records, detail: why }, 'records were dropped')
  }

  /** Writes a line of a thread to the log. */
  write(message: LogMessage | SuppressedMessage): void {
    if (message.type === 'suppressed') {
      this.#count('mood_log_lines_suppressed_total', [message.cause], message.lines)
      return
    }
    const { level, cause, message: text, fields } = message
    this.#log[level]({ ...fields, cause }, text)
    if (level === 'error') this.lastErrors.set(cause, String(fields.detail ?? fields.message ?? text))
  }
}
