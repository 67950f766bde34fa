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

/** Where a source is in a partition of its input: a file offset, a Kafka offset, a cursor. Plain JSON. */
export type Position = null | string | number | boolean | Position[] | { [key: string]: Position }

/** What goes with records. */
export interface WriteOptions {
  /**
   * Where the partition is once these records, and all before them, are committed. Records between two positions
   * belong to one epoch, so there should be few of them: at most what `limits.queue_bytes` holds.
   */
  position?: Position
  /** The part of the source that they come from (a Kafka partition, a file); the source has one where absent. */
  partition?: string
  /** The stream's first record, for a format with a `header`; line streams take care of it themselves. */
  header?: Uint8Array
  /** The file that they are from, for formats that read its name. */
  path?: string
  /**
   * What the transport keeps beside each of these records, in their order; for records of bytes or text. A key or headers
   * beyond {@link ENVELOPE_LIMITS} are left out.
   */
  envelopes?: readonly (Envelope | undefined)[]
}

/** Records that lie among other bytes, as a broker sends them: no object is made of each. */
export interface RecordBlock {
  /** How many there are. */
  records: number
  /** By record: the bytes that it lies in. Many may lie in the same. */
  bytes: readonly Buffer[]
  /** By record: where it begins and ends in them. */
  starts: ArrayLike<number>
  ends: ArrayLike<number>
  /** By record: the time that the transport has for it, in Unix milliseconds; NaN for none. */
  times: ArrayLike<number>
  /** By record: all that the transport has beside it, in place of the times. */
  envelopes?: readonly Envelope[] | undefined
}

/** What goes with a block of records. */
export interface BlockOptions extends Pick<WriteOptions, 'partition' | 'path'> {
  /** Where the partition is once that record, and all before it, are committed. Called for the last record of a batch. */
  position: (record: number) => Position
}

/** The result of records that were submitted. */
export interface SubmitResult {
  /** Records that held at least one post, or were valid without one. */
  accepted: number
  /** Records that were rejected, by their index in what was submitted. */
  rejected: { record: number; reason: string; message: string }[]
}

export interface SubmitOptions extends WriteOptions {
  /**
   * When `submit` resolves: once the records are decoded, or once the epoch that counts them is committed. Without a
   * state directory there is no commit to wait for, and it resolves once they are decoded. `committed` where absent.
   */
  acknowledge?: 'decoded' | 'committed'
}

/**
 * A stream of bytes, in UTF-8 unless the format is binary, that is cut into records as the format's {@link Framing} says:
 * by lines, unless it says otherwise.
 */
export interface LineStream {
  /**
   * Emits bytes, cut anywhere. Resolves when there is room for more; the chunk's memory may then be used again. Calls
   * must not overlap.
   * @param position where the partition is once all these bytes are committed; whole records only are covered, so a
   *   function is called with the number of bytes of this stream that lie before the first record that is not. It
   *   returns undefined where the source cannot be resumed there: a later position then covers the record
   */
  write(chunk: Uint8Array, position?: (bytesCovered: number) => Position | undefined): Promise<void>
  /** Emits what follows the last whole record as one, and ends the stream. */
  end(): Promise<void>
  /** Bytes of this stream before the first record that has not been handed over. */
  readonly bytesCovered?: number
}

export interface LineOptions {
  partition?: string
  /**
   * The stream's header, where it continues at a position behind it: without one, a format that needs a header takes
   * the first line for it (see {@link Emitter.header}).
   */
  header?: Uint8Array
  /** The file that the stream is from, for formats that read its name. */
  path?: string
}

/** What a source writes to. It puts records into batches and hands these to the workers. */
export interface Emitter {
  /** Whether the format needs the first record of each stream (its header) with the others. */
  readonly header: boolean
  /** How the format has streams cut into records; by lines where absent. `lines` does so itself. */
  readonly framing?: Framing
  /**
   * Whether records hold rankings. A list that has not changed is a snapshot of its own then, so a source that asks for
   * it again hands it over again.
   */
  readonly rankings?: boolean
  /** Emits records, or posts; resolves when there is room for more. For a source that can wait. */
  write(records: readonly (Uint8Array | string)[] | readonly Post[], options?: WriteOptions): Promise<void>
  /**
   * Emits records that lie among other bytes; resolves when there is room for more, and the memory may be used again. For a
   * source that reads very many.
   */
  writeBlock(block: RecordBlock, options: BlockOptions): Promise<void>
  /** As `write`, for a source that cannot wait: false, and counted as dropped by `overflow`, when there is no room. */
  offer(records: readonly (Uint8Array | string)[] | readonly Post[], options?: WriteOptions): boolean
  /**
   * Emits records and resolves to the result of each. Null, with nothing emitted or counted, when there is no room: the
   * sender should try again later.
   */
  submit(records: readonly (Uint8Array | string)[], options?: SubmitOptions): Promise<SubmitResult> | null
  /**
   * Opens a stream that is cut into records as the format says, by lines where it does not. Streams of different
   * partitions may be written to in turn.
   */
  lines(options?: LineOptions): LineStream
  /**
   * Closes a partition: what was emitted of it is handed over, it holds back event time no longer, and its position is
   * forgotten where `forget` is set, in the commit that has what the source recorded in its metrics until then. Resolves
   * once all of it is committed: the time to let another consumer have it.
   */
  close(partition: string, options?: { forget?: boolean }): Promise<void>
  /** Says that the source is connected, or listening, or has opened its file. */
  up(): void
  /**
   * Says that it no longer is, and why: in words for people, and as one of few kinds that are counted. Going up after
   * this counts as a reconnection. `reconnecting` calls this and `up`.
   */
  down(reason: string, outage?: Outage): void
  /** Says how many records wait at the other end, where the transport knows. */
  lag(records: number): void
  /**
   * Counts a time in which the source was not connected while posts may have been written: `filled` where they were read
   * afterwards (by a cursor, or by asking again), `lost` where they may be missing.
   * @param ms how long it was, in milliseconds, as far as is known
   */
  gap(result: 'filled' | 'lost', ms: number): void
  /**
   * Says what a limit of the service still allows until it is reset.
   * @param limit what is limited, in a word or two, such as `requests`; there must be few of them
   */
  allowance(limit: string, remaining: number): void
  /** Says when the credentials expire, in Unix milliseconds; null where they do not, or no longer. */
  credentialsExpire(at: number | null): void
  /**
   * Counts requests or connections that were turned away before there was a record of them.
   * @param reason an HTTP status, or a word or two; there must be few of them
   */
  refused(reason: string): void
  /**
   * Counts records that the source drops itself. They belong to the batch that is being filled, so that they are
   * committed with their neighbours, and are counted once however often they are read.
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
   * without partitions finds its own under the empty name.
   */
  readonly positions: ReadonlyMap<string, Position>
  /** The position of a source without partitions: `positions.get('')`. */
  readonly position: Position | undefined
  /** The largest record accepted, in bytes (`limits.record_bytes`). */
  readonly maxRecordBytes: number
}

/**
 * A source. The calls come in this order: `create`, `run` once, `commit` any number of times, `close` once.
 */
export interface Source<Options = never> {
  /**
   * Reads until there is no more, or until `signal` is aborted; what it has emitted by then is counted. Rejects when it
   * cannot continue: the source is then counted as down, closed, and after a back-off created and run again from the
   * last committed positions. An outage that the source can outlast itself is reported with `emitter.down` instead.
   */
  run(emitter: Emitter, signal: AbortSignal): Promise<void>
  /**
   * Called after each commit for each partition that moved, with its new position: everything up to it is counted, and
   * with a state directory on disk. The time to acknowledge it at the other end. May come while `run` runs and after it
   * has ended, until `close`; calls do not overlap with each other. A rejection is logged and changes nothing else.
   */
  commit?(partition: string, position: Position): void | Promise<void>
  /**
   * Called when a reload has changed the topics and nothing of this source: the topics from now on, instead of those of
   * its context. For a source that asks for posts by topic: it need not be run again, and drop its connection, for that.
   * May come while `run` runs, until `close`; calls do not overlap with each other. A rejection is logged and changes
   * nothing else.
   */
  topics?(topics: readonly TopicRule[]): void | Promise<void>
  /**
   * Called when a reload has changed options that the definition names as `changeable`, and nothing else of this source
   * but the topics: all options from now on. A source without this is made again. May come while `run` runs, until
   * `close`; calls overlap neither with each other nor with those of `topics`, which comes after it where both have
   * changed. A rejection is logged and changes nothing else.
   */
  options?(options: Options): void | Promise<void>
  /** Releases what the source holds open. The last call; `run` has ended, or is not waited for any longer. */
  close?(): void | Promise<void>
}

export interface SourceDefinition<
  Options extends z.ZodObject = z.ZodObject,
  Metrics extends MetricDefinitions = MetricDefinitions,
> extends PluginDeclaration<Options, Metrics> {
  /** True for a live stream: its posts are de-duplicated unless the configuration says otherwise. */
  readonly live?: boolean
  /**
   * True for a source that can read again from a position, and gives one with whatever it emits. What lies between two
   * positions is then committed as one, so that a restart counts each record once.
   */
  readonly replayable?: boolean
  /** The format of its records where the configuration names none; `post` where absent. */
  readonly format?: string
  /**
   * Names of options that may change while it runs: a reload that changes no others hands them to {@link Source.options}.
   */
  readonly changeable?: readonly (keyof z.output<Options> & string)[]
  /** Commands of its own, by name: `mood-exporter twitter rules` is `rules` of the built-in source `twitter`. */
  readonly commands?: Readonly<Record<string, PluginCommand<z.output<Options>>>>
  /**
   * Rejects with what the user can do about it; the exporter does not start then. `mood-exporter check` calls it too, and
   * then `close`: connect, listen and write later.
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
