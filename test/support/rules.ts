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
  /** Headings of docs/alerts.md, as anchors. */
  anchors: readonly string[]
}

/** The rules in a file, in order. */
export function rulesIn(text: string): Rule[] {
  const { groups } = parse(text) as { groups: { rules: Rule[] }[] }
  return groups.flatMap(({ rules }) => rules)
}

/** What is wrong with the rules in a file that Prometheus itself would take, a line each. */
export function ruleFaults(file: string, text: string, { metrics, anchors }: Surroundings): string[] {
  return rulesIn(text).flatMap(rule => {
    const faults = metricNames(rule.expr)
      .filter(name => !metrics.has(name))
      .map(name => `reads ${name}, which is neither exposed nor recorded`)
    if (rule.alert !== undefined) faults.push(...alertFaults(rule, anchors))
    return faults.map(fault => `${file}: ${rule.alert ?? rule.record} ${fault}`)
  })
}

function alertFaults({ alert, labels = {}, annotations = {} }: Rule, anchors: readonly string[]): string[] {
  const faults = ANNOTATIONS.filter(name => !annotations[name]).map(name => `has no annotation ${name}`)
  if (!SEVERITIES.includes(labels.severity ?? ''))
    faults.push(`has the severity ${labels.severity}, expected one of ${SEVERITIES.join(', ')}`)
  const anchor = alert?.toLowerCase() ?? ''
  const runbook = `docs/alerts.md#${anchor}`
  if (annotations.runbook_url && annotations.runbook_url !== runbook)
    faults.push(`has the runbook ${annotations.runbook_url}, expected ${runbook}`)
  if (!anchors.includes(anchor)) faults.push(`has no section in docs/alerts.md`)
  return faults
}
