import type { OutputResult, WriteResult } from '../../catalogue/output-results.ts'
import { messageOf } from '../../plugin/message-of.ts'
import type { OutputStream } from '../../plugin/output.ts'
import type { EncodedPlugins } from '../../state/plugin-metrics.ts'
import { atMost } from '../threads/at-most.ts'
import type {
  DeclaredMetrics,
  LogMessage,
  StoreCall,
  StoreResult,
  SuppressedMessage,
} from '../threads/messages.ts'
import type { Failure } from '../threads/plugin-thread.ts'
import { type DeliveryResult, deliveryResultOf } from './delivery-result.ts'
import { type EventKind, EventQueue, type PendingEvent } from './event-queue.ts'
import { type BeginRun, beginRun, type OutputRun, type WriteEnd } from './output-run.ts'
import type { OutputSpec } from './output-spec.ts'
import { Pace } from './pace.ts'
import { Wait } from './wait.ts'

/** Maximum size of the events in one write, except for a single larger event. */
const WRITE_BYTES = 2 ** 20

const EVERYTHING = { events: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY }

export interface OutputSettings {
  baseDir: string
  limits: { queue_bytes: number; worker_memory: number; log_lines: number; create_timeout: number }
  /** False runs outputs in the main thread, for debugging. */
  threaded: boolean
}

/** Receives the reports of an output. */
export interface OutputListener {
  /** These events were delivered or given up. */
  done(result: OutputResult, events: readonly PendingEvent[]): void
  /** A write has ended. `seconds` is its duration, 0 if its thread could not report it. */
  written(result: WriteResult, isRetry: boolean, seconds: number): void
  /** A call of the plugin failed, or its thread ended. */
  failed(reason: Failure['reason']): void
  say(level: 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>): void
  /** The plugin recorded values in its own metrics. */
  recorded(recorded: EncodedPlugins): void
  log(message: LogMessage | SuppressedMessage): void
  /** A call of the plugin to its store. */
  store(call: StoreCall): Promise<StoreResult>
}

export interface RunnerParts {
  begin?: BeginRun
  /** From 0 to 1: the fraction of the back-off's bound to wait. */
  random?: () => number
}

/** Writes the events of one output, in order, and retries failed writes, until it is closed. */
export class OutputRunner {
  readonly name: string
  readonly spec: OutputSpec
  /** Whether the last write succeeded. */
  isUp = true
  /** The error of the last write; empty if it succeeded. */
  lastError = ''
  /** When an event was last delivered, in Unix milliseconds. */
  deliveredAt: number | null = null
  /** Its declared metrics. */
  declared: readonly DeclaredMetrics[] = []
  readonly #settings: OutputSettings
  readonly #listener: OutputListener
  readonly #begin: BeginRun
  readonly #queue: EventQueue
  readonly #pace: Pace
  readonly #stopping = new AbortController()
  readonly #arrival = new Wait()
  readonly #rest = new Wait()
  #takes: ReadonlySet<OutputStream> = new Set()
  #run: OutputRun | null = null
  #loop: Promise<void> | null = null
  #writing: readonly PendingEvent[] = []
  /** The events of the write that was stopped. */
  #undelivered: readonly PendingEvent[] = []
  #isOverflowing = false
  /** Recordings that arrived before it was started. */
  #early: EncodedPlugins[] = []
  #empty: PromiseWithResolvers<void> | null = null

  constructor(
    spec: OutputSpec,
    settings: OutputSettings,
    listener: OutputListener,
    { begin = beginRun, random = Math.random }: RunnerParts = {},
  ) {
    this.name = spec.name
    this.spec = spec
    this.#settings = settings
    this.#listener = listener
    this.#begin = begin
    this.#queue = new EventQueue({ events: spec.queue, bytes: settings.limits.queue_bytes })
    this.#pace = new Pace({ initial: spec.retry.initial, max: spec.retry.max }, random)
  }

  /** The number and size of the events that are waiting or being written. */
  get queued(): { events: number; bytes: number } {
    const writing = this.#writing.reduce((sum, { bytes }) => sum + bytes, 0)
    return { events: this.#queue.events + this.#writing.length, bytes: this.#queue.bytes + writing }
  }

  /** Creates the output without writing. Rejects with the problem. */
  async create(): Promise<void> {
    const { baseDir, limits, threaded } = this.#settings
    const { use, name, options, batch } = this.spec
    const run = await this.#begin(
      { spec: { use, name, options }, baseDir, logLines: limits.log_lines },
      {
        threaded,
        workerMemory: limits.worker_memory,
        createTimeout: limits.create_timeout,
        signal: this.#stopping.signal,
      },
      {
        log: message => {
          if (message.type === 'recorded') this.#record(message.recorded)
          else this.#listener.log(message)
        },
        store: call => this.#listener.store(call),
      },
    )
    if (this.#isStopping) {
      await run.close(0)
      throw new Error('it was stopped while it was created')
    }
    this.#run = run
    this.#takes = run.takes
    this.declared = run.metrics
    this.#pace.limit = Math.min(batch, run.batch)
    void run.ended.then(failure => this.#ended(run, failure))
  }

  /** Whether it should deliver an event. Known once it is created. */
  wants({ kind, window }: EventKind): boolean {
    if (!this.takes(`${kind}s`)) return false
    return window === undefined || (this.spec.windows?.includes(window) ?? true)
  }

  /** Whether it should deliver any events of this stream. Known once it is created. */
  takes(stream: OutputStream): boolean {
    if (stream === 'posts' && !this.spec.posts) return false
    return this.#takes.has(stream) && (this.spec.events?.includes(stream) ?? true)
  }

  /** Starts to write, beginning with these events, which are older than all that were pushed. */
  start(events: readonly PendingEvent[]): void {
    this.#drop(this.#queue.pushFront(events))
    this.#loop ??= this.#deliver()
    for (const recorded of this.#early.splice(0)) this.#listener.recorded(recorded)
    this.#arrival.end()
  }

  push(event: PendingEvent): void {
    this.#drop(this.#queue.push(event))
    this.#arrival.end()
  }

  /**
   * Resolves once no event is waiting or being written. Ends a back-off, but not a pause that the receiver asked for.
   */
  async drained(): Promise<void> {
    if (this.queued.events === 0) return
    this.#pace.hurry()
    this.#rest.end()
    this.#empty ??= Promise.withResolvers()
    await this.#empty.promise
  }

  /**
   * Stops, and ends its thread. A running write has `finishMs` to finish before it is aborted, and the plugin
   * `graceMs` to close. Resolves to the events that are neither delivered nor given up.
   */
  async close(finishMs: number, graceMs: number): Promise<PendingEvent[]> {
    this.#stopping.abort()
    this.#arrival.end()
    this.#rest.end()
    const stopped = this.#loop ?? Promise.resolve()
    await atMost(finishMs, stopped)
    await this.#run?.close(graceMs)
    await stopped
    return [...this.#undelivered, ...this.#queue.take(EVERYTHING)]
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  async #deliver(): Promise<void> {
    while (!this.#isStopping) {
      if (this.#queue.events === 0) {
        this.#empty?.resolve()
        this.#empty = null
        await this.#arrival.for(Number.POSITIVE_INFINITY)
      } else if (this.#pace.rest > 0) await this.#rest.for(this.#pace.rest)
      else if (this.#run) await this.#write(this.#run)
      else await this.#recreate()
    }
  }

  #record(recorded: EncodedPlugins): void {
    if (this.#loop) this.#listener.recorded(recorded)
    else this.#early.push(recorded)
  }

  async #recreate(): Promise<void> {
    try {
      await this.create()
    } catch (error) {
      if (this.#isStopping) return
      this.#pace.failed()
      this.#down(messageOf(error), 'threw')
    }
  }

  async #write(run: OutputRun): Promise<void> {
    const batch = this.#queue.take({ events: this.#pace.events, bytes: WRITE_BYTES })
    const isRetry = batch.some(({ failures }) => failures > 0)
    this.#writing = batch
    const texts = batch.map(({ json }) => json)
    const end = await run.write(texts, this.spec.timeout)
    if ('died' in end || end.report.pending) {
      this.#run = null
      await run.close(0)
    }
    this.#writing = []
    if (this.#isStopping) return this.#settleStopped(batch, end)
    const delivery = deliveryResultOf(batch, end, this.spec.retry.giveUp)
    this.#listener.written(delivery.result, isRetry, 'died' in end ? 0 : end.report.seconds)
    this.#pace.after(batch.length, delivery)
    this.#drop(this.#queue.pushFront(delivery.left))
    this.#report(delivery.done)
    this.#say(delivery)
  }

  /** Events of a stopped write are neither failed nor given up: the caller of `close` receives them. */
  #settleStopped(batch: readonly PendingEvent[], end: WriteEnd): void {
    const results = 'died' in end ? [] : end.report.outcome.results
    const isDelivered = (_: PendingEvent, i: number) => results[i] === 'delivered'
    this.#undelivered = batch.filter((event, i) => !isDelivered(event, i))
    this.#report({ delivered: batch.filter(isDelivered) })
  }

  #report(done: Partial<DeliveryResult['done']>): void {
    for (const [result, events] of Object.entries(done) as [OutputResult, PendingEvent[]][])
      if (events.length > 0) this.#listener.done(result, events)
    if (done.delivered?.length) this.deliveredAt = Date.now()
  }

  #say({ done, result, error, reason, died }: DeliveryResult): void {
    if (reason === null) this.#up()
    else this.#down(error ?? '', reason, died)
    const { rejected, expired, failed } = done
    if (rejected.length > 0)
      this.#listener.say('warn', 'events were rejected by their receiver', { events: rejected.length, error })
    if (expired.length > 0)
      this.#listener.say('warn', 'events were dropped: they are older than retry.give_up', {
        events: expired.length,
        error,
      })
    if (failed.length > 0)
      this.#listener.say(
        'error',
        'an event was dropped: writing it ended the thread of its output three times',
        {
          error,
        },
      )
    if (result !== 'failed') this.#isOverflowing = false
  }

  /** Its thread has ended. During a write, the end of the write reports that too. */
  #ended(run: OutputRun, failure: Failure): void {
    if (this.#run !== run || this.#isStopping) return
    this.#run = null
    if (this.#writing.length > 0) return
    this.#pace.failed()
    this.#down(failure.message, failure.reason, true)
  }

  #up(): void {
    if (!this.isUp) this.#listener.say('info', 'an output delivers again')
    this.isUp = true
    this.lastError = ''
  }

  #down(error: string, reason: Failure['reason'], died = false): void {
    this.#listener.failed(reason)
    if (died) this.#listener.say('error', 'the thread of an output ended and is replaced', { reason, error })
    else if (this.isUp)
      this.#listener.say('warn', 'an output failed; its events are kept and retried', { error })
    this.isUp = false
    this.lastError = error
  }

  #drop(events: readonly PendingEvent[]): void {
    if (events.length === 0) return
    this.#listener.done('overflow', events)
    if (!this.#isOverflowing)
      this.#listener.say('warn', 'the queue of an output is full: its oldest events are dropped')
    this.#isOverflowing = true
  }
}
