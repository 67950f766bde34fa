import type { z } from 'zod'
import type { PluginContext } from './context.ts'
import type { PluginDeclaration } from './declaration.ts'
import type { MetricDefinitions, NoMetrics } from './metrics.ts'
import type { Post } from './post.ts'

/**
 * Finds the terms of posts: post → terms.
 *
 * Every worker thread makes an instance of its own. `extract` is called for one post after another, never twice at the
 * same time; where the worker is replaced after a crash, a post may be given again to another instance. `close` comes
 * last and once, after every `extract` has returned and the context's signal was aborted. A thread that is stuck or
 * out of memory is ended without it.
 */
export interface Extractor {
  /**
   * The terms of one post. A term named twice counts once for the post; one longer than 100 characters is cut; terms
   * beyond `limits.terms_per_post` are not counted, nor asked for.
   *
   * What it throws is counted as an error of the plugin, and costs the post the terms that were not yet given. A value
   * that is not text is left out, and counts as an `invalid_result`.
   */
  extract(post: Post): Iterable<string>
  /** Frees what the extractor holds open. A rejection is ignored, as is what takes longer than the exporter waits. */
  close?(): void | Promise<void>
}

export interface ExtractorDefinition<
  Options extends z.ZodObject = z.ZodObject,
  Metrics extends MetricDefinitions = MetricDefinitions,
> extends PluginDeclaration<Options, Metrics> {
  /**
   * Makes an instance, once for each worker. Where it throws or rejects the exporter does not start, with that message;
   * on a reload the running configuration is kept.
   */
  create(options: z.output<Options>, context: PluginContext<Metrics>): Extractor | Promise<Extractor>
}

/**
 * Declares an extractor: post → terms. Make it the module's default export.
 *
 * One that throws or takes longer than `limits.plugin_timeout` costs the terms of the post it was given.
 */
export function defineExtractor<
  Options extends z.ZodObject,
  const Metrics extends MetricDefinitions = NoMetrics,
>(definition: ExtractorDefinition<Options, Metrics>) {
  return { kind: 'extractor' as const, ...definition }
}
