import type { z } from 'zod'
import type { PluginContext } from './context.ts'
import type { InnerPlugin, PluginDeclaration } from './declaration.ts'
import type { MetricDefinitions, NoMetrics } from './metrics.ts'
import type { Post } from './post.ts'

/**
 * A score in [-1, 1] (-1 most negative, 0 neutral, 1 most positive), or null for no score: another language, no known
 * words.
 */
export type Score = number | null

/** A score with further results for the post. */
export interface DetailedScore {
  score: Score
  /** Those of the scorer's {@link ScorerExtras.emotions} that the post shows. */
  emotions?: readonly string[]
  /** Disagreement between the members of an ensemble: 0 if they agree, 1 if they are at opposite ends. */
  disagreement?: number
}

/** A piece of a post's text, and its effect on the score. */
export interface Piece {
  /** The text as it is in the post. */
  text: string
  /** In the scorer's own units: above 0 made the post more positive, below 0 more negative. */
  weight: number
  /** What changed its effect: `negated by "not"`, `in capitals`. */
  why?: string
}

/**
 * Optional parts of a scorer.
 *
 * Every worker thread creates its own instance. `close` is called once, last, after every call of a {@link
 * PostScorer} has returned, every call of a {@link BatchScorer} has settled or timed out, and the signal of the
 * context was aborted. A thread that hangs or runs out of memory is ended without it.
 */
export interface ScorerExtras {
  /**
   * All emotions that its scores may name: at most 50, each of 1 to 40 letters, digits, spaces, "_" or "-". Each
   * becomes a value of a label. Read once.
   */
  readonly emotions?: readonly string[]
  /**
   * The pieces that moved the score, in the order of the text, for `mood-exporter score --explain` and `eval`; not
   * called while posts are counted. After an exception only the explanation is missing.
   */
  explain?(post: Post): Piece[]
  /** Frees resources. A rejection is ignored, and so is a call that takes longer than the exporter waits. */
  close?(): void | Promise<void>
}

/**
 * Scores posts one at a time, synchronously. `score` is never called concurrently; if a worker is replaced after a
 * crash, another instance may receive a post again.
 */
export interface PostScorer extends ScorerExtras {
  /**
   * The score of a post. An exception, and a result that is neither a score nor a detailed score, is an error of the
   * plugin: the post counts as `unknown`.
   */
  score(post: Post): Score | DetailedScore
}

/**
 * Scores posts in batches, for a model or a remote service. Up to `concurrency` calls of `scoreBatch` overlap in each
 * instance, and may settle in any order.
 */
export interface BatchScorer extends ScorerExtras {
  /**
   * Resolves to one score for each post, in order.
   *
   * A rejection, or a result of another length, affects all posts of the call: they count as `unknown`, and as one
   * error of the plugin. So does a call that takes longer than `limits.plugin_timeout`; its later result is ignored,
   * and another call may begin meanwhile. An invalid score affects only its post.
   */
  scoreBatch(posts: readonly Post[]): Promise<(Score | DetailedScore)[]>
  /** The maximum of posts in one call; 32 by default. More than 10,000 counts as 10,000, with a warning. Read once. */
  readonly batchSize?: number
  /** The maximum of calls in flight; 1 by default. More than 1,000 counts as 1,000, with a warning. Read once. */
  readonly concurrency?: number
}

export type Scorer = PostScorer | BatchScorer

/** What a scorer receives beside its options. */
export interface ScorerContext<Metrics extends MetricDefinitions = MetricDefinitions>
  extends PluginContext<Metrics> {
  /**
   * Creates another scorer, for a scorer that is made of several. Call it with a {@link ScorerCaller}, and close it
   * when this one is closed.
   *
   * @param spec as an entry of `scorers` in the configuration: `{ use: 'vader', … }`
   * @throws Error if there is no such scorer, its options are not valid or it cannot be created
   */
  scorer(spec: { use: string; [option: string]: unknown }): Promise<Scorer>
}

export interface ScorerDefinition<
  Options extends z.ZodObject = z.ZodObject,
  Metrics extends MetricDefinitions = MetricDefinitions,
> extends PluginDeclaration<Options, Metrics> {
  /** The inner scorers, for these options, so that `mood-exporter check` validates them too. */
  inner?(options: z.output<Options>): readonly InnerPlugin[]
  /**
   * Creates an instance, once for each worker. If it throws or rejects, the exporter does not start, with that
   * message; on a reload the running configuration is kept.
   */
  create(options: z.output<Options>, context: ScorerContext<Metrics>): Scorer | Promise<Scorer>
}

/**
 * Declares a scorer: post → score. Make it the module's default export.
 *
 * If a call throws, returns NaN or a number outside [-1, 1], or takes longer than `limits.plugin_timeout`, its post
 * counts as `unknown`.
 */
export function defineScorer<
  Options extends z.ZodObject,
  const Metrics extends MetricDefinitions = NoMetrics,
>(definition: ScorerDefinition<Options, Metrics>) {
  return { kind: 'scorer' as const, ...definition }
}
