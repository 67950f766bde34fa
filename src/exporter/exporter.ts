import type { LoadedConfig, LoadResult } from '../config/load.ts'
import { atMost } from '../host/at-most.ts'
import type { Blueprint } from '../host/blueprint.ts'
import type { HeldBatch } from '../host/ledger.ts'
import type { Coverage, LogMessage, SuppressedMessage } from '../host/messages.ts'
import { WorkerPool } from '../host/pool.ts'
import type { Failure } from '../host/source-run.ts'
import { SourceRunner } from '../host/source-runner.ts'
import { Exposition } from '../metrics/exposition.ts'
import type { Position } from '../plugin/source.ts'
import type { ExporterView, Status } from '../server/view.ts'
import { labelKey } from '../tally/label-key.ts'
import { LiveTally } from '../tally/live-tally.ts'
import { Merges } from './merges.ts'
import { InvalidConfig, type Prepared, prepare } from './prepare.ts'
import { Rates } from './rates.ts'
import { beginSeries, readingsOf } from './readings.ts'
import { statusOf } from './status.ts'

/** How often event time moves on, in milliseconds, and how much of that may go into working out top terms. */
const TICK_MS = 100
const TERMS_MS = 2

/** How long a source has to end before its thread is ended for it, in milliseconds. */
const SOURCE_GRACE_MS = 4000

/** How long workers of an old configuration have to count what they have begun, in milliseconds. */
const RETIRE_MS = 30_000

/** How long plugins have to close what they hold open, in milliseconds. */
const CLOSE_MS = 2000

/** The thread of a source may stand still for so many times `limits.plugin_timeout`. */
const SOURCE_PATIENCE = 10

/** Batches are numbered up to what fits where workers note, in 32 bits, which one they are at. */
const MAX_BATCH_ID = 2 ** 31 - 1

/** A log as pino writes it. */
export interface ExporterLog {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

type ReloadResult = { ok: true } | { ok: false; problems: string[] }

export interface ExporterOptions {
  /** Reads the configuration, at the start and on each reload. */
  load: () => Promise<LoadResult>
  version: string
  log: ExporterLog
}

/** The running exporter: sources → workers → the live tally, and the view of it that the server shows. */
export class Exporter implements ExporterView {
  readonly version: string
  readonly startedAt = Date.now()
  readonly rates = new Rates(10_000)
  readonly lastErrors = new Map<string, string>()
  readonly sources = new Map<string, SourceRunner>()
  readonly #load: ExporterOptions['load']
  readonly #log: ExporterLog
  readonly #exposition: Exposition
  readonly #owners = new Map<number, SourceRunner>()
  readonly #ticker: NodeJS.Timeout
  #prepared: Prepared
  #live: LiveTally
  readonly #merges: Merges
  #pool: WorkerPool
  #lastBatchId = 0
  #loadedAt = Date.now()
  #lastReload: Status['config']['lastReload'] = { ok: true, at: Date.now(), problems: [] }
  #reloading: Promise<ReloadResult> = Promise.resolve({ ok: true })
  #nextReload: Promise<ReloadResult> | null = null
  #stopping = false

  /** Makes everything ready without reading a post. @throws InvalidConfig, MoodError; nothing is left running then */
  static async create(options: ExporterOptions): Promise<Exporter> {
    const prepared = await prepare(options.load, null)
    const exporter = new Exporter(options, prepared)
    try {
      for (const runner of exporter.#newSources(prepared.blueprint, () => true, new Map()))
        exporter.sources.set(runner.name, runner)
      await Promise.all([
        exporter.#pool.start(),
        ...[...exporter.sources.values()].map(runner => runner.create()),
      ])
      return exporter
    } catch (error) {
      await exporter.close(0)
      throw error
    }
  }

  private constructor({ load, version, log }: ExporterOptions, prepared: Prepared) {
    this.version = version
    this.#load = load
    this.#log = log
    this.#prepared = prepared
    this.#live = new LiveTally(prepared.blueprint.live)
    this.#merges = new Merges(this.#live)
    this.#pool = this.#newPool(prepared.blueprint)
    this.#exposition = new Exposition(readingsOf(this))
    beginSeries(this.#live, prepared.blueprint)
    this.#ticker = setInterval(() => this.#tick(), TICK_MS)
  }

  get live(): LiveTally {
    return this.#live
  }

  get pool(): WorkerPool {
    return this.#pool
  }

  get blueprint(): Blueprint {
    return this.#prepared.blueprint
  }

  get loaded(): LoadedConfig {
    return this.#prepared.loaded
  }

  get loadedAt(): number {
    return this.#loadedAt
  }

  get lastReload(): Status['config']['lastReload'] {
    return this.#lastReload
  }

  get config(): Status['config'] {
    const { loaded, shown } = this.#prepared
    return { file: loaded.file, loadedAt: this.#loadedAt, lastReload: this.#lastReload, shown }
  }

  /** Begins to read posts. */
  run(): void {
    for (const runner of this.sources.values()) this.#runSource(runner)
  }

  status(): Status {
    return statusOf(this)
  }

  notReady(): string[] {
    const reasons = [...this.sources.values()]
      .filter(runner => !runner.started)
      .map(({ name, detail }) => `source ${name} has not started${detail ? `: ${detail}` : ''}`)
    if (this.#pool.ready === 0) reasons.push('no worker is ready')
    if (this.#stopping) reasons.push('it is stopping')
    return reasons
  }

  metrics(format: 'text' | 'openmetrics'): Promise<{ contentType: string; body: string }> {
    return this.#exposition.render(format)
  }

  refused(status: number): void {
    this.#live.totals.counter('mood_http_requests_refused_total').add(String(status))
  }

  /** Loads the configuration again; with problems the old one goes on. Calls at once share a reload. */
  reload(): Promise<ReloadResult> {
    // One that is under way may have read the file before it was changed: whoever asks now gets one that begins later.
    this.#nextReload ??= this.#reloading.then(() => {
      this.#nextReload = null
      this.#reloading = this.#reload()
      return this.#reloading
    })
    return this.#nextReload
  }

  /** Stops sources and counts what they had handed over: resolves when all of it is in the metrics. */
  async drain(): Promise<void> {
    this.#stopping = true
    const stopSources = () =>
      Promise.all([...this.sources.values()].map(runner => runner.stop(SOURCE_GRACE_MS)))
    await stopSources()
    // A reload that is under way may bring more of them.
    await this.#reloading
    await stopSources()
    await this.#pool.drained()
    this.#tick()
  }

  /** Ends all threads. Plugins have so many milliseconds to close what they hold open. */
  async close(graceMs = CLOSE_MS): Promise<void> {
    this.#stopping = true
    clearInterval(this.#ticker)
    await Promise.all([...this.sources.values()].map(runner => runner.close(graceMs)))
    await this.#pool.close(graceMs)
  }

  async #reload(): Promise<ReloadResult> {
    if (this.#stopping) return { ok: false, problems: ['the exporter is stopping'] }
    const at = Date.now()
    try {
      const next = await prepare(this.#load, this.blueprint.plan.seenIds)
      await this.#adopt(next)
      this.#lastReload = { ok: true, at, problems: [] }
      this.#loadedAt = at
      this.#log.info({ file: next.loaded.file }, 'the configuration was loaded again')
      return { ok: true }
    } catch (error) {
      const problems = error instanceof InvalidConfig ? error.problems : [(error as Error).message]
      this.#lastReload = { ok: false, at, problems }
      this.#log.error({ problems }, 'the configuration could not be loaded again; the old one goes on')
      return { ok: false, problems }
    }
  }

  /** Goes over to another configuration. Up to where new workers are ready nothing has changed. */
  async #adopt(next: Prepared): Promise<void> {
    const { blueprint } = next
    const old = this.#pool
    const fresh = this.#newPool(blueprint)
    const added = this.#newSources(blueprint, name => !this.sources.has(name), new Map())
    try {
      await Promise.all([fresh.start(), ...added.map(runner => runner.create())])
    } catch (error) {
      await Promise.all([fresh.close(0), ...added.map(runner => runner.close(0))])
      throw error
    }
    const leaving = [...this.sources.values()].filter(runner => !this.#staysAs(runner, blueprint))
    await Promise.all(leaving.map(runner => runner.stop(SOURCE_GRACE_MS)))
    this.#pool = fresh
    this.#prepared = next
    old.retire(batch => this.#handOver(batch))
    if (!(await atMost(RETIRE_MS, old.drained()))) old.abandonWaiting()
    await Promise.all([old.close(), ...leaving.map(runner => runner.close(CLOSE_MS))])
    const positions = new Map(leaving.map(({ name, ledger }) => [name, ledger.position]))
    const { sources, topics, scorers } = blueprint.known
    this.#live.reshape(blueprint.live, { sources, topics, scorers })
    beginSeries(this.#live, blueprint)
    for (const { name } of leaving) {
      this.sources.delete(name)
      if (!sources.has(name)) this.#letGo(name)
    }
    // A source whose options changed is made only now, since it goes on where the old one ended.
    added.push(...this.#newSources(blueprint, name => positions.has(name), positions))
    for (const runner of added) {
      this.sources.set(runner.name, runner)
      this.#runSource(runner)
    }
  }

  /** Gives a batch of an old pool to the new one, which knows other plugins and, it may be, not that source. */
  #handOver(batch: HeldBatch): boolean {
    if (!this.blueprint.known.sources.has(batch.source)) return false
    batch.skips = []
    this.#pool.submit(batch)
    return true
  }

  /** Whether a source goes on as it is: then it keeps its thread, its connections and its place. */
  #staysAs(runner: SourceRunner, next: Blueprint): boolean {
    const shapeIn = ({ sources, plan, limits }: Blueprint) => {
      const place = plan.sources.findIndex(({ name }) => name === runner.name)
      const { record_bytes, queue_bytes, worker_memory, log_lines, plugin_timeout } = limits
      const of = [record_bytes, queue_bytes, worker_memory, log_lines, plugin_timeout]
      return JSON.stringify([sources[place]?.spec, plan.sources[place]?.format, ...of])
    }
    return shapeIn(this.blueprint) === shapeIn(next)
  }

  #newPool(blueprint: Blueprint): WorkerPool {
    const { plan, workers, limits } = blueprint
    const pool: WorkerPool = new WorkerPool(
      plan,
      { size: workers, heapBytes: limits.worker_memory },
      {
        delta: (plan, delta) =>
          this.#merges.add(plan, delta, covered => {
            this.#cover(covered)
            pool.merged()
          }),
        receipt: (batch, refusals) => this.#owners.get(batch.id)?.receipt(batch, refusals),
        restarted: (reason, blame) => {
          this.#live.totals.counter('mood_worker_restarts_total').add(reason)
          this.#log.error({ reason, blame }, 'a worker was replaced')
          if (blame !== 'nobody') this.lastErrors.set(blame, `ended its worker: ${reason}`)
        },
        abandoned: batch => this.#abandon(batch),
        log: message => this.#write(message),
      },
    )
    return pool
  }

  #newSources(
    { sources, plan, limits, workers }: Blueprint,
    isWanted: (name: string) => boolean,
    positions: ReadonlyMap<string, Position | undefined>,
  ): SourceRunner[] {
    const added: SourceRunner[] = []
    for (const { spec } of sources) {
      if (!isWanted(spec.name)) continue
      const runner = new SourceRunner(
        {
          spec,
          baseDir: plan.baseDir,
          maxRecordBytes: limits.record_bytes,
          queueBytes: limits.queue_bytes,
          logLines: limits.log_lines,
          heapBytes: limits.worker_memory,
          stuckMs: SOURCE_PATIENCE * limits.plugin_timeout,
          threaded: workers > 0,
          nextBatchId: () => {
            this.#lastBatchId = (this.#lastBatchId % MAX_BATCH_ID) + 1
            return this.#lastBatchId
          },
        },
        {
          batch: batch => this.#submit(runner, batch),
          dropped: (source, dropped) => this.#dropped(source, dropped),
          changed: (source, state, detail) => {
            // Of failures there is more to say, below.
            if (state === 'down') this.#log.warn({ source, reason: detail }, 'a source is down')
            else if (state !== 'failed') this.#log.info({ source }, `a source is ${state}`)
          },
          refused: (source, reason) =>
            this.#live.totals.counter('mood_source_refused_total').add(labelKey(source, reason)),
          reconnected: source => this.#live.totals.counter('mood_source_reconnects_total').add(source),
          failed: (source, failure) => this.#sourceFailed(source, failure),
          finished: source => this.#letGo(source),
          log: message => this.#write(message),
        },
        positions.get(spec.name),
      )
      added.push(runner)
    }
    return added
  }

  #runSource(runner: SourceRunner): void {
    runner.header = this.#pool.headers.get(runner.name) ?? false
    runner.run()
  }

  #submit(runner: SourceRunner, batch: HeldBatch): void {
    this.#owners.set(batch.id, runner)
    this.#pool.submit(batch)
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

  /** Counts what is left of a batch over which workers keep dying, so that it is not lost in silence. */
  #abandon(batch: HeldBatch): void {
    const { id, source, records, from, maxEventTime } = batch
    this.#live.totals.counter('mood_source_records_total').add(source, records - from)
    this.#live.totals.counter('mood_posts_dropped_total').add(labelKey(source, 'plugin'), records - from)
    this.#log.error(
      { source, records: records - from },
      'records were given up: workers kept dying over them',
    )
    if (batch.receipt) {
      const refused = Array.from({ length: records }, (_, record) => ({
        record,
        reason: 'plugin',
        message: 'given up',
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

  /** Holds event time back no longer for a source; but first takes it on to where that source came. */
  #letGo(source: string): void {
    this.#live.advance(Date.now())
    this.#live.watermarks.finish(source)
  }

  #sourceFailed(source: string, { message, reason }: Failure): void {
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

  #tick(): void {
    const now = Date.now()
    this.#live.advance(now)
    this.#live.refreshTerms(TERMS_MS)
    this.rates.look(now, this.#live.totals.counter('mood_source_posts_total').entries())
  }
}
