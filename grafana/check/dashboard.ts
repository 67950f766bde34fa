import {
  allPanels,
  type DashboardJson,
  type DataSourceJson,
  dataPanels,
  type PanelJson,
  readsLoki,
  variableQuery,
} from './dashboard-json.ts'
import { layoutProblems } from './layout.ts'
import { metricNames, variableNames } from './promql.ts'

/** What a dashboard can refer to. */
export interface Surroundings {
  metrics: ReadonlySet<string>
  dataSources: ReadonlySet<string>
  dashboards: ReadonlySet<string>
}

/** The problems of a dashboard, a line each. */
export function dashboardProblems(dashboard: DashboardJson, surroundings: Surroundings): string[] {
  const variables = dashboard.templating?.list ?? []
  const { metrics, dataSources, dashboards } = surroundings
  const chosen = new Map(variables.map(({ name, current }) => [name, String(current?.value)]))

  const inQuery = (expr: string) => [
    ...metricNames(expr)
      .filter(name => !metrics.has(name))
      .map(name => `reads ${name}, which is neither a metric of the exporter nor recorded by a rule`),
    ...unknownVariables(expr),
  ]
  const unknownVariables = (text: string) =>
    variableNames(text)
      .filter(name => !name.startsWith('__') && !chosen.has(name))
      .map(name => `refers to the variable ${name}, which the dashboard does not have`)
  const inDataSource = (source: DataSourceJson | undefined) => {
    const uid = source?.uid?.replace(/^\$\{(\w+)\}$/, (whole, name) => chosen.get(name) ?? whole)
    if (uid === undefined) return ['names no data source']
    return dataSources.has(uid) ? [] : [`names the data source ${uid}, which is not provisioned`]
  }
  const inLinks = (links: { url?: string }[] = []) =>
    links.flatMap(({ url = '' }) => {
      const uid = /^\/d\/([^/?]+)/.exec(url)?.[1]
      return uid && !dashboards.has(uid) ? [`links to the dashboard ${uid}, which does not exist`] : []
    })
  const inPanel = (panel: PanelJson) => {
    const ofQuery = readsLoki(panel) ? unknownVariables : inQuery
    return [
      ...missingParts(panel),
      ...inDataSource(panel.datasource),
      ...unknownVariables(panel.title ?? ''),
      ...inLinks(panel.links),
      ...(panel.targets ?? []).flatMap(({ refId, expr, datasource }) =>
        [...inDataSource(datasource), ...(expr ? ofQuery(expr) : ['is empty'])].map(
          problem => `query ${refId} ${problem}`,
        ),
      ),
    ]
  }

  return [
    ...(dashboard.uid && dashboard.title ? [] : ['a dashboard needs a uid and a title']),
    ...inLinks(dashboard.links),
    ...layoutProblems(allPanels(dashboard)),
    ...dataPanels(dashboard).flatMap(panel =>
      inPanel(panel).map(problem => `panel ${panel.id} "${panel.title ?? ''}": ${problem}`),
    ),
    ...(dashboard.annotations?.list ?? []).flatMap(({ name, datasource, expr }) =>
      [...inDataSource(datasource), ...inQuery(expr ?? '')].map(
        problem => `annotation "${name}": ${problem}`,
      ),
    ),
    ...variables.flatMap(variable => {
      const query = variableQuery(variable)
      if (query === undefined) return []
      return [...inDataSource(variable.datasource), ...inQuery(seriesOf(query))].map(
        problem => `variable ${variable.name}: ${problem}`,
      )
    }),
  ]
}

/** The series that a variable's query reads: without the label in `label_values(series, label)`. */
const seriesOf = (query: string) =>
  query.replace(/^label_values\((.*),\s*\w+\)$/, '$1').replace(/^query_result\((.*)\)$/, '$1')

/** Required parts that a panel lacks. */
function missingParts(panel: PanelJson): string[] {
  const { title, description, targets, fieldConfig } = panel
  const { unit, noValue } = fieldConfig?.defaults ?? {}
  const refIds = (targets ?? []).map(({ refId }) => refId)
  return [
    ...(title ? [] : ['has no title']),
    ...(description ? [] : ['has no description']),
    ...(unit || readsLoki(panel) ? [] : ['has no unit']),
    ...(noValue ? [] : ['has no text for missing data']),
    ...(refIds.length > 0 ? [] : ['has no query']),
    ...(refIds.every(Boolean) && new Set(refIds).size === refIds.length
      ? []
      : ['has queries without a unique refId']),
  ]
}
