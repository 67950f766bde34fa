import type { MetricName } from '../../catalogue/metrics.ts'
import { OUTPUT_RESULTS, type OutputResult, WRITE_RESULTS } from '../../catalogue/output-results.ts'
import { messageOf } from '../../plugin/message-of.ts'
import type { OutputEvent, OutputStream } from '../../plugin/output.ts'
import type { EncodedPlugins } from '../../state/plugin-metrics.ts'
import type { ExporterLog } from '../log.ts'
import { atMost } from '../threads/at-most.ts'
import type { DeclaredMetrics, StoreCall, StoreResult } from '../threads/messages.ts'
import type { PendingEvent } from './event-queue.ts'
import { type OutputListener, OutputRunner, type OutputSettings, type RunnerParts } from './output-runner.ts'
import type { OutputSpec } from './output-spec.ts'

/** How long a running write may take on a reload that removes or changes its output, in milliseconds. */
const FINISH_MS = 4000

/** How long a plugin has on a reload to close, in milliseconds. */
const CLOSE_MS = 2000

/** Why the thread of an output may fail. */
const FAILURES = ['threw', 'timeout', 'crash', 'memory']

/** An event with its id in the outbox. */
export interface StoredEvent {
  id: number
  event: OutputEvent
  /** When it was committed, in Unix milliseconds: the start of its age. Default: now. */
  at?: number
  /** Names of its outputs; all if absent. */
  to?: readonly string[]
}

/** The counters of outputs. */
export type OutputCounter = Extract<
  MetricName,
  | `mood_output_${string}_total`
  | 'mood_plugin_errors_total'
  | 'mood_plugin_seconds_total'
  | 'mood_log_lines_suppressed_total'
>

export interface OutputsOptions extends OutputSettings {
  log: ExporterLog
  /** Increments counters. A count of 0 creates a series. `labels` are in the order of the metric's declaration. */
  counters(metric: OutputCounter, labels: readonly string[], n: number): void
  /** An output recorded values in its own metrics. */
  recorded(recorded: EncodedPlugins): void
  /** A call of an output to its store. */
  store(call: StoreCall): Promise<StoreResult>
  /**
   * An output has delivered or given up these events, or does not take them. May be called within `start` and
   * `publish`.
   */
  acknowledged(output: string, ids: number[]): void
}

/** The state of an output. */
export interface OutputStatus {
  name: string
  use: string
  isUp: boolean
  /** The error of its last write; empty if it succeeded. */
  lastError: string
  /** The number and size of events that are waiting or being written. */
  queueEvents: number
  queueBytes: number
  /** When it last delivered an event, in Unix milliseconds; null if it has not. */
  deliveredAt: number | null
}

/** The outputs of another configuration: created, but not yet in use. */
export interface NextOutputs {
  /**
   * Switches to them. Outputs with an unchanged configuration keep their thread and queue. Events of a changed output
   * pass to its successor; those of a removed one are acknowledged.
   */
  adopt(): Promise<void>
  /** Keeps the running outputs. */
  abandon(): Promise<void>
}

/**
 * The running outputs: passes each committed event to those that take it, and reports the outputs that are done with
 * it.
 *
 * Call `create`, then `start` once, then `publish` any number of times and `prepare` on each reload, then `drain`,
 * then `close`. Each event is acknowledged once by each of its outputs, unless `close` comes first.
 */
export class Outputs {
  readonly #options: OutputsOptions
  readonly #parts: RunnerParts
  #settings: OutputSettings
  #runners: ReadonlyMap<string, OutputRunner> = new Map()
  readonly #leaving = new Set<OutputRunner>()
  #isClosed = false

  /** Creates the outputs. @throws MoodError with the problem of one; none is left running then */
  static async create(
    specs: readonly OutputSpec[],
    options: OutputsOptions,
    parts: RunnerParts = {},
  ): Promise<Outputs> {
    const outputs = new Outputs(options, parts)
    outputs.#runners = await outputs.#create(specs, outputs.#settings)
    outputs.#beginSeries()
    return outputs
  }

  private constructor(options: OutputsOptions, parts: RunnerParts) {
    this.#options = options
    this.#settings = settingsOf(options)
    this.#parts = parts
  }

  /** Names of the outputs, in the order of the configuration. */
  get names(): string[] {
    return [...this.#runners.keys()]
  }

  /** The outputs that take events of this stream. */
  taking(stream: OutputStream): OutputSpec[] {
    return [...this.#runners.values()].filter(runner => runner.takes(stream)).map(({ spec }) => spec)
  }

  *statuses(): Generator<OutputStatus> {
    for (const { name, spec, isUp, lastError, queued, deliveredAt } of this.#runners.values()) {
      const { events, bytes } = queued
      yield { name, use: spec.use, isUp, lastError, queueEvents: events, queueBytes: bytes, deliveredAt }
    }
  }

  /** The declared metrics of outputs. */
  *declared(): Generator<readonly DeclaredMetrics[]> {
    for (const { declared } of this.#runners.values()) yield declared
  }

  /** Starts to write. @param pending unacknowledged events of an earlier run, oldest first */
  start(pending: readonly StoredEvent[]): void {
    this.#route(pending, (runner, events) => runner.start(events))
  }

  /** Queues committed events, oldest first. Never waits and never throws. */
  publish(events: readonly StoredEvent[]): void {
    if (this.#isClosed) return
    this.#route(events, (runner, events) => {
      for (const event of events) runner.push(event)
    })
  }

  /** Waits until the queues are empty, at most for this number of milliseconds. Failed writes are retried at once. */
  async drain(ms: number): Promise<void> {
    await atMost(ms, Promise.all([...this.#runners.values()].map(runner => runner.drained())))
  }

  /** Ends all threads. Writes are aborted; plugins have this number of milliseconds to settle them and to close. */
  async close(graceMs: number): Promise<void> {
    this.#isClosed = true
    const close = async (runner: OutputRunner) => {
      const left = await runner.close(0, graceMs)
      if (left.length > 0)
        this.#options.log.warn(
          { output: runner.name, events: left.length },
          'events were not delivered before the stop',
        )
    }
    await Promise.all([...this.#runners.values(), ...this.#leaving].map(close))
  }

  /**
   * Creates the outputs that another configuration adds or changes.
   * @throws MoodError with the problem of one; the running ones continue then
   */
  async prepare(specs: readonly OutputSpec[], settings: OutputSettings): Promise<NextOutputs> {
    const next = settingsOf(settings)
    const shape = (spec: OutputSpec, settings: OutputSettings) => JSON.stringify([spec, settings])
    const isKept = (spec: OutputSpec) => {
      const runner = this.#runners.get(spec.name)
      return runner && shape(runner.spec, this.#settings) === shape(spec, next)
    }
    const changed = specs.filter(spec => !isKept(spec))
    const fresh = await this.#create(changed, next)
    return {
      adopt: () => (this.#isClosed ? endAll(fresh) : this.#adopt(specs, fresh, next)),
      abandon: () => endAll(fresh),
    }
  }

  async #create(specs: readonly OutputSpec[], settings: OutputSettings): Promise<Map<string, OutputRunner>> {
    const runners = specs.map(
      spec => new OutputRunner(spec, settings, this.#listener(spec.name), this.#parts),
    )
    const byName = new Map(runners.map(runner => [runner.name, runner]))
    try {
      await Promise.all(runners.map(runner => runner.create()))
      return byName
    } catch (error) {
      await endAll(byName)
      throw error
    }
  }

  async #adopt(
    specs: readonly OutputSpec[],
    fresh: ReadonlyMap<string, OutputRunner>,
    settings: OutputSettings,
  ): Promise<void> {
    const before = this.#runners
    const leaving = [...before.values()].filter(
      ({ name }) => fresh.has(name) || specs.every(spec => spec.name !== name),
    )
    this.#runners = new Map(
      specs.map(({ name }) => [name, (fresh.get(name) ?? before.get(name)) as OutputRunner]),
    )
    this.#settings = settings
    this.#beginSeries()
    for (const runner of fresh.values()) if (!before.has(runner.name)) runner.start([])
    for (const runner of leaving) this.#leaving.add(runner)
    await Promise.all(leaving.map(runner => this.#succeed(runner, fresh.get(runner.name))))
  }

  /** Closes an output, and passes its remaining events to its successor, if there is one. */
  async #succeed(runner: OutputRunner, successor: OutputRunner | undefined): Promise<void> {
    const left = await runner.close(Math.min(runner.spec.timeout, FINISH_MS), CLOSE_MS)
    this.#leaving.delete(runner)
    const wanted = left.filter(event => successor?.wants(event))
    const others = left.filter(event => !wanted.includes(event))
    successor?.start(wanted)
    if (others.length === 0) return
    this.#options.acknowledged(
      runner.name,
      others.map(({ id }) => id),
    )
    this.#options.log.warn(
      { output: runner.name, events: others.length },
      'events were dropped: the reloaded configuration has no output for them',
    )
  }

  /** Passes each output its events, and acknowledges all others for it. */
  #route(stored: readonly StoredEvent[], hand: (runner: OutputRunner, events: PendingEvent[]) => void): void {
    const encoded = stored.map(each => ({ ...each, json: this.#encode(each) }))
    const now = Date.now()
    for (const runner of this.#runners.values()) {
      const events: PendingEvent[] = []
      const others: number[] = []
      for (const { id, event, at = now, to, json } of encoded) {
        if (to && !to.includes(runner.name)) continue
        if (json === null || !runner.wants(event)) others.push(id)
        else {
          const { kind } = event
          const window = event.kind === 'window' ? event.window : undefined
          events.push({ id, kind, window, at, json, bytes: Buffer.byteLength(json), failures: 0, deaths: 0 })
        }
      }
      hand(runner, events)
      if (others.length > 0) this.#options.acknowledged(runner.name, others)
    }
  }

  #encode({ id, event }: StoredEvent): string | null {
    try {
      return JSON.stringify(event)
    } catch (error) {
      this.#options.log.error(
        { id, error: messageOf(error) },
        'an event could not be encoded; it was given up',
      )
      return null
    }
  }

  #listener(output: string): OutputListener {
    const { log, counters, acknowledged, recorded, store } = this.#options
    return {
      recorded,
      store,
      done: (result, events) => {
        counters('mood_output_events_total', [output, result], events.length)
        acknowledged(
          output,
          events.map(({ id }) => id),
        )
      },
      written: (result, isRetry, seconds) => {
        counters('mood_output_writes_total', [output, result], 1)
        if (isRetry) counters('mood_output_retries_total', [output], 1)
        counters('mood_plugin_seconds_total', ['output', output], seconds)
      },
      failed: reason => counters('mood_plugin_errors_total', ['output', output, reason], 1),
      say: (level, message, fields) => log[level]({ output, ...fields }, message),
      log: message => {
        if (message.type === 'suppressed')
          counters('mood_log_lines_suppressed_total', [message.cause], message.lines)
        else log[message.level]({ ...message.fields, cause: message.cause }, message.message)
      },
    }
  }

  #beginSeries(): void {
    const { counters } = this.#options
    for (const output of this.#runners.keys()) {
      for (const result of Object.keys(OUTPUT_RESULTS) as OutputResult[])
        counters('mood_output_events_total', [output, result], 0)
      for (const result of Object.keys(WRITE_RESULTS))
        counters('mood_output_writes_total', [output, result], 0)
      counters('mood_output_retries_total', [output], 0)
      for (const reason of FAILURES) counters('mood_plugin_errors_total', ['output', output, reason], 0)
    }
  }
}

/** The settings on which outputs depend, to detect changes. */
const settingsOf = ({ baseDir, limits, threaded }: OutputSettings): OutputSettings => {
  const { queue_bytes, worker_memory, log_lines, create_timeout } = limits
  return { baseDir, limits: { queue_bytes, worker_memory, log_lines, create_timeout }, threaded }
}

async function endAll(runners: ReadonlyMap<string, OutputRunner>): Promise<void> {
  await Promise.all([...runners.values()].map(runner => runner.close(0, 0)))
}
