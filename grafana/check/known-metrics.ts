import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { parse } from 'yaml'
import { METRICS } from '../../src/catalogue/metrics.ts'

const RULES = 'prometheus/rules'

/** Series that Prometheus itself adds for each scrape and each alert. */
const OF_PROMETHEUS = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
  'ALERTS',
  'ALERTS_FOR_STATE',
]

const seriesOf = (name: string, type: string) =>
  type === 'histogram' ? ['_bucket', '_sum', '_count'].map(part => name + part) : [name]

/** Metrics of the process, as prom-client names them. */
function ofTheProcess(): string[] {
  const register = new Registry()
  collectDefaultMetrics({ register })
  const metrics = register.getMetricsAsArray() as unknown as { name: string; type: string }[]
  return metrics.flatMap(({ name, type }) => seriesOf(name, type))
}

interface RuleFile {
  groups?: { rules?: { record?: string }[] }[]
}

/** Names of the series that rules record. */
export function recordedMetrics(root: string): string[] {
  const files = readdirSync(join(root, RULES)).filter(name => name.endsWith('.yml'))
  const parsed = files.map(name => parse(readFileSync(join(root, RULES, name), 'utf8')) as RuleFile)
  return parsed.flatMap(({ groups = [] }) =>
    groups.flatMap(({ rules = [] }) => rules.flatMap(({ record }) => (record ? [record] : []))),
  )
}

/** All series that a dashboard may read: of the exporter, its process, Prometheus itself, and recording rules. */
export const knownMetrics = (root: string): Set<string> =>
  new Set([
    ...Object.entries(METRICS).flatMap(([name, { type }]) => seriesOf(name, type)),
    ...ofTheProcess(),
    ...OF_PROMETHEUS,
    ...recordedMetrics(root),
  ])
