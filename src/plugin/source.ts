import type { z } from 'zod'
import type { PluginContext } from './context.ts'
import type { Post } from './post.ts'

/** Where a source is in its input: a file offset, Kafka offsets, a cursor. Plain JSON. */
export type Position = null | string | number | { [key: string]: Position }

/** What goes with records handed over. */
export interface WriteOptions {
  /** Where the source is once these records are counted. */
  position?: Position
  /** Which part of the source they come from (a Kafka partition, a file): event time advances for each alone. */
  partition?: string
  /** The stream's first record, for a format with a `header`; line streams see to it themselves. */
  header?: Uint8Array
}

/** What became of records that were submitted. */
export interface Receipt {
  /** Records that held at least one post, or soundly none. */
  accepted: number
  /** Records that were not taken, by their place in what was submitted. */
  refused: { record: number; reason: string; message: string }[]
}

/** A stream of bytes in which a line is a record. Ends of line may be `\n` or `\r\n`; empty lines are skipped. */
export interface LineStream {
  /**
   * Hands over bytes, cut anywhere. Resolves when there is room for more; the chunk's memory may then be used again.
   * @param position where the source is once all these bytes are counted; whole lines only are covered, so a
   *   function is called with the number of bytes of this stream that lie before the first uncovered line
   */
  write(chunk: Uint8Array, position?: (bytesCovered: number) => Position): Promise<void>
  /** Hands over what follows the last end of line as a record of its own, and ends the stream. */
  end(): Promise<void>
}

export interface LineOptions {
  partition?: string
  /** True where the stream goes on from an earlier run's position, so that its first line is no header. */
  continues?: boolean
}

/** Where a source puts what it read. */
export interface Sink {
  /** Whether the format needs the first record of each stream (its header) with the others. */
  readonly header: boolean
  /** Hands over records, or posts; resolves when there is room for more. For a source that can wait. */
  write(records: readonly (Uint8Array | string)[] | readonly Post[], options?: WriteOptions): Promise<void>
  /** The same for a source that cannot wait: false, and counted as dropped by `overflow`, when there is no room. */
  offer(records: readonly (Uint8Array | string)[] | readonly Post[], options?: WriteOptions): boolean
  /**
   * Hands over records and resolves to what became of each, once a worker has decoded them. Null, with nothing
   * taken or counted, when there is no room: the sender is to try again later.
   */
  submit(records: readonly (Uint8Array | string)[], options?: WriteOptions): Promise<Receipt> | null
  /** Opens a stream in which a line is a record. */
  lines(options?: LineOptions): LineStream
  /** Says that the source is connected, or listening, or has opened its file. */
  up(): void
  /** Says that it no longer is, and why. Going up after this counts as a reconnection. */
  down(reason: string): void
  /** Says how many records wait at the other end, where the transport knows. */
  lag(records: number): void
  /**
   * Counts requests or connections that were turned away before there was a record of them.
   * @param reason an HTTP status, or a word or two; there must be few of them
   */
  refused(reason: string): void
  /** Counts records that the source refused itself. */
  drop(reason: 'invalid' | 'oversized' | 'overflow', records?: number, sample?: Uint8Array | string): void
}

export interface SourceContext extends PluginContext {
  /** The position of the last records that were counted, on a restart or a reload; undefined on the first start. */
  readonly position: Position | undefined
  /** The largest record accepted, in bytes (`limits.record_bytes`). */
  readonly maxRecordBytes: number
}

export interface Source {
  /**
   * Reads until there is no more, or until `signal` is aborted; what it has handed over by then is counted.
   * Rejects when it cannot go on: it is then counted as down and run again after a back-off, so an outage that
   * the source can outlast itself is reported with `sink.down` instead.
   */
  run(sink: Sink, signal: AbortSignal): Promise<void>
  /** Told of each position once what it covers is safely counted: the time to commit Kafka offsets. */
  covered?(position: Position): void | Promise<void>
  close?(): void | Promise<void>
}

export interface SourceDefinition<Options extends z.ZodObject = z.ZodObject> {
  readonly name: string
  /** One line for `mood-exporter plugins`. */
  readonly description: string
  /** True for a live stream: its posts are de-duplicated unless the configuration says otherwise. */
  readonly live?: boolean
  /** The format of its records where the configuration names none; `post` unless told. */
  readonly format?: string
  /** Validates what stands beside `use:` in the configuration, and documents itself. */
  readonly options: Options
  create(options: z.output<Options>, context: SourceContext): Source | Promise<Source>
}

/** Declares a source: a transport that hands over records. Make it the module's default export. */
export function defineSource<Options extends z.ZodObject>(definition: SourceDefinition<Options>) {
  return { kind: 'source' as const, ...definition }
}
