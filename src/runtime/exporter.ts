import type { LoadedConfig, LoadResult } from '../config/load.ts'
import { Exposition } from '../metrics/exposition.ts'
import type { Position } from '../plugin/source.ts'
import type { ExporterView, Status } from '../server/view.ts'
import { LiveTally } from '../state/live-tally.ts'
import { Accounts } from './accounts.ts'
import { beginSeries, readingsOf } from './collectors.ts'
import type { ExporterLog } from './log.ts'
import { Rates } from './rates.ts'
import { type Prepared, prepare } from './reload/prepare.ts'
import { type ReloadResult, Reloads } from './reload/reloads.ts'
import type { Blueprint } from './resolved-config.ts'
import type { HeldBatch } from './sources/in-flight.ts'
import { SourceRunner } from './sources/source-runner.ts'
import { statusOf } from './status.ts'
import { atMost } from './threads/at-most.ts'
import { WorkerPool } from './workers/pool.ts'

/** How often event time moves on, in milliseconds, and how much of that may go into working out top terms. */
const TICK_MS = 100
const TERMS_MS = 2

/** How long a source has to end before its thread is ended for it, in milliseconds. */
const SOURCE_GRACE_MS = 4000

/** How long plugins have to close what they hold open, in milliseconds. */
const CLOSE_MS = 2000

/** The thread of a source may stand still for so many times `limits.plugin_timeout`. */
const SOURCE_PATIENCE = 10

/** Batches are numbered up to what fits where workers note, in 32 bits, which one they are at. */
const MAX_BATCH_ID = 2 ** 31 - 1

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
  readonly sources = new Map<string, SourceRunner>()
  readonly #load: ExporterOptions['load']
  readonly #accounts: Accounts
  readonly #reloads: Reloads
  readonly #exposition: Exposition
  readonly #ticker: NodeJS.Timeout
  #prepared: Prepared
  #live: LiveTally
  #pool: WorkerPool
  #lastBatchId = 0
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
    this.#prepared = prepared
    this.#live = new LiveTally(prepared.blueprint.live)
    this.#accounts = new Accounts(this.#live, log)
    this.#reloads = new Reloads(() => this.#reload(), log)
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
    return this.#reloads.loadedAt
  }

  get lastReload(): Status['config']['lastReload'] {
    return this.#reloads.last
  }

  get lastErrors(): ReadonlyMap<string, string> {
    return this.#accounts.lastErrors
  }

  get config(): Status['config'] {
    const { loaded, shown } = this.#prepared
    return { file: loaded.file, loadedAt: this.loadedAt, lastReload: this.lastReload, shown }
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
    return this.#reloads.ask()
  }

  /** Stops sources and counts what they had handed over: resolves when all of it is in the metrics. */
  async drain(): Promise<void> {
    this.#stopping = true
    const stopSources = () =>
      Promise.all([...this.sources.values()].map(runner => runner.stop(SOURCE_GRACE_MS)))
    await stopSources()
    // A reload that is under way may bring more of them.
    await this.#reloads.settled()
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

  async #reload(): Promise<void> {
    if (this.#stopping) throw new Error('the exporter is stopping')
    await this.#adopt(await prepare(this.#load, this.blueprint.plan.seenIds))
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
    if (!(await atMost(next.loaded.config.server.shutdown_timeout, old.drained()))) old.abandonWaiting()
    await Promise.all([old.close(), ...leaving.map(runner => runner.close(CLOSE_MS))])
    const positions = new Map(leaving.map(({ name, ledger }) => [name, ledger.position]))
    const { sources, topics, scorers } = blueprint.known
    this.#live.reshape(blueprint.live, { sources, topics, scorers })
    beginSeries(this.#live, blueprint)
    for (const { name } of leaving) {
      this.sources.delete(name)
      if (!sources.has(name)) this.#accounts.letGo(name)
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
      this.#accounts.poolEvents(() => pool.merged()),
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
      const runner: SourceRunner = new SourceRunner(
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
        this.#accounts.sourceEvents(
          () => runner,
          batch => this.#pool.submit(batch),
        ),
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

  #tick(): void {
    const now = Date.now()
    this.#live.advance(now)
    this.#live.refreshTerms(TERMS_MS)
    this.rates.look(now, this.#live.totals.counter('mood_source_posts_total').entries())
  }
}
