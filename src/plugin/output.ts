import type { z } from 'zod'
import type { PluginContext } from './context.ts'
import type { PluginDeclaration } from './declaration.ts'
import type { AlertEvent } from './events/alert.ts'
import type { PostEvent } from './events/post.ts'
import type { RankingEvent } from './events/ranking.ts'
import type { ReportEvent } from './events/report.ts'
import type { WindowEvent } from './events/window.ts'
import type { MetricDefinitions, NoMetrics } from './metrics.ts'
import type { Post } from './post.ts'

export type { SentimentCounts, WindowEvent, WindowRow } from './events/window.ts'

/** What outputs can take, by the name that {@link OutputDefinition.takes} uses. Later versions add to it. */
export interface OutputStreams {
  windows: WindowEvent
  reports: ReportEvent
  alerts: AlertEvent
  posts: PostEvent
  rankings: RankingEvent
}

export type OutputStream = keyof OutputStreams

/**
 * What is delivered, a union by `kind`. Each event has a `key` that no other event has, and that stays the same when the
 * event is sent again.
 */
export type OutputEvent = OutputStreams[OutputStream]

export const OUTPUT_STREAMS = [
  'windows',
  'reports',
  'alerts',
  'posts',
  'rankings',
] as const satisfies readonly OutputStream[]

/**
 * Where events go: a service, a file, a queue.
 *
 * The exporter calls `create`, then `write` any number of times, then `close`. It never calls `write` while another
 * `write` of the same output has not settled. Every output has a thread of its own, so one that is slow, or that blocks
 * its thread, delays no other.
 */
export interface Output<Event extends OutputEvent = OutputEvent> {
  /**
   * Delivers events, the oldest first. Resolves once the receiver has all of them: they are then never sent again.
   *
   * When it rejects, none of them counts as delivered, and the same events are sent again after a back-off. Reject with
   * a {@link DeliveryError} to say more: which events the receiver has all the same, which it will never take, or how
   * long it wants no further write. Delivery is at least once: an event whose delivery could not be confirmed comes
   * again, with the same `key`, also after a restart of the exporter.
   *
   * @param events at least one, and at most {@link OutputDefinition.batch}
   * @param context `signal` is aborted when the write has taken longer than the output's `timeout`, and when the
   *   exporter stops or a reload removes the output. Settle soon after: a write that is still pending two seconds
   *   later costs the output its thread, and counts as failed.
   */
  write(events: readonly Event[], context: WriteContext): Promise<void>
  /**
   * Delivers posts for `mood-exporter relay`, which calls nothing else but `close`. Resolves once the receiver has all of
   * them for good: only then is it committed that they were read.
   *
   * When it rejects, the same posts are given again after a back-off, for as long as it takes. After a
   * {@link DeliveryError} that is `permanent` they are given in smaller parts, and one alone is dropped. Each worker has an
   * instance of its own.
   *
   * @param posts at least one
   */
  relay?(posts: readonly Post[]): Promise<void>
  /**
   * Closes what the output holds open. Called once, after the last `write` has settled; not called when the thread had
   * to be ended. An error is logged.
   */
  close?(): void | Promise<void>
}

export interface WriteContext {
  readonly signal: AbortSignal
}

/** OAuth 2.0 with an authorisation code: RFC 6749, section 4.1. A command walks a person through it. */
export interface Authorisation<Options> {
  /** The secret option that holds what `exchange` resolves to. */
  readonly option: string
  /** Where the person is sent to. */
  url(options: Options, redirectUri: string, state: string): string
  /**
   * Exchanges a code for what the option holds.
   * @throws Error that says why the code was refused
   */
  exchange(options: Options, code: string, redirectUri: string, signal: AbortSignal): Promise<string>
}

export interface OutputDefinition<
  Options extends z.ZodObject = z.ZodObject,
  Stream extends OutputStream = OutputStream,
  Metrics extends MetricDefinitions = MetricDefinitions,
> extends PluginDeclaration<Options, Metrics> {
  /** What it takes: it is given events of these kinds only. */
  readonly takes: readonly Stream[]
  /** The most events that it can deliver in one `write`, where that is fewer than `batch` in the configuration. */
  readonly batch?: number
  /** How a person authorises it once, where a service asks for that. */
  readonly authorisation?: Authorisation<z.output<Options>>
  /**
   * Makes an output, without sending anything. Called again, in a new thread, when the thread of the last one has ended.
   * On a reload that changes the options of an output, the new one is created before the old one is closed.
   *
   * @throws Error where it cannot be made: the exporter then refuses to start, or keeps the running configuration
   */
  create(
    options: z.output<Options>,
    context: PluginContext<Metrics>,
  ): Output<OutputStreams[Stream]> | Promise<Output<OutputStreams[Stream]>>
}

/**
 * Declares an output: events → somewhere else. Make it the module's default export.
 *
 * The queue, batches, retries with back-off, time-outs and counters are the exporter's.
 */
export function defineOutput<
  Options extends z.ZodObject,
  const Stream extends OutputStream,
  const Metrics extends MetricDefinitions = NoMetrics,
>(definition: OutputDefinition<Options, Stream, Metrics>) {
  return { kind: 'output' as const, ...definition }
}
