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

/** What outputs can take, by the names in {@link OutputDefinition.takes}. Later versions add more. */
export interface OutputStreams {
  windows: WindowEvent
  reports: ReportEvent
  alerts: AlertEvent
  posts: PostEvent
  rankings: RankingEvent
}

export type OutputStream = keyof OutputStreams

/**
 * What is delivered, a union by `kind`. Each event has a unique `key`, which stays the same when the event is sent
 * again.
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
 * The destination of events: a service, a file, a queue.
 *
 * The exporter calls `create`, then `write` any number of times, then `close`. It never calls `write` before the last
 * one has settled. Every output has its own thread, so a slow output, or one that blocks its thread, delays no other.
 */
export interface Output<Event extends OutputEvent = OutputEvent> {
  /**
   * Delivers events, oldest first. Resolves once the receiver has all of them: they are never sent again.
   *
   * If it rejects, none of them counts as delivered, and the same events are sent again after a back-off. Reject with
   * a {@link DeliveryError} to say more: which events the receiver has nevertheless, which it permanently rejects, or
   * how long it asks for no further write. Delivery is at least once: an event whose delivery could not be confirmed
   * is sent again, with the same `key`, also after a restart of the exporter.
   *
   * @param events at least one, and at most {@link OutputDefinition.batch}
   * @param context `signal` is aborted when the write takes longer than the output's `timeout`, and when the exporter
   *   stops or a reload removes the output. Settle soon after: if a write is still pending two seconds later, the
   *   thread of the output is ended, and the write counts as failed.
   */
  write(events: readonly Event[], context: WriteContext): Promise<void>
  /**
   * Delivers posts for `mood-exporter relay`, which calls only this and `close`. Resolves once the receiver has
   * durably stored all of them: only then is it committed that they were read.
   *
   * If it rejects, the same posts are passed again after a back-off, without limit. After a {@link DeliveryError}
   * that is `permanent` they are passed in smaller parts, and a single rejected post is dropped. Each worker has its
   * own instance.
   *
   * @param posts at least one
   */
  relay?(posts: readonly Post[]): Promise<void>
  /**
   * Releases resources. Called once, after the last `write` has settled; not called if the thread was ended. An error
   * is logged.
   */
  close?(): void | Promise<void>
}

export interface WriteContext {
  readonly signal: AbortSignal
}

/** OAuth 2.0 with an authorisation code: RFC 6749, section 4.1. A command guides the user through it. */
export interface Authorisation<Options> {
  /** The secret option for the result of `exchange`. */
  readonly option: string
  /** The page on which the user logs in. */
  url(options: Options, redirectUri: string, state: string): string
  /**
   * Exchanges a code for the value of the option.
   * @throws Error with the reason for which the code was refused
   */
  exchange(options: Options, code: string, redirectUri: string, signal: AbortSignal): Promise<string>
}

export interface OutputDefinition<
  Options extends z.ZodObject = z.ZodObject,
  Stream extends OutputStream = OutputStream,
  Metrics extends MetricDefinitions = MetricDefinitions,
> extends PluginDeclaration<Options, Metrics> {
  /** The kinds of events that it receives. */
  readonly takes: readonly Stream[]
  /** The maximum number of events in one `write`, if that is less than `batch` in the configuration. */
  readonly batch?: number
  /** How a user authorises it once, if the service requires that. */
  readonly authorisation?: Authorisation<z.output<Options>>
  /**
   * Creates an output, without sending anything. Called again, in a new thread, after the thread of the last one has
   * ended. On a reload that changes the options of an output, the new one is created before the old one is closed.
   *
   * @throws Error if it cannot be created: the exporter then does not start, or keeps the running configuration
   */
  create(
    options: z.output<Options>,
    context: PluginContext<Metrics>,
  ): Output<OutputStreams[Stream]> | Promise<Output<OutputStreams[Stream]>>
}

/**
 * Declares an output: events → somewhere else. Make it the module's default export.
 *
 * The exporter provides the queue, batches, retries with back-off, timeouts and counters.
 */
export function defineOutput<
  Options extends z.ZodObject,
  const Stream extends OutputStream,
  const Metrics extends MetricDefinitions = NoMetrics,
>(definition: OutputDefinition<Options, Stream, Metrics>) {
  return { kind: 'output' as const, ...definition }
}
