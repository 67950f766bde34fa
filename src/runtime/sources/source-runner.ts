import { GAP_RESULTS, type GapResult, OUTAGES, type OutageReason } from '../../catalogue/outages.ts'
import type { PluginSpec } from '../../pipeline/worker-config.ts'
import { sleep } from '../../plugin/abort.ts'
import { Backoff } from '../../plugin/backoff.ts'
import { messageOf } from '../../plugin/message-of.ts'
import { type Framing, LINES } from '../../plugin/records/framing.ts'
import type { Position, SubmitResult } from '../../plugin/source.ts'
import type { EncodedPlugins } from '../../state/plugin-metrics.ts'
import type { Batch, BatchGroup, TrackedBatch } from '../batch.ts'
import { atMost } from '../threads/at-most.ts'
import type {
  DeclaredMetrics,
  LogMessage,
  StoreCall,
  StoreResult,
  SuppressedMessage,
  ToSource,
} from '../threads/messages.ts'
import { InFlight } from './in-flight.ts'
import { beginRun, type Failure, type Run, type RunMessage } from './source-run.ts'

/** Waits before a failed source is run again, in milliseconds. */
const BACKOFF = { initial: 1000, max: 30_000, healthyAfter: 60_000 }

/** How long a source may take to close after it has ended by itself; milliseconds. */
const CLOSE_MS = 1000

/** Maximum of different reasons of refusals; more are counted as `other`. */
const MAX_REFUSED_REASONS = 20

/** Maximum of a service's limits that a source may report; further ones are ignored. */
const MAX_ALLOWANCES = 20

export type SourceState = 'starting' | 'up' | 'down' | 'failed' | 'finished'

/** The parts of the runtime that a source runner calls. */
export interface SourcePorts {
  /** A group of batches is complete: workers may receive it. */
  group(group: BatchGroup): void
  /** A partition was closed; `null` for all of the source. */
  partitionClosed(source: string, partition: string | null, forget: boolean): void
  /** The source refused a request or a connection. */
  refused(source: string, reason: string): void
  /** The source is up again after it was down for that reason. */
  reconnected(source: string, reason: OutageReason): void
  /** The source was not connected while posts may have been written. */
  gap(source: string, result: GapResult, ms: number): void
  /** The state of the source, or its detail, has changed. */
  changed(source: string, state: SourceState, detail: string): void
  /** The source or its thread failed; it is run again after a back-off. */
  failed(source: string, failure: Failure): void
  /** The source recorded values in its own metrics. */
  recorded(recorded: EncodedPlugins): void
  store(call: StoreCall): Promise<StoreResult>
  log(message: LogMessage | SuppressedMessage): void
  nextBatchNumber(): number
}

export interface SourceRunnerOptions {
  spec: PluginSpec
  baseDir: string
  /** The topics of the configuration, as JSON. */
  topics: string
  maxRecordBytes: number
  queueBytes: number
  logLines: number
  workerMemory: number
  /** `limits.plugin_timeout`, milliseconds. */
  pluginTimeout: number
  /** `limits.create_timeout`, milliseconds. */
  createTimeout: number
  /** False runs it in the main thread, for debugging. */
  threaded: boolean
}

/** A source, for the main thread: its thread, its state, its batches in flight. */
export class SourceRunner {
  readonly name: string
  readonly inFlight: InFlight
  state: SourceState = 'starting'
  /** The last reported detail of its state. */
  detail = ''
  lagRecords: number | null = null
  /** When the last record was received, in Unix milliseconds. */
  lastRecordAt: number | null = null
  /** What limits of the service still allow, by name. */
  readonly allowances = new Map<string, number>()
  /** When its credentials expire, in Unix milliseconds. */
  credentialsExpireAt: number | null = null
  /** Its declared metrics. */
  declared: readonly DeclaredMetrics[] = []
  /** Whether its format needs the first record of each stream; passed to its run. */
  header = false
  /** How its format splits streams into records; passed to its run. */
  framing: Framing = LINES
  /** Whether its format has rankings instead of posts; passed to its run. */
  rankings = false
  readonly #options: SourceRunnerOptions
  readonly #ports: SourcePorts
  readonly #stopping = new AbortController()
  readonly #beginRun: typeof beginRun
  #run: Run | null = null
  #isRunning = false
  #done: Promise<void> = Promise.resolve()
  #wasUp = false
  /** Why it is down, or was down last. */
  #outage: OutageReason = 'other'
  #topics: string
  #spec: PluginSpec
  #changeable: readonly string[] = []
  #pace = 0
  readonly #refusedReasons = new Set<string>()

  /**
   * @param positions its committed positions of an earlier run
   * @param begin makes a run of it
   */
  constructor(
    options: SourceRunnerOptions,
    ports: SourcePorts,
    positions: ReadonlyMap<string, Position> = new Map(),
    begin = beginRun,
  ) {
    this.name = options.spec.name
    this.#options = options
    this.#topics = options.topics
    this.#spec = options.spec
    this.#ports = ports
    this.#beginRun = begin
    this.inFlight = new InFlight(this.name, positions)
  }

  get spec(): PluginSpec {
    return this.#spec
  }

  /** Whether it can continue with these options: they differ only in those that can change while it runs. */
  runsOnWith({ use, name, options }: PluginSpec): boolean {
    const fixed = (options: PluginSpec['options']) =>
      JSON.stringify(Object.entries(options).filter(([key]) => !this.#changeable.includes(key)))
    return use === this.#spec.use && name === this.#spec.name && fixed(options) === fixed(this.#spec.options)
  }

  /** Whether it was up at least once, or has read its input to the end. */
  get started(): boolean {
    return this.#wasUp || this.state === 'finished'
  }

  /** Creates the source without running it. Rejects with the problem. */
  async create(): Promise<void> {
    this.#run = await this.#begin()
    // It was closed meanwhile, before it had a thread.
    if (this.#stopping.signal.aborted) await this.#run.close(0)
  }

  /** Runs it until `stop`; after a failure again, with a back-off. */
  run(): void {
    this.#isRunning = true
    this.#done = this.#loop()
  }

  /**
   * Resolves once it emits nothing more: it has ended as asked, or its thread was ended after `graceMs` milliseconds.
   * Its batches stay in flight, and it receives commits, until it is closed.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort()
    if (!this.#isRunning) return
    this.#run?.post({ type: 'stop' })
    if (!(await atMost(graceMs, this.#done))) await this.#run?.close(0)
    this.inFlight.discardOpen()
  }

  /** Closes the source, which may take `graceMs` milliseconds, and ends its thread. */
  async close(graceMs: number): Promise<void> {
    this.#stopping.abort()
    await this.#run?.close(graceMs)
  }

  /** The workers are done with the memory of batches. */
  release(batches: readonly TrackedBatch[]): void {
    for (const batch of batches) this.inFlight.release(batch)
    this.#run?.post({ type: 'release', ids: batches.map(({ id }) => id) })
  }

  /** A record with these batches and end positions is committed. */
  commit(batches: readonly TrackedBatch[], positions: readonly (readonly [string, Position | null])[]): void {
    this.inFlight.commit(batches, positions)
    for (const batch of batches) if (batch.acknowledge === 'committed') this.submitted(batch, batch.rejected)
    const moved = positions.filter((entry): entry is [string, Position] => entry[1] !== null)
    if (moved.length > 0) this.#run?.post({ type: 'commit', positions: moved })
  }

  /** Sends the source the result of a batch that it submitted. */
  submitted({ id, records }: TrackedBatch, rejected: SubmitResult['rejected']): void {
    this.#run?.post({ type: 'submitted', id, result: { accepted: records - rejected.length, rejected } })
  }

  /** A reload changed the topics, but not the source. */
  topics(topics: string): void {
    if (topics === this.#topics) return
    this.#topics = topics
    this.#run?.post({ type: 'topics', topics })
  }

  /** A reload changed only options that can change while it runs, or none. */
  options(spec: PluginSpec): void {
    if (JSON.stringify(spec) === JSON.stringify(this.#spec)) return
    this.#spec = spec
    this.#run?.post({ type: 'options', spec })
  }

  /** Sets the maximum of records in its batches. */
  pace(records: number): void {
    if (records === this.#pace) return
    this.#pace = records
    this.#run?.post({ type: 'pace', records })
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping
    const backoff = new Backoff(BACKOFF)
    while (!signal.aborted) {
      backoff.up()
      const failure = await this.#runOnce()
      if (signal.aborted) return
      if (failure === null) return await this.#finish()
      this.#outage = 'failed'
      this.#set('failed', failure.message)
      this.#ports.failed(this.name, failure)
      await this.#run?.close(CLOSE_MS)
      this.#run = null
      this.inFlight.discardOpen()
      // Its batches are still counted, so the next run must start after them.
      await this.inFlight.empty(undefined, signal)
      await sleep(backoff.next(), signal)
    }
  }

  /** Resolves to the failure; null if it ended normally. */
  async #runOnce(): Promise<Failure | null> {
    try {
      this.#run ??= await this.#begin()
    } catch (error) {
      return { message: messageOf(error), reason: 'threw' }
    }
    if (this.#stopping.signal.aborted) await this.#run.close(0)
    else {
      if (this.#pace > 0) this.#run.post({ type: 'pace', records: this.#pace })
      this.#run.post({
        type: 'run',
        header: this.header,
        framing: this.framing,
        rankings: this.rankings,
      })
    }
    return await this.#run.ended
  }

  async #finish(): Promise<void> {
    const { signal } = this.#stopping
    // Batches after the last position have no later position to wait for.
    for (const partition of this.inFlight.openPartitions()) this.#groupEnded(this.inFlight.split(partition))
    // Its thread is kept until the last batch is committed, since it may acknowledge that position.
    await this.inFlight.empty(undefined, signal)
    if (signal.aborted) return
    this.#set('finished', '')
    this.#ports.partitionClosed(this.name, null, false)
    await this.#run?.close(CLOSE_MS)
  }

  #set(state: SourceState, detail: string): void {
    if (state !== this.state || detail !== this.detail) this.#ports.changed(this.name, state, detail)
    this.state = state
    this.detail = detail
  }

  async #begin(): Promise<Run> {
    const {
      baseDir,
      maxRecordBytes,
      queueBytes,
      logLines,
      workerMemory,
      pluginTimeout,
      createTimeout,
      threaded,
    } = this.#options
    const spec = this.#spec
    const topics = this.#topics
    const positions = [...this.inFlight.positions]
    const data = { spec, baseDir, positions, topics, maxRecordBytes, queueBytes, logLines }
    const run = await this.#beginRun(
      data,
      { threaded, workerMemory, pluginTimeout, createTimeout },
      (message, reply) => this.#receive(message, reply),
    )
    this.declared = run.metrics
    this.#changeable = run.changeable
    // They changed while it was created.
    if (spec !== this.#spec) run.post({ type: 'options', spec: this.#spec })
    if (topics !== this.#topics) run.post({ type: 'topics', topics: this.#topics })
    return run
  }

  #receive(message: RunMessage, reply: (message: ToSource) => void): void {
    if (message.type === 'batch') this.#track(message.batch)
    else if (message.type === 'split') this.#groupEnded(this.inFlight.split(message.partition))
    else if (message.type === 'close') void this.#closePartition(message)
    else if (message.type === 'up') this.#cameUp()
    else if (message.type === 'down') this.#wentDown(message)
    else if (message.type === 'lag') this.lagRecords = message.records
    else if (message.type === 'gap') this.#gap(message)
    else if (message.type === 'allowance') this.#allowance(message)
    else if (message.type === 'expiry') this.credentialsExpireAt = message.at
    else if (message.type === 'refused') this.#refused(message.reason)
    else if (message.type === 'recorded') this.#ports.recorded(message.recorded)
    else if (message.type === 'store') void this.#ports.store(message).then(reply)
    else this.#ports.log(message)
  }

  #track(batch: Batch): void {
    if (batch.records > 0) this.lastRecordAt = batch.receivedAt
    this.#groupEnded(this.inFlight.track(batch, this.#ports.nextBatchNumber()))
  }

  #groupEnded(group: BatchGroup | null): void {
    if (group) this.#ports.group(group)
  }

  async #closePartition({
    id,
    partition,
    forget,
  }: {
    id: number
    partition: string
    forget: boolean
  }): Promise<void> {
    const run = this.#run
    this.#groupEnded(this.inFlight.split(partition))
    const tracked = this.inFlight.tracked(partition)
    await this.inFlight.empty(partition, this.#stopping.signal)
    // It was opened again meanwhile, so it has its own position and event time. Or the source is stopped: uncommitted
    // batches need its position.
    if (this.inFlight.tracked(partition) === tracked && this.inFlight.isEmpty(partition)) {
      this.inFlight.close(partition)
      this.#ports.partitionClosed(this.name, partition, forget)
    }
    run?.post({ type: 'partition-closed', id })
  }

  #refused(reason: string): void {
    // A plugin must not create a label for every received value.
    if (this.#refusedReasons.size < MAX_REFUSED_REASONS) this.#refusedReasons.add(reason)
    this.#ports.refused(this.name, this.#refusedReasons.has(reason) ? reason : 'other')
  }

  /** Arguments are validated: the plugin may be written in JavaScript. */
  #gap({ result, ms }: { result: GapResult; ms: number }): void {
    if (Object.hasOwn(GAP_RESULTS, result)) this.#ports.gap(this.name, result, ms > 0 ? ms : 0)
  }

  #allowance({ limit, remaining }: { limit: string; remaining: number }): void {
    if (!Number.isFinite(remaining)) return
    if (this.allowances.has(limit) || this.allowances.size < MAX_ALLOWANCES)
      this.allowances.set(limit, remaining)
  }

  #wentDown({ reason, outage }: { reason: string; outage: OutageReason }): void {
    this.#outage = Object.hasOwn(OUTAGES, outage) ? outage : 'other'
    this.#set('down', reason)
  }

  #cameUp(): void {
    if (this.#wasUp && this.state !== 'up') this.#ports.reconnected(this.name, this.#outage)
    this.#wasUp = true
    this.#set('up', '')
  }
}
