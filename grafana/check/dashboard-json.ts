/** The JSON of a dashboard, as far as it is checked. */
export interface DashboardJson {
  uid?: string
  title?: string
  panels?: PanelJson[]
  links?: { url?: string }[]
  annotations?: { list?: AnnotationJson[] }
  templating?: { list?: VariableJson[] }
}

export interface DataSourceJson {
  type?: string
  uid?: string
}

export interface QueryJson {
  refId?: string
  expr?: string
  instant?: boolean
  datasource?: DataSourceJson
}

export interface PanelJson {
  id?: number
  type: string
  title?: string
  description?: string
  datasource?: DataSourceJson
  gridPos?: { x: number; y: number; w: number; h: number }
  interval?: string
  repeat?: string
  links?: { url?: string }[]
  targets?: QueryJson[]
  /** Whether a row is closed. */
  collapsed?: boolean
  /** The panels of a closed row. */
  panels?: PanelJson[]
  fieldConfig?: { defaults?: { unit?: string; noValue?: string } }
}

export interface AnnotationJson {
  name: string
  datasource?: DataSourceJson
  expr?: string
}

export interface VariableJson {
  name: string
  type: string
  datasource?: DataSourceJson
  current?: { value?: string | string[] }
  allValue?: string
  regex?: string
  query?: string | { query?: string }
}

/** The query of a variable as text; undefined for one that has none. */
export const variableQuery = ({ type, query }: VariableJson): string | undefined =>
  type !== 'query' ? undefined : typeof query === 'string' ? query : query?.query

/** Panels and headings, including those in closed rows. */
export const allPanels = ({ panels = [] }: DashboardJson): PanelJson[] =>
  panels.flatMap(panel => [panel, ...(panel.panels ?? [])])

/** Panels that show data, without texts and the headings between them. */
export const dataPanels = (dashboard: DashboardJson): PanelJson[] =>
  allPanels(dashboard).filter(({ type }) => type !== 'row' && type !== 'text')

/** Whether a panel shows lines of Loki, which has a query language of its own. */
export const readsLoki = ({ datasource }: PanelJson): boolean => datasource?.type === 'loki'

/** Panels that query Prometheus. */
export const metricPanels = (dashboard: DashboardJson): PanelJson[] =>
  dataPanels(dashboard).filter(panel => !readsLoki(panel))
