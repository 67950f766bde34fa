import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../pipeline/message-of.ts'
import type { PluginSpec } from '../../pipeline/plan.ts'
import type { Position } from '../../plugin/source.ts'
import { atMost } from '../threads/at-most.ts'
import type { BatchFromSource, Coverage, LogMessage, SuppressedMessage } from '../threads/messages.ts'
import { type HeldBatch, Ledger, receiptOf } from './in-flight.ts'
import { beginRun, type Failure, type Run, type RunMessage } from './source-run.ts'

const BACKOFF_MS = { first: 1000, most: 30_000 }

/** A source that has run this long before it failed starts again at the first back-off; milliseconds. */
const HELD_MS = 60_000

/** How long a source may take to close what it holds open, once it has ended by itself; milliseconds. */
const CLOSE_MS = 1000

/** Headers of so many streams are remembered for a source that has to be started again. */
const MAX_HEADERS = 10_000

/** Different reasons for which a source may refuse; more are counted as `other`. */
const MAX_REFUSALS = 20

export type SourceState = 'starting' | 'up' | 'down' | 'failed' | 'finished'

export interface SourceEvents {
  batch(batch: HeldBatch): void
  dropped(source: string, message: { reason: string; records: number; bytes: number }): void
  /** Turned a request or a connection away. */
  refused(source: string, reason: string): void
  /** Came up again after it was down. */
  reconnected(source: string): void
  /** Is in another state, or has something else to say of it. */
  changed(source: string, state: SourceState, detail: string): void
  /** Gave up, or its thread did; it is run again after a back-off. */
  failed(source: string, failure: Failure): void
  /** Has read all there was. */
  finished(source: string): void
  log(message: LogMessage | SuppressedMessage): void
}

export interface SourceRunnerOptions {
  spec: PluginSpec
  baseDir: string
  maxRecordBytes: number
  queueBytes: number
  logLines: number
  heapBytes: number
  /** How long its thread may stand still, in milliseconds. */
  stuckMs: number
  /** False runs it in the main thread, for debugging. */
  threaded: boolean
  nextBatchId: () => number
}

/** A source as the main thread sees it: its thread, its state, the batches it has handed over. */
export class SourceRunner {
  readonly name: string
  readonly ledger: Ledger
  state: SourceState = 'starting'
  /** What was last said of its state. */
  detail = ''
  lagRecords: number | null = null
  /** Whether its format needs the first record of each stream; told when it is run. */
  header = false
  readonly #options: SourceRunnerOptions
  readonly #events: SourceEvents
  readonly #headers: Record<string, string> = {}
  readonly #stopping = new AbortController()
  #run: Run | null = null
  #isRunning = false
  #done: Promise<void> = Promise.resolve()
  #wasUp = false
  readonly #refusals = new Set<string>()

  constructor(options: SourceRunnerOptions, events: SourceEvents, position?: Position) {
    this.name = options.spec.name
    this.#options = options
    this.#events = events
    this.ledger = new Ledger(this.name, position)
  }

  get spec(): PluginSpec {
    return this.#options.spec
  }

  /** Whether it has been connected, or has read something, at least once. */
  get started(): boolean {
    return this.#wasUp || this.state === 'finished'
  }

  /** Makes the source without running it. Rejects with what is wrong with it. */
  async create(): Promise<void> {
    this.#run = await this.#begin()
    // Nobody wants it any more, and whoever closed it could not know of its thread yet.
    if (this.#stopping.signal.aborted) await this.#run.close(0)
  }

  /** Runs it, again and again with a back-off where it fails, until `stop`. */
  run(): void {
    this.#isRunning = true
    this.#done = this.#loop()
  }

  /**
   * Resolves once it hands over nothing more: when it has ended as asked, or its thread was ended after so many
   * milliseconds. What it has handed over stays in the ledger, and it is told of positions, until it is closed.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort()
    if (!this.#isRunning) return
    this.#run?.post({ type: 'stop' })
    if (!(await atMost(graceMs, this.#done))) await this.#run?.close(0)
  }

  /** Lets it close what it holds open, for so many milliseconds, and ends its thread. */
  async close(graceMs: number): Promise<void> {
    this.#stopping.abort()
    await this.#run?.close(graceMs)
  }

  /** Notes what a delta counts, and lets the source use the memory again. Returns what is counted without a gap. */
  cover(coverage: Coverage): HeldBatch[] {
    const settled = this.ledger.cover(coverage)
    for (const { sourceId, position } of settled) this.#run?.post({ type: 'release', id: sourceId, position })
    return settled
  }

  /** Tells the source what became of a batch that it submitted. */
  receipt(
    { sourceId, records }: HeldBatch,
    refused: { record: number; reason: string; message: string }[],
  ): void {
    this.#run?.post({ type: 'receipt', id: sourceId, receipt: receiptOf(records, refused) })
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping
    let backoff = BACKOFF_MS.first
    while (!signal.aborted) {
      const startedAt = performance.now()
      const failure = await this.#runOnce()
      if (signal.aborted) return
      if (failure === null) return await this.#finish()
      this.#set('failed', failure.message)
      this.#events.failed(this.name, failure)
      await this.#run?.close(CLOSE_MS)
      this.#run = null
      // What it has handed over is still counted, so the next run must start behind it.
      await this.ledger.empty(signal)
      if (performance.now() - startedAt > HELD_MS) backoff = BACKOFF_MS.first
      await sleep(backoff * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {})
      backoff = Math.min(BACKOFF_MS.most, backoff * 2)
    }
  }

  /** Resolves to what it failed of; null where it ended as it should. */
  async #runOnce(): Promise<Failure | null> {
    try {
      this.#run ??= await this.#begin()
    } catch (error) {
      return { message: messageOf(error), reason: 'threw' }
    }
    if (this.#stopping.signal.aborted) await this.#run.close(0)
    else this.#run.post({ type: 'run', header: this.header })
    return await this.#run.ended
  }

  async #finish(): Promise<void> {
    const { signal } = this.#stopping
    // Its thread is kept until the last batch is counted, since it may want to commit that position.
    await this.ledger.empty(signal)
    if (signal.aborted) return
    this.#set('finished', '')
    this.#events.finished(this.name)
    await this.#run?.close(CLOSE_MS)
  }

  #set(state: SourceState, detail: string): void {
    if (state !== this.state || detail !== this.detail) this.#events.changed(this.name, state, detail)
    this.state = state
    this.detail = detail
  }

  #begin(): Promise<Run> {
    const { spec, baseDir, maxRecordBytes, queueBytes, logLines, heapBytes, stuckMs, threaded } =
      this.#options
    const data = {
      spec,
      baseDir,
      position: this.ledger.position,
      maxRecordBytes,
      queueBytes,
      headers: { ...this.#headers },
      logLines,
    }
    return beginRun(data, { threaded, heapBytes, stuckMs }, message => this.#receive(message))
  }

  #receive(message: RunMessage): void {
    if (message.type === 'batch') this.#hold(message)
    else if (message.type === 'up') this.#cameUp()
    else if (message.type === 'down') this.#set('down', message.reason)
    else if (message.type === 'lag') this.lagRecords = message.records
    else if (message.type === 'refused') this.#refused(message.reason)
    else if (message.type === 'dropped') this.#events.dropped(this.name, message)
    else this.#events.log(message)
  }

  #refused(reason: string): void {
    // A plugin may be anybody's: it must not make a label of whatever it is sent.
    if (this.#refusals.size < MAX_REFUSALS) this.#refusals.add(reason)
    this.#events.refused(this.name, this.#refusals.has(reason) ? reason : 'other')
  }

  #cameUp(): void {
    if (this.#wasUp && this.state !== 'up') this.#events.reconnected(this.name)
    this.#wasUp = true
    this.#set('up', '')
  }

  #hold(message: BatchFromSource): void {
    if (message.header !== undefined && Object.keys(this.#headers).length < MAX_HEADERS)
      this.#headers[message.partition] = message.header
    this.#events.batch(this.ledger.hold(this.#options.nextBatchId(), message))
  }
}
