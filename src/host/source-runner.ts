import { setTimeout as sleep } from 'node:timers/promises'
import type { PluginSpec } from '../pipeline/plan.ts'
import type { Position } from '../plugin/source.ts'
import { type HeldBatch, Ledger } from './ledger.ts'
import type { BatchFromSource, Coverage, LogMessage, SuppressedMessage } from './messages.ts'
import { beginRun, type Run, type RunMessage } from './source-run.ts'

const BACKOFF_MS = { first: 1000, most: 30_000 }

/** A source that has run this long before it failed starts again at the first back-off; milliseconds. */
const HELD_MS = 60_000

/** Headers of so many streams are remembered for a source that has to be started again. */
const MAX_HEADERS = 10_000

/** Different reasons for which a source may refuse; more are counted as `other`. */
const MAX_REFUSALS = 20

export type SourceState = 'starting' | 'up' | 'down' | 'failed' | 'finished'

export interface SourceEvents {
  batch(batch: HeldBatch): void
  dropped(source: string, message: { reason: string; records: number; bytes: number; sample: string }): void
  /** Turned a request or a connection away. */
  refused(source: string, reason: string): void
  /** Came up again after it was down. */
  reconnected(source: string): void
  /** Gave up, with what it said; it is run again after a back-off. */
  failed(source: string, message: string): void
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
  }

  /** Runs it, again and again with a back-off where it fails, until `stop`. */
  run(): void {
    this.#done = this.#loop()
  }

  /** Resolves once it is stopped, or has read all there was and that is counted. */
  get done(): Promise<void> {
    return this.#done
  }

  /** Ends it. What it has handed over stays in the ledger until it is counted. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort()
    const run = this.#run
    if (!run) return
    run.post({ type: 'stop' })
    await Promise.race([run.ended, sleep(graceMs, undefined, { ref: false })])
    await run.end()
    await this.#done
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
    this.#run?.post({
      type: 'receipt',
      id: sourceId,
      receipt: { accepted: records - refused.length, refused },
    })
  }

  async #loop(): Promise<void> {
    let backoff = BACKOFF_MS.first
    while (!this.#stopping.signal.aborted) {
      const startedAt = performance.now()
      try {
        this.#run ??= await this.#begin()
        this.#run.post({ type: 'run', header: this.header })
        const { failure } = await this.#run.ended
        if (this.#stopping.signal.aborted) return
        if (failure === null) {
          // Its thread is kept until the last batch is counted, since it may want to commit that position.
          await this.ledger.empty()
          this.#set('finished', '')
          this.#events.finished(this.name)
          return await this.#run.end()
        }
        this.#fail(failure)
      } catch (error) {
        this.#fail((error as Error).message)
      }
      await this.#run?.end()
      this.#run = null
      // What it has handed over is still counted, so the next run must start behind it.
      await this.ledger.empty()
      if (performance.now() - startedAt > HELD_MS) backoff = BACKOFF_MS.first
      await sleep(backoff * (0.5 + Math.random() / 2), undefined, { signal: this.#stopping.signal }).catch(
        () => {},
      )
      backoff = Math.min(BACKOFF_MS.most, backoff * 2)
    }
  }

  #fail(message: string): void {
    this.#set('failed', message)
    this.#events.failed(this.name, message)
  }

  #set(state: SourceState, detail: string): void {
    this.state = state
    this.detail = detail
  }

  #begin(): Promise<Run> {
    const { spec, baseDir, maxRecordBytes, queueBytes, logLines, heapBytes, threaded } = this.#options
    const data = {
      spec,
      baseDir,
      position: this.ledger.position,
      maxRecordBytes,
      queueBytes,
      headers: { ...this.#headers },
      logLines,
    }
    return beginRun(data, { threaded, heapBytes }, message => this.#receive(message))
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
