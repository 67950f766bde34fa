import type { z } from 'zod'
import type { PluginContext } from './context.ts'
import type { PluginDeclaration } from './declaration.ts'
import type { MetricDefinitions, NoMetrics } from './metrics.ts'
import type { Post } from './post.ts'

/**
 * Finds the terms of posts: post → terms.
 *
 * Every worker thread creates its own instance. `extract` is called for one post at a time, never concurrently; if
 * the worker is replaced after a crash, another instance may receive a post again. `close` is called once, last,
 * after every `extract` has returned and the signal of the context was aborted. A thread that hangs or runs out of
 * memory is ended without it.
 */
export interface Extractor {
  /**
   * The terms of one post. A repeated term counts once for the post; a term longer than 100 characters is cut; the
   * iterable is read for at most `limits.terms_per_post` terms.
   *
   * An exception counts as an error of the plugin, and the post loses the remaining terms. A value that is not text
   * is left out, and counts as an `invalid_result`.
   */
  extract(post: Post): Iterable<string>
  /** Frees resources. A rejection is ignored, and so is a call that takes longer than the exporter waits. */
  close?(): void | Promise<void>
}

export interface ExtractorDefinition<
  Options extends z.ZodObject = z.ZodObject,
  Metrics extends MetricDefinitions = MetricDefinitions,
> extends PluginDeclaration<Options, Metrics> {
  /**
   * Creates an instance, once for each worker. If it throws or rejects, the exporter does not start, with that
   * message; on a reload the running configuration is kept.
   */
  create(options: z.output<Options>, context: PluginContext<Metrics>): Extractor | Promise<Extractor>
}

/**
 * Declares an extractor: post → terms. Make it the module's default export.
 *
 * If a call throws or takes longer than `limits.plugin_timeout`, only the terms of that post are lost.
 */
export function defineExtractor<
  Options extends z.ZodObject,
  const Metrics extends MetricDefinitions = NoMetrics,
>(definition: ExtractorDefinition<Options, Metrics>) {
  return { kind: 'extractor' as const, ...definition }
}
