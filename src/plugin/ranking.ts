import type { z } from 'zod'
import type { PluginDeclaration } from './declaration.ts'
import type { FormatContext, RecordContext } from './format.ts'
import type { MetricDefinitions, NoMetrics } from './metrics.ts'
import type { Framing } from './records/framing.ts'

/** A term of a ranking. */
export interface RankingItem {
  /** Its rank, a whole number from 1 to 100,000. Several terms may share a rank. */
  rank: number
  term: string
  /** How often it was searched for, read or used, if the service says so. */
  count?: number | undefined
}

/** An ordered list at a moment: trending searches, the most read pages. */
export interface Ranking {
  /**
   * When the list was made: milliseconds since 1970-01-01 UTC. Two snapshots with the same time count once, so use
   * `receivedAt` for a list without a time.
   */
  at: number
  /** At least one, in any order. A repeated term counts once, at its best rank. */
  items: RankingItem[]
}

/** Reads the rankings of one source: a record's bytes → a ranking. Everything else is as for `Format`. */
export interface RankingFormat {
  /**
   * The ranking in a record, several rankings, or null for a valid record without one, which is dropped as
   * `not_a_post`.
   *
   * @throws InvalidRecord if the record does not have the expected shape: say what was expected and what was found.
   *   Throw it for an empty list too: otherwise a service that changes its shape looks like one where nothing trends
   */
  decode(text: string, record: RecordContext): Ranking | Ranking[] | null
  readonly header?: boolean
  readonly framing?: Framing
  readonly binary?: boolean
}

export interface RankingFormatDefinition<
  Options extends z.ZodObject = z.ZodObject,
  Metrics extends MetricDefinitions = MetricDefinitions,
> extends PluginDeclaration<Options, Metrics> {
  /** Its records contain rankings instead of posts. */
  readonly ranking: true
  /** As in `FormatDefinition`. */
  create(options: z.output<Options>, context: FormatContext<Metrics>): RankingFormat | Promise<RankingFormat>
}

/**
 * Declares a format whose records contain rankings: a record's bytes → ranking. Make it the module's default export.
 */
export function defineRankingFormat<
  Options extends z.ZodObject,
  const Metrics extends MetricDefinitions = NoMetrics,
>(definition: Omit<RankingFormatDefinition<Options, Metrics>, 'ranking'>) {
  return { kind: 'format' as const, ranking: true as const, ...definition }
}
