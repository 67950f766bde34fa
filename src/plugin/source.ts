import type { z } from 'zod'
import type { PluginCommand } from './command.ts'
import type { PluginContext } from './context.ts'
import type { PluginDeclaration } from './declaration.ts'
import type { ENVELOPE_LIMITS, Envelope } from './envelope.ts'
import type { MetricDefinitions, NoMetrics } from './metrics.ts'
import type { Outage } from './outage.ts'
import type { Post } from './post.ts'
import type { Framing } from './records/framing.ts'
import type { TopicRule } from './topics.ts'

/**
 * A position in a partition of a source's input: a file offset, a Kafka offset, a cursor. Plain JSON with finite
 * numbers. Do not pass null itself: it removes the position.
 */
export type Position = null | string | number | boolean | Position[] | { [key: string]: Position }

/** What can be passed with records. */
export interface WriteOptions {
  /**
   * The position of the partition after these records, for when they and all before them are committed. In a
   * `replayable` source, the records between two positions are committed together, so there should be few: at most as
   * many as `limits.queue_bytes` holds.
   */
  position?: Position
  /**
   * The partition of the source that they come from (a Kafka partition, a file). A source without partitions leaves
   * it out.
   */
  partition?: string
  /** The first record of the stream, for a format with a `header`; `lines` does this itself. */
  header?: Uint8Array
  /** The path of their file, for formats that read its name. */
  path?: string
  /**
   * The metadata of each record in the transport, in order; for records of bytes or text. Keys and headers beyond
   * {@link ENVELOPE_LIMITS} are left out.
   */
  envelopes?: readonly (Envelope | undefined)[]
}

/** Records within larger buffers, as a broker sends them: without an object for each. */
export interface RecordBlock {
  /** The number of records. */
  records: number
  /** By record: its buffer, which several records may share. */
  bytes: readonly Buffer[]
  /** By record: its start and end in the buffer. */
  starts: ArrayLike<number>
  ends: ArrayLike<number>
  /** By record: its time in the transport, in Unix milliseconds; NaN for none. */
  times: ArrayLike<number>
  /** By record: all its metadata, instead of the times. */
  envelopes?: readonly Envelope[] | undefined
}

/** What can be passed with a block of records. */
export interface BlockOptions extends Pick<WriteOptions, 'partition' | 'path'> {
  /**
   * The position of the partition after a record, for when it and all before it are committed. Called for the last
   * record of a batch.
   */
  position: (record: number) => Position
}

/** The results of submitted records. */
export interface SubmitResult {
  /** Records that contained at least one post, or were valid without one. */
  accepted: number
  /** Rejected records, by their index. */
  rejected: { record: number; reason: string; message: string }[]
}

export interface SubmitOptions extends WriteOptions {
  /**
   * When `submit` resolves: once the records are decoded, or once their counts are committed. Without a state
   * directory there is no commit, and it resolves once they are decoded. Default: `committed`.
   */
  acknowledge?: 'decoded' | 'committed'
}

/**
 * A stream of bytes, in UTF-8 unless the format is binary, which is split into records according to the format's
 * {@link Framing}: by default into lines.
 */
export interface LineStream {
  /**
   * Emits bytes, cut anywhere. Resolves when there is room for more; the memory of the chunk may then be reused.
   * Calls must not overlap.
   * @param position the position of the partition after these bytes, for when they are committed. Only whole records
   *   are covered, so a function is called with the number of bytes of this stream before the first record that is
   *   not. It returns undefined if the source cannot be resumed there: a later position then covers the record
   */
  write(chunk: Uint8Array, position?: (bytesCovered: number) => Position | undefined): Promise<void>
  /** Emits the rest after the last whole record, and ends the stream. */
  end(): Promise<void>
  /** Bytes of this stream before the first record that was not emitted. */
  readonly bytesCovered?: number
}

export interface LineOptions {
  partition?: string
  /**
   * The header of the stream, if reading continues after it: without one, a format that needs a header takes the
   * first line (see {@link Emitter.header}).
   */
  header?: Uint8Array
  /** The path of the stream's file, for formats that read its name. */
  path?: string
}

/**
 * The destination of a source's records. It puts them into batches for the workers. An invalid partition name (over
 * 1,000 UTF-16 units), lag, drop reason or number of records is a TypeError. A position (over 65,536 UTF-16 units as
 * JSON) is checked only when its batch is sent.
 */
export interface Emitter {
  /** Whether the format needs the first record of each stream (its header) with the others. */
  readonly header: boolean
  /** How the format's streams are split into records; by lines if absent. `lines` does this itself. */
  readonly framing?: Framing
  /**
   * Whether records contain rankings. An unchanged list is then a new snapshot, so a source that polls emits it
   * again.
   */
  readonly rankings?: boolean
  /** Emits records or posts; resolves when there is room for more. For a source that can wait. */
  write(records: readonly (Uint8Array | string)[] | readonly Post[], options?: WriteOptions): Promise<void>
  /**
   * Emits records within larger buffers; resolves when there is room for more and the memory may be reused. For a
   * source that reads very many records.
   */
  writeBlock(block: RecordBlock, options: BlockOptions): Promise<void>
  /**
   * Like `write`, for a source that cannot wait: returns false, and counts the records as dropped by `overflow`, if
   * there is no room.
   */
  offer(records: readonly (Uint8Array | string)[] | readonly Post[], options?: WriteOptions): boolean
  /**
   * Emits records and resolves to the result of each. Null, with nothing emitted or counted, if there is no room: the
   * sender should try again later.
   */
  submit(records: readonly (Uint8Array | string)[], options?: SubmitOptions): Promise<SubmitResult> | null
  /**
   * Opens a stream that is split into records as the format declares, by default into lines. Streams of different
   * partitions may be written to in turn.
   */
  lines(options?: LineOptions): LineStream
  /**
   * Closes a partition: what was emitted of it is passed on, it no longer holds back event time, and with `forget`
   * its position is removed in the commit that also has the metrics recorded until then. Resolves once all of it is
   * committed, so that another consumer may take it over.
   */
  close(partition: string, options?: { forget?: boolean }): Promise<void>
  /** The source is connected, or listening, or has opened its file. */
  up(): void
  /**
   * The source is down, with the reason: as text, and as one of a few kinds that are counted. The next `up` counts as
   * a reconnection. `reconnecting` calls this and `up`.
   */
  down(reason: string, outage?: Outage): void
  /** How many records are waiting at the other end, if the transport knows. */
  lag(records: number): void
  /**
   * Counts a time without a connection in which posts may have been written: `filled` if they were read afterwards
   * (by a cursor, or by another request), `lost` if they may be missing.
   * @param ms its length in milliseconds, as far as is known
   */
  gap(result: 'filled' | 'lost', ms: number): void
  /**
   * Reports what a limit of the service still allows until its reset, as a count in the service's unit. At most 20
   * limits; others, and numbers that are not finite, are ignored.
   * @param limit the limit in a word or two, such as `requests`
   */
  allowance(limit: string, remaining: number): void
  /** When the credentials expire, in Unix milliseconds; null if they do not, or no longer. */
  credentialsExpire(at: number | null): void
  /**
   * Counts requests or connections that were refused before they had a record.
   * @param reason an HTTP status, or a word or two; after 20 different ones, others count as `other`
   */
  refused(reason: string): void
  /**
   * Counts records (1 by default) that the source drops itself. `sample` is logged, except for `overflow`, and its
   * length counts as bytes read. They belong to the current batch, so that they are committed with their neighbours
   * and counted once, however often they are read.
   */
  drop(
    reason: 'invalid' | 'oversized' | 'overflow',
    records?: number,
    sample?: Uint8Array | string,
    options?: Pick<WriteOptions, 'partition' | 'position'>,
  ): void
}

export interface SourceContext<Metrics extends MetricDefinitions = MetricDefinitions>
  extends PluginContext<Metrics> {
  /**
   * The last committed position of each partition, after a restart or a reload; empty on the first start. A source
   * without partitions has its position under the empty name.
   */
  readonly positions: ReadonlyMap<string, Position>
  /** The position of a source without partitions: `positions.get('')`. */
  readonly position: Position | undefined
  /** The largest record accepted, in bytes (`limits.record_bytes`). */
  readonly maxRecordBytes: number
}

/**
 * A source. `create` comes first, then `run` at most once, and `close` once as the last call. `commit` is called while
 * `run` runs and after it; `topics` and `options` from the end of `create` on, even before `run`. All of them only
 * until `close`.
 */
export interface Source<Options = never> {
  /**
   * Reads until the end of the input, or until `signal` is aborted; what it has emitted by then is counted. Rejects
   * if it cannot continue: the source then counts as down, is closed, and after a back-off is created and run again
   * from the last committed positions. Report an outage that the source can survive with `emitter.down` instead.
   */
  run(emitter: Emitter, signal: AbortSignal): Promise<void>
  /**
   * Called after each commit for each partition whose position changed: everything up to it is counted and, with a
   * state directory, on disk. Acknowledge it at the other end here. It may be called while `run` runs and after it
   * has ended, until `close`; calls do not overlap. A rejection is logged and has no other effect.
   */
  commit?(partition: string, position: Position): void | Promise<void>
  /**
   * Called after a reload that changed the topics, and nothing of this source: the topics from now on, instead of
   * those of its context. For a source that asks for posts by topic, so that it need not be run again and lose its
   * connection. It may be called from the end of `create` until `close`, also before `run`; calls do not overlap. A
   * rejection is logged and has no other effect.
   */
  topics?(topics: readonly TopicRule[]): void | Promise<void>
  /**
   * Called after a reload that changed only options that the definition names as `changeable`, and perhaps the
   * topics: all options from now on. A source without this method is created again. It may be called from the end of
   * `create` until `close`, also before `run`; calls overlap neither with each other nor with those of `topics`, which
   * follows if both changed. A rejection is logged and has no other effect.
   */
  options?(options: Options): void | Promise<void>
  /** Frees resources. The last call; `run` has ended, or is no longer awaited. */
  close?(): void | Promise<void>
}

export interface SourceDefinition<
  Options extends z.ZodObject = z.ZodObject,
  Metrics extends MetricDefinitions = MetricDefinitions,
> extends PluginDeclaration<Options, Metrics> {
  /** True for a live stream: its posts are de-duplicated by default. */
  readonly live?: boolean
  /**
   * True for a source that can resume from a position, and passes one with whatever it emits. Everything between two
   * positions is then committed together, so that a restart counts each record once.
   */
  readonly replayable?: boolean
  /** The format of its records if the configuration names none; `post` if absent. */
  readonly format?: string
  /**
   * Names of options that may change while it runs: a reload that changes no others passes them to {@link
   * Source.options}.
   */
  readonly changeable?: readonly (keyof z.output<Options> & string)[]
  /** Its own commands, by name: `mood-exporter twitter rules` is `rules` of the built-in source `twitter`. */
  readonly commands?: Readonly<Record<string, PluginCommand<z.output<Options>>>>
  /**
   * Rejects with what the user can do; the exporter then does not start. `mood-exporter check` calls it too, and then
   * `close`: connect, listen and write in `run`.
   */
  create(
    options: z.output<Options>,
    context: SourceContext<Metrics>,
  ): Source<z.output<Options>> | Promise<Source<z.output<Options>>>
}

/** Declares a source: a transport that emits records. Make it the module's default export. */
export function defineSource<
  Options extends z.ZodObject,
  const Metrics extends MetricDefinitions = NoMetrics,
>(definition: SourceDefinition<Options, Metrics>) {
  return { kind: 'source' as const, ...definition }
}
