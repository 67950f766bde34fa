import { setTimeout as sleep } from 'node:timers/promises'
import { createError } from '../catalogue/errors.ts'
import { redact, redacted } from '../config/redact.ts'
import { Exposition } from '../metrics/exposition.ts'
import type { PostEvent } from '../plugin/events/post.ts'
import type { Position } from '../plugin/source.ts'
import type { ClosedWindow } from '../state/event-window.ts'
import type { EncodedPlugins } from '../state/plugin-metrics.ts'
import type { State } from '../state/state.ts'
import { type AlertAdmission, type AlertAnswer, AlertReceiver } from './alerts/receiver.ts'
import type { TrackedBatch } from './batch.ts'
import { Checkpoints, type Commit } from './checkpoints/checkpoints.ts'
import { RANKINGS, REPORTS } from './checkpoints/kept.ts'
import { StateDirectory } from './checkpoints/state-directory.ts'
import { CommitFailed } from './checkpoints/store/errors.ts'
import { beginSeries, beginSeriesInTurns, collectorsOf } from './collectors.ts'
import { Journal } from './journal.ts'
import type { ExporterLog } from './log.ts'
import { Outbox } from './outputs/outbox.ts'
import { type NextOutputs, Outputs } from './outputs/outputs.ts'
import { Samples } from './outputs/samples.ts'
import { PluginMetrics } from './plugin-metrics.ts'
import { RankingPublisher } from './rankings/publisher.ts'
import { trendsOf } from './rankings/trends.ts'
import { Rates } from './rates.ts'
import type { RunningConfig } from './reload/examine.ts'
import { type ConfigOrigin, type Prepared, prepare } from './reload/prepare.ts'
import { type ReloadResult, Reloads } from './reload/reloads.ts'
import { Reporter } from './reports/reporter.ts'
import type { ResolvedConfig } from './resolved-config.ts'
import { BatchNumbers, commitBatches, newRunner, releaseBatches, runSource } from './sources/runners.ts'
import type { SourcePorts, SourceRunner } from './sources/source-runner.ts'
import { statusOf } from './status.ts'
import { atMost } from './threads/at-most.ts'
import { Lookout } from './threads/lookout.ts'
import type { DeclaredMetrics } from './threads/messages.ts'
import type { ExporterView, Status } from './view.ts'
import { Paces } from './workers/paces.ts'
import { type PoolPorts, WorkerPool } from './workers/pool.ts'
import { BatchQueue } from './workers/queue.ts'

/** How often event time advances, and how long one turn may compute top terms, in milliseconds. */
const TICK_MS = 100
const TERMS_MS = 2

/** How often top terms are computed again, in milliseconds. */
const TERMS_EVERY_MS = 500

/** How long after a commit event time advances that often; later, once a second. Milliseconds. */
const AWAKE_MS = 5000

/** How often to record, for reports, that the exporter ran; milliseconds. */
const RAN_MS = 10_000

/** Length of an epoch without a state directory, in milliseconds. */
const EPOCH_MS = 500

/** How long a source has to end before its thread is terminated, in milliseconds. */
const SOURCE_GRACE_MS = 4000

/** How long plugins have to close, in milliseconds. */
const CLOSE_MS = 2000

/** How often the queue is checked while it drains, in milliseconds. */
const DRAIN_MS = 10

/** How long outputs have to deliver queued events at a clean stop, in milliseconds. */
const OUTPUTS_MS = 5000

export interface ExporterOptions {
  /** What a reload reads. */
  from: ConfigOrigin
  /** The initial configuration; read from the file if absent. */
  prepared?: Prepared
  version: string
  log: ExporterLog & { linesLost?(): number }
  /** Whether posts are relayed to the one output instead of being scored: `mood-exporter relay`. */
  relays?: boolean
}

/**
 * The running exporter. A post goes from a source's emitter in a batch to the queue, then to a worker, from there in
 * a delta to its epoch, with the epoch through a commit into the live state, and from there to `/metrics`.
 */
export class Exporter implements ExporterView {
  readonly version: string
  readonly startedAt = Date.now()
  readonly rates = new Rates(10_000)
  readonly sources = new Map<string, SourceRunner>()
  readonly state: State
  readonly directory: StateDirectory
  /** What a reload reads. */
  readonly #from: ConfigOrigin
  readonly #relays: boolean
  readonly #log: ExporterOptions['log']
  readonly #journal: Journal
  readonly #reloads: Reloads
  readonly #exposition: Exposition
  readonly #pluginMetrics: PluginMetrics
  readonly #outbox: Outbox
  readonly #samples = new Samples()
  #outputs: Outputs | null = null
  readonly reporter: Reporter
  readonly #alerts: AlertReceiver
  readonly #rankings: RankingPublisher
  #ranUntil = performance.now()
  readonly #checkpoints: Checkpoints
  readonly #queue = new BatchQueue()
  readonly #paces = new Paces()
  readonly #ticker: Lookout
  #committedAt = performance.now()
  #termsBegunAt = Number.NEGATIVE_INFINITY
  #termsShown = true
  #prepared: Prepared
  #pool: WorkerPool
  readonly #batchNumbers = new BatchNumbers()
  #stopping = false

  /**
   * Creates all parts without reading a post.
   * @throws ConfigError, MoodError; nothing is left running then
   */
  static async create(options: ExporterOptions): Promise<Exporter> {
    const prepared = options.prepared ?? (await prepare(options.from, null, options.relays))
    const directory = await StateDirectory.open(prepared.resolved, options.log)
    let exporter: Exporter | undefined
    try {
      exporter = new Exporter(options, prepared, directory)
      for (const runner of exporter.#newSources(prepared.resolved, () => true, directory.positions))
        exporter.sources.set(runner.name, runner)
      exporter.#outputs = await exporter.#newOutputs(options.log)
      await Promise.all([
        exporter.#pool.start(),
        ...[...exporter.sources.values()].map(runner => runner.create()),
      ])
      await exporter.#alerts.open()
      await exporter.#rankings.open()
      await exporter.reporter.configure(prepared.resolved.reports, Date.now())
      exporter.#pluginMetrics.refresh()
      exporter.#pool.use()
      return exporter
    } catch (error) {
      await (exporter ?? directory).close(0)
      throw error
    }
  }

  private constructor(
    { from, version, log, relays = false }: ExporterOptions,
    prepared: Prepared,
    directory: StateDirectory,
  ) {
    this.version = version
    this.#from = from
    this.#relays = relays
    this.#log = log
    this.#prepared = prepared
    this.directory = directory
    this.state = directory.state
    this.#checkpoints = new Checkpoints(
      this.state,
      {
        interval: prepared.resolved.state?.interval ?? EPOCH_MS,
        collect: () => this.resolved.outputs.length > 0,
        store: directory.store && directory,
        lastRecord: directory.lastRecord,
      },
      {
        cut: () => this.#pool.cut(),
        delivered: batches => releaseBatches(this.sources, batches),
        dispatch: () => this.#pool.dispatch(),
        committed: commit => this.#committed(commit),
        closed: closed => this.#publish(closed),
        failed: error => this.directory.commitFailed(error),
      },
    )
    this.#journal = new Journal(log, (name, values, n) => this.#checkpoints.count(name, values, n))
    this.#outbox = new Outbox(directory.store, events => this.#outputs?.publish(events))
    this.#alerts = new AlertReceiver({
      log,
      outbox: this.#outbox,
      store: directory.kept(REPORTS),
      outputs: () => this.#outputs?.taking('alerts').map(({ name }) => name) ?? [],
      options: () => this.resolved.alertmanager,
      count: result => this.#checkpoints.count('mood_alert_notifications_total', [result]),
    })
    this.reporter = new Reporter({
      log,
      outbox: this.#outbox,
      store: directory.kept(REPORTS),
      source: () => ({ state: this.state, incidents: this.#alerts.incidents }),
      outputs: () => this.#outputs?.taking('reports').map(({ name }) => name) ?? [],
      count: (report, result) => this.#checkpoints.count('mood_reports_total', [report, result]),
    })
    this.#rankings = new RankingPublisher({
      state: this.state,
      outbox: this.#outbox,
      store: directory.kept(RANKINGS),
      outputs: () => this.#outputs?.taking('rankings').map(({ name }) => name) ?? [],
    })
    this.#reloads = new Reloads(() => this.#reload(), log)
    this.#pool = this.#newPool(prepared.resolved)
    this.#pluginMetrics = new PluginMetrics(this.state, log, () => this.#declaredMetrics())
    this.#exposition = new Exposition(
      collectorsOf(this),
      () => this.state.version + this.#pluginMetrics.version,
      undefined,
      () => this.#pluginMetrics.families,
    )
    beginSeries(this.state, prepared.resolved)
    this.#ticker = new Lookout(() => this.#tick(), TICK_MS)
  }

  get outputs(): Outputs | null {
    return this.#outputs
  }

  get pool(): WorkerPool {
    return this.#pool
  }

  get resolved(): ResolvedConfig {
    return this.#prepared.resolved
  }

  get loaded(): RunningConfig {
    return this.#prepared.loaded
  }

  /** Log lines that could not be written. */
  get logLinesLost(): number {
    return this.#log.linesLost?.() ?? 0
  }

  get loadedAt(): number {
    return this.#reloads.loadedAt
  }

  get lastReload(): Status['config']['lastReload'] {
    return this.#reloads.last
  }

  get lastErrors(): ReadonlyMap<string, string> {
    return this.#journal.lastErrors
  }

  /** Epochs that are cut but not committed. */
  get uncommittedEpochs(): number {
    return this.#checkpoints.uncommitted
  }

  get config(): Status['config'] {
    const { loaded, shown } = this.#prepared
    return { file: loaded.file, loadedAt: this.loadedAt, lastReload: this.lastReload, shown }
  }

  /** Begins to read posts. */
  run(): void {
    const { restored } = this.directory
    this.#outputs?.start(Outbox.pending(restored))
    for (const { epoch, closed } of restored?.republish ?? [])
      this.#outbox.publish(epoch, closed, this.#outputs?.taking('windows') ?? [])
    for (const runner of this.sources.values()) runSource(runner, this.#pool, this.resolved)
  }

  status(): Status {
    return redacted(statusOf(this))
  }

  notReady(): string[] {
    const reasons = [...this.sources.values()]
      .filter(runner => !runner.started)
      .map(({ name, detail }) => `source ${name} has not started${detail ? `: ${detail}` : ''}`)
    if (this.#pool.ready === 0) reasons.push('no worker is ready')
    if (this.#stopping) reasons.push('it is stopping')
    return redacted(reasons)
  }

  metrics(format: 'text' | 'openmetrics'): ReturnType<Exposition['render']> {
    return this.#exposition.render(format)
  }

  refused(status: number): void {
    this.#checkpoints.count('mood_http_requests_refused_total', [String(status)])
  }

  admitsAlerts(authorization: string | undefined): AlertAdmission {
    return this.#alerts.admits(authorization)
  }

  alerts(body: string): Promise<AlertAnswer> {
    return this.#alerts.receive(body)
  }

  /** Loads the configuration again; if it has problems, the running one is kept. Concurrent calls share a reload. */
  reload(): Promise<ReloadResult> {
    return this.#reloads.ask()
  }

  /** Stops sources and commits what they had emitted: resolves when all of it is in the metrics. */
  async drain(): Promise<void> {
    this.#stopping = true
    const stopSources = () =>
      Promise.all([...this.sources.values()].map(runner => runner.stop(SOURCE_GRACE_MS)))
    await stopSources()
    // A running reload may add sources.
    await this.#reloads.settled()
    await stopSources()
    await this.#drainQueue(() => this.#queue.size > 0)
    this.#tick()
    await this.#outputs?.drain(OUTPUTS_MS)
  }

  /** Ends all threads. Plugins have `graceMs` milliseconds to close. */
  async close(graceMs = CLOSE_MS): Promise<void> {
    this.#stopping = true
    this.#ticker.stop()
    this.#checkpoints.close()
    await Promise.all([...this.sources.values()].map(runner => runner.close(graceMs)))
    await this.#pool.close(graceMs)
    this.#outbox.close()
    await this.#outputs?.close(graceMs)
    await this.directory.close()
  }

  async #reload(): Promise<void> {
    if (this.#stopping) throw createError('ERR_RELOAD_STOPPING', {})
    await this.#adopt(await prepare(this.#from, this.resolved.workerConfig.seenIds, this.#relays))
  }

  /** Changes to another configuration. Nothing changes until the new workers are ready. */
  async #adopt(next: Prepared): Promise<void> {
    const { resolved } = next
    if (this.directory.failure) throw unwritable(this.directory.failure)
    if (JSON.stringify(resolved.state) !== JSON.stringify(this.resolved.state))
      throw createError('ERR_RELOAD_STATE', {})
    const old = this.#pool
    // As many as there are now, so that new posts need not wait for workers.
    const fresh = this.#newPool(resolved, old.workers)
    fresh.pause()
    const added = this.#newSources(resolved, name => !this.sources.has(name), new Map())
    let outputs: NextOutputs | undefined
    let leaving: SourceRunner[] = []
    try {
      await Promise.all([fresh.start(), ...added.map(runner => runner.create())])
      outputs = await this.#outputs?.prepare(resolved.outputs, outputSettings(resolved))
      leaving = [...this.sources.values()].filter(runner => !this.#staysAs(runner, resolved))
      await Promise.all(leaving.map(runner => runner.stop(SOURCE_GRACE_MS)))
      await this.#retire(old, leaving, next.loaded.config.server.shutdown_timeout)
      // Between epochs, nothing is in flight: everything changes at once.
      this.#checkpoints.pause()
      await this.directory.reshape(resolved)
    } catch (error) {
      this.#checkpoints.resume()
      await Promise.all([fresh.close(0), outputs?.abandon(), ...added.map(runner => runner.close(0))])
      this.#takeBack(old, leaving)
      throw error instanceof CommitFailed ? unwritable(error.message) : error
    }
    this.#checkpoints.reshape()
    this.#checkpoints.resume()
    this.#prepared = next
    this.#pool = fresh
    await outputs?.adopt()
    await this.reporter.configure(resolved.reports, Date.now())
    await this.#rankings.retain(resolved.known.rankings ?? new Set())
    await beginSeriesInTurns(this.state, resolved)
    const positions = new Map(leaving.map(({ name, inFlight }) => [name, inFlight.positions]))
    await Promise.all([old.close(), ...leaving.map(runner => runner.close(CLOSE_MS))])
    for (const { name } of leaving) {
      this.sources.delete(name)
      if (!resolved.known.sources.has(name)) this.#checkpoints.release(name, null, true)
    }
    // A source with changed options is created only now, since it continues where the old one ended.
    added.push(...this.#newSources(resolved, name => positions.has(name), positions))
    for (const runner of this.sources.values()) {
      const own = resolved.sources.find(({ spec }) => spec.name === runner.name)
      if (own) runner.options(own.spec)
      runner.topics(resolved.topics)
    }
    for (const runner of added) {
      this.sources.set(runner.name, runner)
      runSource(runner, this.#pool, this.resolved)
    }
    this.#pluginMetrics.refresh()
    fresh.use()
    fresh.resume()
  }

  /** Keeps the running configuration: sources that were stopped run again. */
  #takeBack(pool: WorkerPool, stopped: readonly SourceRunner[]): void {
    const positions = new Map(stopped.map(({ name, inFlight }) => [name, inFlight.positions]))
    for (const runner of this.#newSources(this.resolved, name => positions.has(name), positions)) {
      void this.sources.get(runner.name)?.close(CLOSE_MS)
      this.sources.set(runner.name, runner)
      runSource(runner, this.#pool, this.resolved)
    }
    pool.resume()
  }

  /** Lets an old pool finish its batches, and those of sources that end with it. */
  async #retire(old: WorkerPool, leaving: SourceRunner[], withinMs: number): Promise<void> {
    const names = new Set(leaving.map(({ name }) => name))
    old.finish(names)
    const isLeft = () => leaving.some(({ name }) => this.#queue.sizeOf(name) > 0)
    const deadline = new AbortController()
    const drained = this.#drainQueue(isLeft, deadline.signal)
    if (old.ready > 0 && (await atMost(withinMs, drained))) return
    deadline.abort()
    // Batches abandoned now could not be committed.
    if (this.directory.failure) throw unwritable(this.directory.failure)
    for (const { name } of leaving)
      for (const batch of this.#queue.take(name)) this.#abandon(batch, 'no worker came back for them')
    for (const batch of old.abandonAll()) this.#abandon(batch, 'their worker did not finish')
    // Batches that killed a worker may work with the next configuration.
    for (const batch of this.#queue.ofEpochs()) {
      if (this.#checkpoints.postpone(batch.group)) batch.skips = []
      else {
        this.#queue.remove(batch)
        this.#abandon(batch, 'no worker came back for them')
      }
    }
    await this.#checkpoints.settled()
  }

  /** Resolves once no batch is in the queue or in flight, commit after commit. */
  async #drainQueue(isLeft: () => boolean, signal?: AbortSignal): Promise<void> {
    while (!signal?.aborted && !this.#checkpoints.isClosed) {
      await this.#checkpoints.settled()
      if (!isLeft()) return
      await sleep(DRAIN_MS)
    }
  }

  /** Whether a source is unchanged: then it keeps its thread, its connections and its position. */
  #staysAs(runner: SourceRunner, next: ResolvedConfig): boolean {
    const shapeIn = ({ sources, workerConfig, limits }: ResolvedConfig) => {
      const place = workerConfig.sources.findIndex(({ name }) => name === runner.name)
      const { record_bytes, queue_bytes, worker_memory, log_lines, plugin_timeout, create_timeout } = limits
      const of = [record_bytes, queue_bytes, worker_memory, log_lines, plugin_timeout, create_timeout]
      return JSON.stringify([sources[place]?.files, workerConfig.sources[place]?.format, ...of])
    }
    const spec = next.sources.find(({ spec }) => spec.name === runner.name)?.spec
    return spec !== undefined && runner.runsOnWith(spec) && shapeIn(this.resolved) === shapeIn(next)
  }

  /** @param first how many workers it starts with */
  #newPool({ workerConfig, workers, limits }: ResolvedConfig, first = 1): WorkerPool {
    const ports: PoolPorts = {
      epochOf: batch => this.#checkpoints.epochOf(batch),
      delta: (delta, batches) => this.#checkpoints.deliver(delta, batches),
      mapped: (batch, rejections, ms) => {
        const runner = this.sources.get(batch.source)
        if (rejections) batch.rejected = rejections
        if (batch.acknowledge === 'decoded' || (batch.acknowledge && !this.directory.store))
          runner?.submitted(batch, batch.rejected)
        runner?.pace(this.#paces.observe(batch, ms, this.#pool.stride))
      },
      abandoned: (batch, why) => this.#abandon(batch, why),
      sampled: posts => this.#sampled(posts),
      recorded: recorded => this.#recorded(recorded),
      restarted: (reason, blame) => this.#journal.workerRestarted(reason, blame),
      store: call => this.directory.call(call),
      log: message => this.#journal.write(message),
    }
    const options = { size: workers, first, workerMemory: limits.worker_memory }
    const pool = new WorkerPool(workerConfig, this.#queue, options, ports)
    pool.trends(trendsOf(this.state, workerConfig))
    return pool
  }

  #newSources(
    resolved: ResolvedConfig,
    isWanted: (name: string) => boolean,
    positions: ReadonlyMap<string, ReadonlyMap<string, Position>>,
  ): SourceRunner[] {
    const ports: SourcePorts = {
      group: group => {
        this.#queue.push(group)
        this.#pool.dispatch()
      },
      partitionClosed: (source, partition, forget) => this.#checkpoints.release(source, partition, forget),
      refused: (source, reason) =>
        this.#checkpoints.count('mood_source_refused_total', [source, redact(reason)]),
      reconnected: (source, reason) =>
        this.#checkpoints.count('mood_source_reconnects_total', [source, reason]),
      gap: (source, result, ms) => {
        this.#checkpoints.count('mood_source_gaps_total', [source, result])
        this.#checkpoints.count('mood_source_gap_seconds_total', [source, result], ms / 1000)
      },
      recorded: recorded => this.#recorded(recorded),
      changed: (source, state, detail) => this.#journal.sourceChanged(source, state, detail),
      failed: (source, failure) => this.#journal.sourceFailed(source, failure),
      store: call => this.directory.call(call),
      log: message => this.#journal.write(message),
      nextBatchNumber: () => this.#batchNumbers.next(),
    }
    return resolved.sources
      .filter(({ spec }) => isWanted(spec.name))
      .map(({ spec }) => newRunner(resolved, spec, ports, positions.get(spec.name)))
  }

  #committed(commit: Commit): void {
    this.#committedAt = performance.now()
    this.#ticker.wake()
    this.directory.committed()
    this.#giveTrends()
    this.#publish(commit.closed)
    commitBatches(this.sources, commit)
  }

  /** Sends the current terms of rankings to the workers, for topics. */
  #giveTrends(): void {
    if (this.resolved.workerConfig.trending)
      this.#pool.trends(trendsOf(this.state, this.resolved.workerConfig))
  }

  /** Passes closed windows to the outputs. Without outputs, the store still learns how far it may compact. */
  #publish(closed: ClosedWindow[]): void {
    if (this.resolved.outputs.length > 0)
      this.#outbox.publish(this.#checkpoints.lastRecord, closed, this.#outputs?.taking('windows') ?? [])
  }

  #newOutputs(log: ExporterLog): Promise<Outputs> {
    return Outputs.create(this.resolved.outputs, {
      ...outputSettings(this.resolved),
      log,
      counters: (metric, labels, n) => {
        // Series begin with the configuration that has them.
        if (n > 0) this.#checkpoints.count(metric, labels, n)
      },
      recorded: recorded => this.#recorded(recorded),
      store: call => this.directory.call(call),
      acknowledged: (output, ids) => this.#outbox.acknowledge(output, ids),
    })
  }

  /** The metrics that the running plugins declare. */
  *#declaredMetrics(): Generator<readonly DeclaredMetrics[]> {
    yield this.#pool.declared
    for (const { declared } of this.sources.values()) yield declared
    if (this.#outputs) yield* this.#outputs.declared()
  }

  #sampled(posts: readonly PostEvent[]): void {
    const events = this.#samples.route(posts, this.#outputs?.taking('posts') ?? [], Date.now())
    if (events.length > 0) void this.#outbox.enqueueEach(events)
  }

  #recorded(recorded: EncodedPlugins): void {
    const fitting = this.#pluginMetrics.fitting(recorded)
    if (fitting.length > 0) this.#checkpoints.record(fitting)
  }

  #abandon(batch: TrackedBatch, why: string): void {
    const { source, records } = batch
    this.#journal.abandoned(batch, why)
    if (batch.acknowledge)
      batch.rejected = Array.from({ length: records }, (_, record) => ({
        record,
        reason: 'plugin',
        message: `given up: ${why}`,
      }))
    if (batch.acknowledge && (batch.acknowledge === 'decoded' || !this.directory.store))
      this.sources.get(source)?.submitted(batch, batch.rejected)
    this.#checkpoints.abandon(batch, 'plugin')
  }

  #tickReports(now: number): void {
    const ranMs = Math.round(performance.now() - this.#ranUntil)
    if (ranMs < RAN_MS) return
    this.#ranUntil = performance.now()
    const down = [...this.sources.values()].filter(({ state }) => state !== 'up' && state !== 'finished')
    this.#checkpoints.ran(
      now,
      ranMs,
      down.map(({ name }) => name),
    )
  }

  #refreshTerms(): void {
    if (this.state.showsAllTerms) return
    const now = performance.now()
    if (this.#termsShown && now - this.#termsBegunAt < TERMS_EVERY_MS) return
    if (this.#termsShown) this.#termsBegunAt = now
    this.state.refreshTerms(TERMS_MS)
    this.#termsShown = this.state.showsAllTerms
  }

  /** Returns whether it should be called again soon. */
  #tick(): boolean {
    const now = Date.now()
    this.#checkpoints.tick(now)
    if (this.resolved.reports.length > 0) this.#tickReports(now)
    this.#refreshTerms()
    this.#rankings.look()
    this.#giveTrends()
    // Rankings have no event time that a report could wait for.
    const eventTime = this.resolved.hasPosts ? this.state.watermarks.latest : now
    if (!this.#stopping) this.reporter.tick(now, eventTime)
    this.rates.look(now, this.state.counter('mood_source_posts_total').entries())
    return performance.now() - this.#committedAt < AWAKE_MS || !this.state.showsAllTerms
  }
}

const unwritable = (reason: string) => createError('ERR_RELOAD_UNWRITABLE', { reason })

const outputSettings = ({ workerConfig, limits, workers }: ResolvedConfig) => ({
  baseDir: workerConfig.baseDir,
  limits,
  threaded: workers > 0,
})
