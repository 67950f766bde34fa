import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { dataPanels, metricPanels, readsLoki } from '../grafana/check/dashboard-json.ts'
import { metricNames } from '../grafana/check/promql.ts'
import { readDashboards } from '../tools/stack/dashboards.ts'

// What Grafana's dashboard linter asks of dashboards that are for others to install (grafana/dashboard-linter,
// docs/rules), as far as the other tests do not: those have titles, descriptions, units, and queries that Prometheus
// answers. Exceptions, with their reasons, are in grafana/README.md.

interface Written {
  editable?: boolean
  templating: {
    list: {
      name: string
      type: string
      query?: unknown
      label?: string
      refresh?: number
      multi?: boolean
      allValue?: string
      datasource?: { uid?: string }
    }[]
  }
}

/** The data sources that are chosen above a dashboard: a Prometheus, and for posts a Loki. */
const CHOSEN_DATA_SOURCE = `\${datasource}`
const CHOSEN_LOKI = `\${loki}`

/** Panels that count over a time of their own, which their description names: the linter allows to except these. */
const OF_A_FIXED_TIME = ['New in the last hour', 'New terms']

/** The range of a rate: what is in brackets. */
const RATE = /\b(?:rate|irate|increase)\([^[]*\[([^\]]+)\]/g

const dashboards = [...(await readDashboards(fileURLToPath(new URL('..', import.meta.url))))]

/** Series without an instance: what rules record is of all exporters of a job, and so are alerts. */
const hasInstance = (name: string) => !name.includes(':') && name !== 'ALERTS'

test.for(dashboards)(
  '%s cannot be edited in place, and its data source is a choice that is made on load',
  ([, dashboard]) => {
    const { editable, templating } = dashboard as unknown as Written
    expect(editable).toBe(false)
    if (dataPanels(dashboard).length === 0) return
    const [first] = templating.list
    expect(first).toMatchObject({ name: 'datasource', type: 'datasource', label: 'Data source' })
    for (const { name, type, refresh } of templating.list) if (type === 'query') expect(refresh, name).toBe(1)
  },
)

test.for(dashboards)(
  'every query of %s is of the chosen job, and of the chosen exporters',
  ([, dashboard]) => {
    const faults = metricPanels(dashboard).flatMap(({ id, title, targets = [] }) =>
      targets.flatMap(({ refId, expr = '' }) => {
        const names = metricNames(expr)
        const lacks = [
          ...(expr.includes('job=~"$job"') || names.every(name => name === 'ALERTS') ? [] : ['job']),
          ...(expr.includes('instance=~"$instance"') || !names.some(hasInstance) ? [] : ['instance']),
        ]
        return lacks.map(label => `panel ${id} "${title}" ${refId}: ${label}`)
      }),
    )
    expect(faults).toEqual([])
  },
)

test.for(dashboards)('%s lets its reader choose any jobs and exporters', ([, dashboard]) => {
  if (dataPanels(dashboard).length === 0) return
  const { list } = (dashboard as unknown as Written).templating
  const sources = list.filter(({ type }) => type === 'datasource').map(({ query }) => query)
  expect(sources).toEqual(dataPanels(dashboard).some(readsLoki) ? ['prometheus', 'loki'] : ['prometheus'])
  for (const name of ['job', 'instance'])
    expect(list.find(variable => variable.name === name)).toMatchObject({
      type: 'query',
      datasource: { uid: CHOSEN_DATA_SOURCE },
      multi: true,
      allValue: '.+',
    })
})

test.for(dashboards)(
  'panels of %s read the chosen data source, and rates as long as a step',
  ([, dashboard]) => {
    const faults = dataPanels(dashboard).flatMap(panel => {
      const { id, title, datasource, targets = [] } = panel
      const chosen = readsLoki(panel) ? CHOSEN_LOKI : CHOSEN_DATA_SOURCE
      return [
        ...(datasource?.uid === chosen ? [] : [`panel ${id} "${title}" reads ${datasource?.uid}`]),
        ...targets.flatMap(({ refId, expr = '' }) =>
          Array.from(expr.matchAll(RATE), ([, range]) => range).flatMap(range =>
            range === '$__rate_interval' || OF_A_FIXED_TIME.includes(title ?? '')
              ? []
              : [`panel ${id} "${title}" ${refId}: a rate over ${range}`],
          ),
        ),
      ]
    })
    expect(faults).toEqual([])
  },
)
