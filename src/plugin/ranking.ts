import type { z } from 'zod'
import type { PluginDeclaration } from './declaration.ts'
import type { FormatContext, RecordContext } from './format.ts'
import type { MetricDefinitions, NoMetrics } from './metrics.ts'
import type { Framing } from './records/framing.ts'

/** A term of a ranking. */
export interface RankingItem {
  /** Its place, from 1. Several terms may share one. */
  rank: number
  term: string
  /** How often it was searched for, read or used, where the service says so. */
  count?: number | undefined
}

/** A list in an order at a moment: trending searches, the most read pages. */
export interface Ranking {
  /**
   * When the list was made: milliseconds since 1970-01-01 UTC. A snapshot that has the time of one before is the same one
   * and counts once, so a list that does not say when it was made gets `receivedAt`.
   */
  at: number
  /** At least one, in any order. A term that is there twice counts once, at its better rank. */
  items: RankingItem[]
}

/** Reads the rankings of one source: a record's bytes → a ranking. Otherwise as `Format`. */
export interface RankingFormat {
  /**
   * The ranking in a record, several of them, or null for a record that is sound but holds none, which is dropped as
   * `not_a_post`.
   *
   * @throws InvalidRecord where the record does not have the shape that is expected: say what was expected and what was
   *   there. A list without terms is one, since a service that changes its shape would otherwise count as one where
   *   nothing trends
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
  /** That its records hold rankings and no posts. */
  readonly ranking: true
  /** As that of `FormatDefinition`. */
  create(options: z.output<Options>, context: FormatContext<Metrics>): RankingFormat | Promise<RankingFormat>
}

/** Declares a format whose records hold rankings: a record's bytes → ranking. Make it the module's default export. */
export function defineRankingFormat<
  Options extends z.ZodObject,
  const Metrics extends MetricDefinitions = NoMetrics,
>(definition: Omit<RankingFormatDefinition<Options, Metrics>, 'ranking'>) {
  return { kind: 'format' as const, ranking: true as const, ...definition }
}
