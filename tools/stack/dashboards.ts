import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type DashboardJson,
  metricPanels,
  type VariableJson,
  variableQuery,
} from '../../grafana/check/dashboard-json.ts'
import { fill, intervals, type Values } from '../../grafana/fill.ts'
import type { RunningPrometheus } from './prometheus.ts'

/** The scrape interval in the data source. */
const SCRAPE = '1s'
/** The time range of the dashboards. */
const RANGE = '15m'
/** How far back dashboards are queried: longer than any test. */
const LIVED_SECONDS = 120

/** A query in Grafana's form, and its panel. */
export interface Query {
  where: string
  expr: string
  instant: boolean
  step: number
}

/** A Prometheus for queries. */
export type Asked = Pick<RunningPrometheus, 'query' | 'course'>

/** The generated dashboards, by file name. */
export async function readDashboards(root: string): Promise<Map<string, DashboardJson>> {
  const folder = join(root, 'grafana/generated')
  const names = await readdir(folder)
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  return new Map(names.map((name, i) => [name, JSON.parse(texts[i] as string)]))
}

/** The options of a variable, queried as Grafana does. */
async function optionsOf(
  variable: VariableJson,
  values: Values,
  prometheus: Pick<Asked, 'query'>,
): Promise<string[]> {
  const query = fill(variableQuery(variable) as string, {
    ...values,
    ...intervals({ scrape: SCRAPE, range: RANGE }),
  })
  const [, series, label] = /^label_values\((.*),\s*(\w+)\)$/.exec(query) ?? []
  if (series && label) {
    const elements = await prometheus.query(`group by (${label}) (${series})`)
    return elements.flatMap(({ labels }) => labels[label] ?? []).sort()
  }
  const [, expr] = /^query_result\((.*)\)$/.exec(query) ?? []
  const regex = new RegExp(
    /^\/(.*)\/$/.exec(variable.regex ?? '')?.[1] ?? fail(`${variable.name} has no regex`),
  )
  const elements = await prometheus.query(expr ?? fail(`${query} is no query of a variable`))
  return elements.flatMap(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`)
    return regex.exec(`{${pairs.join(',')}} ${value}`)?.[1] ?? []
  })
}

function fail(message: string): never {
  throw new Error(message)
}

/** The variables of a dashboard when it is opened, and their other options. */
export async function openVariables(dashboard: DashboardJson, prometheus: Pick<Asked, 'query'>) {
  let values: Values = {}
  const options = new Map<string, string[]>()
  for (const variable of dashboard.templating?.list ?? []) {
    if (variableQuery(variable) === undefined) continue
    const offered = await optionsOf(variable, values, prometheus)
    options.set(variable.name, offered)
    const current = String(variable.current?.value)
    const chosen = current === '$__all' ? variable.allValue : offered.find(option => option === current)
    values = { ...values, [variable.name]: chosen ?? offered[0] ?? '' }
  }
  return { values, options }
}

/** Every Prometheus query of a dashboard, of its panels and annotations, with these values of the variables. */
export function queriesOf(
  name: string,
  dashboard: DashboardJson,
  values: Values,
  /** The time range, and the interval of samples. */
  { range = RANGE, scrape = SCRAPE } = {},
): Query[] {
  const ofPanels = metricPanels(dashboard).flatMap(({ id, title, interval: least, targets = [] }) => {
    const all = { ...values, ...intervals({ scrape, least, range }) }
    return targets.map(({ refId, expr = '', instant = false }) => ({
      where: `${name} panel ${id} "${title}" ${refId}`,
      expr: fill(expr, all),
      instant,
      step: Number(all.__interval_ms) / 1000,
    }))
  })
  const ofAnnotations = (dashboard.annotations?.list ?? []).map(({ name: title, expr = '' }) => ({
    where: `${name} annotation "${title}"`,
    expr: fill(expr, values),
    instant: false,
    step: 5,
  }))
  return [...ofPanels, ...ofAnnotations]
}

/** Whether a query has data. */
async function hasData({ expr, instant, step }: Query, prometheus: Asked): Promise<boolean> {
  const values = instant
    ? (await prometheus.query(expr)).map(({ value }) => value)
    : await prometheus.course(expr, LIVED_SECONDS, step)
  return values.some(Number.isFinite)
}

/** Repeats queries until each has returned data; returns those without any after `ms`. */
export async function unanswered(queries: Query[], prometheus: Asked, ms: number): Promise<string[]> {
  const deadline = Date.now() + ms
  let missing = queries
  for (;;) {
    const still: Query[] = []
    for (const query of missing) if (!(await hasData(query, prometheus))) still.push(query)
    missing = still
    if (missing.length === 0 || Date.now() > deadline)
      return missing.map(({ where, expr }) => `${where}: ${expr}`)
    await sleep(500)
  }
}
