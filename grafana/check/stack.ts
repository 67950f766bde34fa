import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { GENERATED } from '../generate.ts'
import { dashboardProblems } from './dashboard.ts'
import { allPanels, type DashboardJson } from './dashboard-json.ts'
import { knownMetrics } from './known-metrics.ts'
import {
  type AlertingFile,
  alertingProblems,
  type DataSourcesFile,
  dataSourceProblems,
  type ProvidersFile,
  providerProblems,
} from './provisioning.ts'

const PROVISIONING = 'grafana/provisioning'

/** A parsed file, with its path from the root of the project. */
interface Parsed<Content> {
  path: string
  content: Content
}

/**
 * The problems of the dashboards and of Grafana's provisioning, a line each: the file, the place and the problem. Needs
 * no Grafana.
 */
export function checkStack(root: string): string[] {
  const problems: string[] = []
  const read = <Content>(folder: string, extension: string): Parsed<Content>[] =>
    readdirSync(join(root, folder))
      .filter(name => name.endsWith(extension))
      .flatMap(name => {
        const path = `${folder}/${name}`
        try {
          const text = readFileSync(join(root, path), 'utf8')
          return [{ path, content: (extension === '.json' ? JSON.parse(text) : parse(text)) as Content }]
        } catch (error) {
          problems.push(`${path}: ${(error as Error).message.split('\n')[0]}`)
          return []
        }
      })
  const report = (path: string, found: string[]) => problems.push(...found.map(line => `${path}: ${line}`))

  const dashboards = read<DashboardJson>(GENERATED, '.json')
  const dataSources = read<DataSourcesFile>(`${PROVISIONING}/datasources`, '.yml')
  const uids = dashboards.map(({ content }) => content.uid as string)
  const surroundings = {
    metrics: knownMetrics(root),
    dataSources: new Set(
      dataSources.flatMap(({ content }) => (content.datasources ?? []).map(({ uid }) => uid as string)),
    ),
    dashboards: new Set(uids),
  }
  const panels = new Map(
    dashboards.map(({ content }) => [
      content.uid as string,
      new Set(allPanels(content).map(({ id }) => id as number)),
    ]),
  )

  for (const { path, content } of dashboards) report(path, dashboardProblems(content, surroundings))
  if (surroundings.dashboards.size < uids.length)
    problems.push(`${GENERATED}: two dashboards have the same uid`)
  for (const { path, content } of dataSources) report(path, dataSourceProblems(content))
  for (const { path, content } of read<ProvidersFile>(`${PROVISIONING}/dashboards`, '.yml'))
    report(path, providerProblems(content))
  for (const { path, content } of read<AlertingFile>(`${PROVISIONING}/alerting`, '.yml'))
    report(path, alertingProblems(content, surroundings, panels))
  return problems
}
