import type { Plan } from '../../pipeline/plan.ts'
import type { Trends } from '../../pipeline/plan-topics.ts'
import type { State } from '../../state/state.ts'

/** The present terms of the rankings that topics take theirs from, by source, the first rank first. */
export const trendsOf = ({ rankings }: State, { trending = [] }: Pick<Plan, 'trending'>): Trends =>
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
