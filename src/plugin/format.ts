import type { z } from 'zod'
import type { PluginContext } from './context.ts'
import type { Post } from './post.ts'

/** One record as it came, beside its text. */
export interface RecordContext {
  /** The record's bytes. Shared memory: read it, do not keep it. */
  readonly bytes: Buffer
  /** When the source handed the record over: milliseconds since 1970-01-01 UTC. */
  readonly receivedAt: number
  /** The stream's first record, for a format that asked for it with `header`. */
  readonly header?: string
}

/** Thrown by a format for a record it cannot read: the record is dropped as `invalid`, with this message. */
export class InvalidRecord extends Error {
  override name = 'InvalidRecord'
}

export interface Format {
  /**
   * The post in a record, several of them, or null for a record that is sound but holds none (a keep-alive, a
   * deletion notice), which is dropped as `not_a_post`.
   *
   * @param text the record as text, valid UTF-8 without its line end; '' for a `binary` format
   * @throws InvalidRecord where the record is malformed: say what was expected and what stood there
   */
  decode(text: string, record: RecordContext): Post | Post[] | null
  /** True where the first record of each stream (a file, a request) is a header that the others need. */
  readonly header?: boolean
  /** True where records are not text: they are then not checked to be UTF-8. */
  readonly binary?: boolean
}

export interface FormatDefinition<Options extends z.ZodObject = z.ZodObject> {
  readonly name: string
  /** One line for `mood-exporter plugins`. */
  readonly description: string
  /** Validates what stands beside `use:` in the configuration, and documents itself. */
  readonly options: Options
  create(options: z.output<Options>, context: PluginContext): Format | Promise<Format>
}

/** Declares a format: a record's bytes → post. Make it the module's default export. */
export function defineFormat<Options extends z.ZodObject>(definition: FormatDefinition<Options>) {
  return { kind: 'format' as const, ...definition }
}
