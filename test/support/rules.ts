import { parse } from 'yaml'
import { metricNames } from '../../grafana/check/promql.ts'

const SEVERITIES = ['critical', 'warning', 'info']
const ANNOTATIONS = ['summary', 'description', 'dashboard_url', 'runbook_url']

export interface Rule {
  record?: string
  alert?: string
  expr: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

export interface Surroundings {
  /** Metrics that there are: what is exposed, and what rules record. */
  metrics: ReadonlySet<string>
  /** Alerts in the runbook of docs/alerts.md, in the order of the panels that the dashboard Runbook makes of them. */
  runbook: readonly string[]
}

/** The rules in a file, in order. */
export function rulesIn(text: string): Rule[] {
  const { groups } = parse(text) as { groups: { rules: Rule[] }[] }
  return groups.flatMap(({ rules }) => rules)
}

/** What is wrong with the rules in a file that Prometheus itself would take, a line each. */
export function ruleFaults(file: string, text: string, { metrics, runbook }: Surroundings): string[] {
  return rulesIn(text).flatMap(rule => {
    const faults = metricNames(rule.expr)
      .filter(name => !metrics.has(name))
      .map(name => `reads ${name}, which is neither exposed nor recorded`)
    if (rule.alert !== undefined) faults.push(...alertFaults(rule, runbook))
    return faults.map(fault => `${file}: ${rule.alert ?? rule.record} ${fault}`)
  })
}

/** Where Grafana is: what Prometheus is configured with, or where the stack has it. */
const GRAFANA = '{{ or $externalLabels.grafana_url "http://localhost:3000" }}'

function alertFaults(
  { alert = '', labels = {}, annotations = {} }: Rule,
  sections: readonly string[],
): string[] {
  const faults = ANNOTATIONS.filter(name => !annotations[name]).map(name => `has no annotation ${name}`)
  if (!SEVERITIES.includes(labels.severity ?? ''))
    faults.push(`has the severity ${labels.severity}, expected one of ${SEVERITIES.join(', ')}`)
  const section = sections.indexOf(alert)
  const runbook = `${GRAFANA}/d/mood-runbook?viewPanel=panel-${section + 1}`
  if (section < 0) faults.push('has no section in the runbook of docs/alerts.md')
  else if (annotations.runbook_url && annotations.runbook_url !== runbook)
    faults.push(`has the runbook ${annotations.runbook_url}, expected ${runbook}`)
  if (annotations.dashboard_url && !annotations.dashboard_url.startsWith(`${GRAFANA}/d/mood`))
    faults.push(`has the dashboard ${annotations.dashboard_url}, expected one of ${GRAFANA}`)
  return faults
}
