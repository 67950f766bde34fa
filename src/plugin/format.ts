import type { z } from 'zod'
import type { PluginContext } from './context.ts'
import type { InnerPlugin, PluginDeclaration } from './declaration.ts'
import type { Envelope } from './envelope.ts'
import type { MetricDefinitions, NoMetrics } from './metrics.ts'
import type { Post } from './post.ts'
import type { Framing } from './records/framing.ts'

/** One record as it came, beside its text. Valid during the call of `decode` that it is given to, and no longer. */
export interface RecordContext {
  /** The record's bytes, a view of memory that all threads share: read it, do not write to it or keep it. */
  readonly bytes: Buffer
  /**
   * When the record came, in milliseconds since 1970-01-01 UTC: the time that its transport has for it (that of a record of
   * Kafka), otherwise when the source handed it over. It is the time of a post that has none of its own.
   */
  readonly receivedAt: number
  /** The stream's header, for a format that asked for it with `header`. */
  readonly header?: string
  /**
   * The file that the record is from, by its path, where there is one: in a file that is read, or as a log shipper names
   * it. What it means is for the format to know: a name may hold a date, or a channel.
   */
  readonly path?: string | undefined
  /**
   * What the transport keeps beside the record, where it keeps something: the time, key and headers of a record of Kafka.
   * They are what a sender wrote: hold them against what you expect.
   */
  readonly envelope?: Envelope | undefined
}

/** Thrown by a format for a record it cannot read: the record is dropped as `invalid`, with this message. */
export class InvalidRecord extends Error {
  override name = 'InvalidRecord'

  constructor(message?: string, options?: ErrorOptions) {
    // Where it was thrown is of no interest, and to note that would cost more than the record did.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(message, options)
    Error.stackTraceLimit = stackTraceLimit
  }
}

/**
 * Reads the records of one source: a record's bytes → posts.
 *
 * Every worker thread makes an instance of its own for each source. `decode` is called for one record after another, in
 * no order that can be relied on (records of one stream go to several workers), and never twice at the same time; where
 * a worker is replaced after a crash, a record may be given again to another instance. So a format keeps nothing from
 * one record for the next. There is no `close`: a format that opens something closes it once the context's signal is
 * aborted.
 */
export interface Format {
  /**
   * The post in a record, several of them, or null for a record that is sound but holds none (a keep-alive, a
   * deletion notice), which is dropped as `not_a_post`. Posts are copied when it returns.
   *
   * It is synchronous. Anything but an InvalidRecord that it throws, and anything but a post that it returns, is an
   * error of the plugin: the record is dropped as `plugin`, whole.
   *
   * @param text the record as text, valid UTF-8 without its line end; '' for a `binary` format
   * @throws InvalidRecord where the record is malformed: say what was expected and what was there
   */
  decode(text: string, record: RecordContext): Post | Post[] | null
  /**
   * True where records need a header of their stream (a file, a request): its first record or, where the framing says
   * `headers`, the last line before them that is one. A header is no record of its own.
   */
  readonly header?: boolean
  /** How streams of bytes are cut into records; by lines where absent. */
  readonly framing?: Framing
  /** True where records are not text: they are then not checked to be UTF-8. */
  readonly binary?: boolean
}

/** What a format is given beside its options. */
export interface FormatContext<Metrics extends MetricDefinitions = MetricDefinitions>
  extends PluginContext<Metrics> {
  /**
   * Makes another format, for one whose records hold records of that. Call its `decode` within its own, with a context
   * of the inner record; its framing is not used.
   *
   * @param spec as `format` in the configuration: `'text'`, or `{ use: 'csv', … }`
   * @throws where there is no such format, its options are not valid or it cannot be made
   */
  format(spec: string | { use: string; [option: string]: unknown }): Promise<Format>
}

export interface FormatDefinition<
  Options extends z.ZodObject = z.ZodObject,
  Metrics extends MetricDefinitions = MetricDefinitions,
> extends PluginDeclaration<Options, Metrics> {
  /** The formats that it is made of, so that `mood-exporter check` looks at them, too. They are of these options. */
  inner?(options: z.output<Options>): readonly InnerPlugin[]
  /**
   * Makes an instance, once for each source that uses the format and each worker. Where it throws or rejects the
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
