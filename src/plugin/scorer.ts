import type { z } from 'zod'
import type { PluginContext } from './context.ts'
import type { InnerPlugin, PluginDeclaration } from './declaration.ts'
import type { MetricDefinitions, NoMetrics } from './metrics.ts'
import type { Post } from './post.ts'

/**
 * A score in [-1, 1] (-1 most negative, 0 neutral, 1 most positive), or null where the scorer cannot say:
 * a language it does not know, no words to go by.
 */
export type Score = number | null

/** A score with what else the scorer has to say of the post. */
export interface DetailedScore {
  score: Score
  /** Which of the scorer's {@link ScorerExtras.emotions} the post shows. */
  emotions?: readonly string[]
  /** Disagreement of the scorers that this one is made of: 0 where they agree, 1 where they are at opposite ends. */
  disagreement?: number
}

/** A piece of a post's text, and what it did to the score. */
export interface Piece {
  /** As it is in the post. */
  text: string
  /** In the scorer's own units: above 0 it made the post more positive, below 0 more negative. */
  weight: number
  /** What else was at work: `negated by "not"`, `in capitals`. */
  why?: string
}

/**
 * What a scorer may have beside its scores.
 *
 * Every worker thread makes an instance of its own. `close` comes last and once, after every call of a {@link
 * PostScorer} has returned, every call of a {@link BatchScorer} has settled or timed out, and the context's signal was
 * aborted. A thread that is stuck or out of memory is ended without it.
 */
export interface ScorerExtras {
  /** All the emotions that its scores may name, 50 at most: each becomes a label's value. Read once. */
  readonly emotions?: readonly string[]
  /**
   * The pieces that moved the score, in the order of the text, for `mood-exporter score --explain` and `eval`; not
   * called while posts are counted. What it throws costs the explanation, and no score.
   */
  explain?(post: Post): Piece[]
  /** Frees what the scorer holds open. A rejection is ignored, as is what takes longer than the exporter waits. */
  close?(): void | Promise<void>
}

/**
 * Scores posts one at a time, synchronously. `score` is called for one post after another, never twice at the same time;
 * where a worker is replaced after a crash, a post may be given again to another instance.
 */
export interface PostScorer extends ScorerExtras {
  /**
   * The score of a post. What it throws, and a result that is neither a score nor a detailed one, is an error of the
   * plugin: the post counts as `unknown`.
   */
  score(post: Post): Score | DetailedScore
}

/**
 * Scores posts by the batch, for a model or a remote service. Up to `concurrency` calls of `scoreBatch` overlap in each
 * instance, and may settle in any order.
 */
export interface BatchScorer extends ScorerExtras {
  /**
   * Resolves to as many scores as there are posts, in their order.
   *
   * A rejection, and a result of another length, costs all posts of the call: they count as `unknown`, and as one error
   * of the plugin. So does a call that takes longer than `limits.plugin_timeout`; what it resolves to afterwards is
   * ignored, and another call may begin meanwhile. A score that is invalid costs its own post.
   */
  scoreBatch(posts: readonly Post[]): Promise<(Score | DetailedScore)[]>
  /** The most posts in one call; 32 by default. More than 10,000 counts as 10,000, with a warning. Read once. */
  readonly batchSize?: number
  /** The most calls under way at once; 1 by default. More than 1,000 counts as 1,000, with a warning. Read once. */
  readonly concurrency?: number
}

export type Scorer = PostScorer | BatchScorer

/** What a scorer is given beside its options. */
export interface ScorerContext<Metrics extends MetricDefinitions = MetricDefinitions>
  extends PluginContext<Metrics> {
  /**
   * Makes another scorer, for one that is made of several. Call it with a {@link ScorerCaller}, and close it when this
   * one is closed.
   *
   * @param spec as an entry of `scorers` in the configuration: `{ use: 'vader', … }`
   * @throws where there is no such scorer, its options are not valid or it cannot be made
   */
  scorer(spec: { use: string; [option: string]: unknown }): Promise<Scorer>
}

export interface ScorerDefinition<
  Options extends z.ZodObject = z.ZodObject,
  Metrics extends MetricDefinitions = MetricDefinitions,
> extends PluginDeclaration<Options, Metrics> {
  /** The scorers that it is made of, so that `mood-exporter check` looks at them, too. They are of these options. */
  inner?(options: z.output<Options>): readonly InnerPlugin[]
  /**
   * Makes an instance, once for each worker. Where it throws or rejects the exporter does not start, with that message;
   * on a reload the running configuration is kept.
   */
  create(options: z.output<Options>, context: ScorerContext<Metrics>): Scorer | Promise<Scorer>
}

/**
 * Declares a scorer: post → score. Make it the module's default export.
 *
 * A scorer that throws, returns NaN or a number outside [-1, 1], or takes longer than `limits.plugin_timeout`
 * costs the post it was given: that post counts as `unknown`.
 */
export function defineScorer<
  Options extends z.ZodObject,
  const Metrics extends MetricDefinitions = NoMetrics,
>(definition: ScorerDefinition<Options, Metrics>) {
  return { kind: 'scorer' as const, ...definition }
}
