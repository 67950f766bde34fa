import type { Trends } from '../../pipeline/configured-topics.ts'
import type { WorkerConfig } from '../../pipeline/worker-config.ts'
import type { State } from '../../state/state.ts'

/** The current terms of the rankings from which topics take keywords, by source, in order of rank. */
export const trendsOf = ({ rankings }: State, { trending = [] }: Pick<WorkerConfig, 'trending'>): Trends =>
  Object.fromEntries(
    Array.from(
      Map.groupBy(trending, ({ source }) => source),
      ([source, specs]) => {
        const most = Math.max(...specs.map(({ top }) => top))
        const items = rankings?.of(source)?.present ?? []
        return [source, items.slice(0, most).map(({ term }) => term)]
      },
    ),
  )
