import type { Surroundings } from './dashboard.ts'
import { metricNames } from './promql.ts'

/** Parsed files of grafana/provisioning, as far as they are checked. */
export interface DataSourcesFile {
  datasources?: { name?: string; uid?: string; type?: string; url?: string; isDefault?: boolean }[]
}

export interface ProvidersFile {
  providers?: { name?: string; options?: { path?: string } }[]
}

export interface AlertingFile {
  groups?: { name?: string; rules?: AlertRule[] }[]
}

interface AlertRule {
  uid?: string
  title?: string
  condition?: string
  dashboardUid?: string
  panelId?: number
  data?: { refId?: string; datasourceUid?: string; model?: { expr?: string; expression?: string } }[]
}

/** Grafana's UID for expressions, in place of a data source. */
const EXPRESSIONS = '__expr__'

/** The longest UID that Grafana accepts. */
const UID_CHARACTERS = 40

export function dataSourceProblems({ datasources = [] }: DataSourcesFile): string[] {
  const uids = datasources.map(({ uid }) => uid)
  const defaults = datasources.filter(({ isDefault }) => isDefault)
  return [
    ...datasources.flatMap(({ name, uid, type, url }) =>
      name && uid && type && url ? [] : [`data source ${name ?? uid}: expected name, uid, type and url`],
    ),
    ...(new Set(uids).size === uids.length ? [] : ['two data sources have the same uid']),
    ...(defaults.length === 1 ? [] : [`expected one default data source, got ${defaults.length}`]),
  ]
}

export const providerProblems = ({ providers = [] }: ProvidersFile): string[] =>
  providers.length > 0 && providers.every(({ name, options }) => name && options?.path?.startsWith('/'))
    ? []
    : ['expected providers with a name and an absolute options.path']

/** @param panels ids of the panels of each dashboard, by its uid */
export function alertingProblems(
  { groups = [] }: AlertingFile,
  { dataSources, metrics }: Pick<Surroundings, 'dataSources' | 'metrics'>,
  panels: ReadonlyMap<string, ReadonlySet<number>>,
): string[] {
  return groups.flatMap(({ rules = [] }) =>
    rules.flatMap(({ uid = '', title, condition, data = [], dashboardUid, panelId }) => {
      const refIds = data.map(({ refId }) => refId)
      const problems = [
        ...(uid.length > 0 && uid.length <= UID_CHARACTERS && title
          ? []
          : [`expected a title, and a uid of up to ${UID_CHARACTERS} characters`]),
        ...(refIds.includes(condition) ? [] : [`the condition ${condition} is not one of its queries`]),
        ...data.flatMap(({ refId, datasourceUid = '', model = {} }) => [
          ...(datasourceUid === EXPRESSIONS || dataSources.has(datasourceUid)
            ? []
            : [`query ${refId} names the data source ${datasourceUid}, which is not provisioned`]),
          ...metricNames(model.expr ?? '')
            .filter(name => !metrics.has(name))
            .map(name => `query ${refId} reads ${name}, which does not exist`),
          ...(datasourceUid !== EXPRESSIONS || !model.expression || refIds.includes(model.expression)
            ? []
            : [`query ${refId} uses ${model.expression}, which is not one of its queries`]),
        ]),
        ...(dashboardUid === undefined || (panelId !== undefined && panels.get(dashboardUid)?.has(panelId))
          ? []
          : [`belongs to panel ${panelId} of the dashboard ${dashboardUid}, which does not exist`]),
      ]
      return problems.map(problem => `rule ${uid}: ${problem}`)
    }),
  )
}
