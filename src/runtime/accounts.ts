import { labelKey } from '../state/label-key.ts'
import type { LiveTally } from '../state/live-tally.ts'
import type { ExporterLog } from './log.ts'
import { Merges } from './merges.ts'
import type { HeldBatch } from './sources/in-flight.ts'
import type { Failure } from './sources/source-run.ts'
import type { SourceEvents, SourceRunner } from './sources/source-runner.ts'
import type { Coverage, LogMessage, SuppressedMessage } from './threads/messages.ts'
import type { PoolEvents } from './workers/pool.ts'

/** Counts and logs what pools and sources tell of, and knows which source each batch on its way is of. */
export class Accounts {
  /** The last error of each plugin, by kind and name. */
  readonly lastErrors = new Map<string, string>()
  readonly #live: LiveTally
  readonly #log: ExporterLog
  readonly #merges: Merges
  readonly #owners = new Map<number, SourceRunner>()

  constructor(live: LiveTally, log: ExporterLog) {
    this.#live = live
    this.#log = log
    this.#merges = new Merges(live)
  }

  /** @param merged called once a delta is merged whole */
  poolEvents(merged: () => void): PoolEvents {
    return {
      delta: (plan, delta) =>
        this.#merges.add(plan, delta, covered => {
          this.#cover(covered)
          merged()
        }),
      receipt: (batch, refusals) => this.#owners.get(batch.id)?.receipt(batch, refusals),
      restarted: (reason, blame) => {
        this.#live.totals.counter('mood_worker_restarts_total').add(reason)
        this.#log.error({ reason, blame }, 'a worker was replaced')
        if (blame !== 'nobody') this.lastErrors.set(blame, `ended its worker: ${reason}`)
      },
      abandoned: (batch, why) => this.#abandon(batch, why),
      log: message => this.#write(message),
    }
  }

  /** @param submit hands a batch, noted as this source's, to the workers */
  sourceEvents(runner: () => SourceRunner, submit: (batch: HeldBatch) => void): SourceEvents {
    return {
      batch: batch => {
        this.#owners.set(batch.id, runner())
        submit(batch)
      },
      dropped: (source, dropped) => this.#dropped(source, dropped),
      changed: (source, state, detail) => {
        // Of failures there is more to say, below.
        if (state === 'down') this.#log.warn({ source, reason: detail }, 'a source is down')
        else if (state !== 'failed') this.#log.info({ source }, `a source is ${state}`)
      },
      refused: (source, reason) =>
        this.#live.totals.counter('mood_source_refused_total').add(labelKey(source, reason)),
      reconnected: source => this.#live.totals.counter('mood_source_reconnects_total').add(source),
      failed: (source, failure) => this.#failed(source, failure),
      finished: source => this.letGo(source),
      log: message => this.#write(message),
    }
  }

  /** Holds event time back no longer for a source; but first takes it on to where that source came. */
  letGo(source: string): void {
    this.#live.advance(Date.now())
    this.#live.watermarks.finish(source)
  }

  #cover(covered: readonly Coverage[]): void {
    const now = Date.now()
    for (const coverage of covered) {
      const runner = this.#owners.get(coverage.id)
      if (coverage.whole) this.#owners.delete(coverage.id)
      for (const { source, partition, maxEventTime } of runner?.cover(coverage) ?? [])
        if (maxEventTime !== null) this.#live.watermarks.observe(source, partition, maxEventTime, now)
    }
  }

  /** Counts what is left of a batch that no worker will map, so that it is not lost in silence. */
  #abandon(batch: HeldBatch, why: string): void {
    const { id, source, records, from, maxEventTime } = batch
    this.#live.totals.counter('mood_source_records_total').add(source, records - from)
    this.#live.totals.counter('mood_posts_dropped_total').add(labelKey(source, 'plugin'), records - from)
    this.#log.error({ source, records: records - from, detail: why }, 'records were given up')
    if (batch.receipt) {
      const refused = Array.from({ length: records }, (_, record) => ({
        record,
        reason: 'plugin',
        message: `given up: ${why}`,
      }))
      this.#owners.get(id)?.receipt(batch, refused)
    }
    this.#cover([{ id, upTo: records, whole: true, maxEventTime }])
  }

  #dropped(
    source: string,
    { reason, records, bytes }: { reason: string; records: number; bytes: number },
  ): void {
    this.#live.totals.counter('mood_source_records_total').add(source, records)
    this.#live.totals.counter('mood_source_bytes_total').add(source, bytes)
    this.#live.totals.counter('mood_posts_dropped_total').add(labelKey(source, reason), records)
  }

  #failed(source: string, { message, reason }: Failure): void {
    this.#live.totals.counter('mood_source_failures_total').add(source)
    this.#live.totals.counter('mood_plugin_errors_total').add(labelKey('source', source, reason))
    this.lastErrors.set(`source ${source}`, message)
    this.#log.error({ source, reason, message }, 'a source failed; it is started again')
  }

  #write(message: LogMessage | SuppressedMessage): void {
    if (message.type === 'suppressed') {
      this.#live.totals.counter('mood_log_lines_suppressed_total').add(message.cause, message.lines)
      return
    }
    const { level, cause, message: text, fields } = message
    this.#log[level]({ ...fields, cause }, text)
    if (level === 'error') this.lastErrors.set(cause, String(fields.detail ?? fields.message ?? text))
  }
}
