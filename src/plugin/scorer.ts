import type { z } from 'zod'
import type { PluginContext } from './context.ts'
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
  /** How far the scorers that this one is made of part, from 0 (they agree) to 1 (they are at opposite ends). */
  disagreement?: number
}

/** A piece of a post's text, and what it did to the score. */
export interface Piece {
  /** As it stands in the post. */
  text: string
  /** In the scorer's own units: above 0 it made the post more positive, below 0 more negative. */
  weight: number
  /** What else was at work: `negated by "not"`, `in capitals`. */
  why?: string
}

/** What a scorer may have beside its scores. */
export interface ScorerExtras {
  /** All the emotions that its scores may name, 50 at most: each becomes a label's value. */
  readonly emotions?: readonly string[]
  /** The pieces that moved the score, in the order of the text, for `mood-exporter score --explain`. */
  explain?(post: Post): Piece[]
  close?(): void | Promise<void>
}

/** Scores posts one at a time, at once. */
export interface PostScorer extends ScorerExtras {
  score(post: Post): Score | DetailedScore
}

/** Scores posts by the batch, for a model or a remote service. */
export interface BatchScorer extends ScorerExtras {
  /** Resolves to as many scores as there are posts, in their order. */
  scoreBatch(posts: readonly Post[]): Promise<(Score | DetailedScore)[]>
  /** The most posts in one call; 32 unless told. */
  readonly batchSize?: number
  /** The most calls under way at once; 1 unless told. */
  readonly concurrency?: number
}

export type Scorer = PostScorer | BatchScorer

/** What a scorer is given beside its options. */
export interface ScorerContext extends PluginContext {
  /**
   * Makes another scorer, for one that is made of several. Its `close` is for who made it to call.
   *
   * @param spec as an entry of `scorers` in the configuration: `{ use: 'vader', … }`
   * @throws where there is no such scorer, its options do not hold or it cannot be made
   */
  scorer(spec: { use: string; [option: string]: unknown }): Promise<Scorer>
}

export interface ScorerDefinition<Options extends z.ZodObject = z.ZodObject> {
  readonly name: string
  /** One line for `mood-exporter plugins`. */
  readonly description: string
  /** Validates what stands beside `use:` in the configuration, and documents itself. */
  readonly options: Options
  create(options: z.output<Options>, context: ScorerContext): Scorer | Promise<Scorer>
}

/**
 * Declares a scorer: post → score. Make it the module's default export.
 *
 * A scorer that throws, answers NaN or a number outside [-1, 1], or takes longer than `limits.plugin_timeout`
 * costs the post it was given: that post counts as `unknown`.
 */
export function defineScorer<Options extends z.ZodObject>(definition: ScorerDefinition<Options>) {
  return { kind: 'scorer' as const, ...definition }
}
