import { asRegex } from '../../grafana/fill.ts'
import { openVariables } from '../stack/dashboards.ts'
import { answersOf, marksOf } from './answers.ts'
import { box, type Placed, place, type Variables } from './grid.ts'
import type { Dashboard } from './json.ts'
import type { Answered, View } from './page.ts'
import type { Answerer } from './prometheus.ts'
import type { TimeRange } from './time.ts'

export interface ViewOptions {
  range: TimeRange
  width: number
  /** Values of variables, by name, that replace the default ones of the dashboard. */
  chosen: Readonly<Record<string, string>>
}

/** A dashboard as first opened, with its variables chosen and its queries answered. */
export async function openView(
  dashboard: Dashboard,
  prometheus: Answerer,
  { range, width, chosen }: ViewOptions,
): Promise<View> {
  const variables = await choose(dashboard, prometheus, chosen, range)
  const [panels, marks] = await Promise.all([
    Promise.all(
      place(dashboard.panels ?? [], variables).map(placed =>
        answered(placed, prometheus, range, box(placed, width).width),
      ),
    ),
    marksOf(dashboard, variables.values, range, prometheus),
  ])
  return { dashboard, variables, panels, marks, range, width }
}

async function answered(
  placed: Placed,
  prometheus: Answerer,
  range: TimeRange,
  width: number,
): Promise<Answered> {
  try {
    return { ...placed, ...(await answersOf(placed, range, width, prometheus)) }
  } catch (error) {
    return { ...placed, series: [], step: 1000, failed: (error as Error).message }
  }
}

async function choose(
  dashboard: Dashboard,
  prometheus: Answerer,
  chosen: Readonly<Record<string, string>>,
  range: TimeRange,
): Promise<Variables> {
  const list = (dashboard.templating?.list ?? []).map(variable => {
    const value = chosen[variable.name]
    return value === undefined ? variable : { ...variable, current: { value } }
  })
  // Grafana asks at the end of the range, even if that is not now.
  const atEnd = { query: (query: string) => prometheus.query(query, range.to) }
  const { values, options } = await openVariables({ ...dashboard, templating: { list } }, atEnd)
  const several = list.filter(({ name, multi }) => multi && chosen[name] !== undefined)
  const escaped = Object.fromEntries(several.map(({ name }) => [name, asRegex(values[name] as string)]))
  const texts = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, chosen[name] ?? (value === '.+' ? 'All' : value)]),
  )
  return { values: { ...values, ...escaped }, texts, options }
}
