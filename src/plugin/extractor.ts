import type { z } from 'zod'
import type { PluginContext } from './context.ts'
import type { Post } from './post.ts'

export interface Extractor {
  /**
   * The terms of one post. A term named twice counts once for the post; one longer than 100 characters is cut.
   */
  extract(post: Post): Iterable<string>
  close?(): void | Promise<void>
}

export interface ExtractorDefinition<Options extends z.ZodObject = z.ZodObject> {
  readonly name: string
  /** One line for `mood-exporter plugins`. */
  readonly description: string
  /** Validates what stands beside `use:` in the configuration, and documents itself. */
  readonly options: Options
  create(options: z.output<Options>, context: PluginContext): Extractor | Promise<Extractor>
}

/**
 * Declares an extractor: post → terms. Make it the module's default export.
 *
 * One that throws or takes longer than `limits.plugin_timeout` costs the terms of the post it was given.
 */
export function defineExtractor<Options extends z.ZodObject>(definition: ExtractorDefinition<Options>) {
  return { kind: 'extractor' as const, ...definition }
}
