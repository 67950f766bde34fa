import type { z } from 'zod'
import type { PluginContext } from './context.ts'
import type { Post } from './post.ts'

/**
 * A score in [-1, 1] (-1 most negative, 0 neutral, 1 most positive), or null where the scorer cannot say:
 * a language it does not know, no words to go by.
 */
export type Score = number | null

/** A piece of a post's text, and what it did to the score. */
export interface Piece {
  /** As it stands in the post. */
  text: string
  /** In the scorer's own units: above 0 it made the post more positive, below 0 more negative. */
  weight: number
  /** What else was at work: `negated by "not"`, `in capitals`. */
  why?: string
}

/** Scores posts one at a time, at once. */
export interface PostScorer {
  score(post: Post): Score
  /** The pieces that moved the score, in the order of the text, for `mood-exporter score --explain`. */
  explain?(post: Post): Piece[]
  close?(): void | Promise<void>
}

/** Scores posts by the batch, for a model or a remote service. */
export interface BatchScorer {
  /** Resolves to as many scores as there are posts, in their order. */
  scoreBatch(posts: readonly Post[]): Promise<Score[]>
  /** The most posts in one call; 32 unless told. */
  readonly batchSize?: number
  /** The most calls under way at once; 1 unless told. */
  readonly concurrency?: number
  close?(): void | Promise<void>
}

export type Scorer = PostScorer | BatchScorer

export interface ScorerDefinition<Options extends z.ZodObject = z.ZodObject> {
  readonly name: string
  /** One line for `mood-exporter plugins`. */
  readonly description: string
  /** Validates what stands beside `use:` in the configuration, and documents itself. */
  readonly options: Options
  create(options: z.output<Options>, context: PluginContext): Scorer | Promise<Scorer>
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
