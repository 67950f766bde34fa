import type { z } from 'zod'
import type { PluginContext } from './context.ts'
import type { InnerPlugin, PluginDeclaration } from './declaration.ts'
import type { Envelope } from './envelope.ts'
import type { MetricDefinitions, NoMetrics } from './metrics.ts'
import type { Post } from './post.ts'
import type { Framing } from './records/framing.ts'

/** One record as it was received, beside its text. Valid only during the call of `decode`. */
export interface RecordContext {
  /** The bytes of the record: a view of memory that all threads share. Do not write to it or keep it. */
  readonly bytes: Buffer
  /**
   * When the record was received, in milliseconds since 1970-01-01 UTC: the time of the transport (such as that of a
   * Kafka record) or, without one, when the source wrote it. A post without a time of its own gets this one.
   */
  readonly receivedAt: number
  /** The header of the stream, for a format that declares `header`. */
  readonly header?: string
  /**
   * The path of the file that the record is from, if any: of a file that is read, or named by a log shipper. The
   * format decides what it means: a name may contain a date or a channel.
   */
  readonly path?: string | undefined
  /**
   * The metadata that the transport has for the record, if any: the time, key and headers of a Kafka record. Senders
   * write them, so validate them.
   */
  readonly envelope?: Envelope | undefined
}

/** Thrown by a format for a record that it cannot read: the record is dropped as `invalid`, with this message. */
export class InvalidRecord extends Error {
  override name = 'InvalidRecord'

  constructor(message?: string, options?: ErrorOptions) {
    // Without a stack trace: creating one would cost more than the record.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(message, options)
    Error.stackTraceLimit = stackTraceLimit
  }
}

/**
 * Reads the records of one source: a record's bytes → posts.
 *
 * Every worker thread creates its own instance for each source. `decode` is called for one record at a time, never
 * concurrently, in no particular order (records of one stream go to several workers); if a worker is replaced after a
 * crash, another instance may receive a record again. So a format must not keep state between records. There is no
 * `close`: release resources when the signal of the context is aborted.
 */
export interface Format {
  /**
   * The post in a record, several posts, or null for a valid record without a post (a keep-alive, a deletion notice),
   * which is dropped as `not_a_post`. Posts are copied after it returns.
   *
   * It is synchronous. Any exception other than InvalidRecord, and any result that is not a post, is an error of the
   * plugin: the whole record is dropped as `plugin`.
   *
   * @param text the record as text, valid UTF-8 without its line end; '' for a `binary` format
   * @throws InvalidRecord if the record is malformed: say what was expected and what was found
   */
  decode(text: string, record: RecordContext): Post | Post[] | null
  /**
   * True if records need the header of their stream (a file, a request): its first record or, if the framing has
   * `headers`, the last matching line before them. A header is not a record.
   */
  readonly header?: boolean
  /** How streams of bytes are split into records; by lines if absent. */
  readonly framing?: Framing
  /** True if records are not text: they are then not checked to be UTF-8. */
  readonly binary?: boolean
}

/** What a format receives beside its options. */
export interface FormatContext<Metrics extends MetricDefinitions = MetricDefinitions>
  extends PluginContext<Metrics> {
  /**
   * Creates another format, for a format whose records contain records of it. Call its `decode` within your own, with
   * a context of the inner record; its framing is not used.
   *
   * @param spec as `format` in the configuration: `'text'`, or `{ use: 'csv', … }`
   * @throws Error if there is no such format, its options are not valid or it cannot be created
   */
  format(spec: string | { use: string; [option: string]: unknown }): Promise<Format>
}

export interface FormatDefinition<
  Options extends z.ZodObject = z.ZodObject,
  Metrics extends MetricDefinitions = MetricDefinitions,
> extends PluginDeclaration<Options, Metrics> {
  /** The inner formats, for these options, so that `mood-exporter check` validates them too. */
  inner?(options: z.output<Options>): readonly InnerPlugin[]
  /**
   * Creates an instance, once for each source that uses the format and each worker. If it throws or rejects, the
   * exporter does not start, with that message; on a reload the running configuration is kept.
   */
  create(options: z.output<Options>, context: FormatContext<Metrics>): Format | Promise<Format>
}

/** Declares a format: a record's bytes → post. Make it the module's default export. */
export function defineFormat<
  Options extends z.ZodObject,
  const Metrics extends MetricDefinitions = NoMetrics,
>(definition: FormatDefinition<Options, Metrics>) {
  return { kind: 'format' as const, ...definition }
}
