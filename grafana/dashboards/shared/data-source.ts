import { DatasourceVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

/** UIDs of the provisioned data sources: grafana/provisioning/datasources. */
export const PROMETHEUS_UID = 'prometheus'
export const LOKI_UID = 'loki'

/** What panels read: the data source that is chosen above the dashboard, so that it also works when imported. */
export const DATA_SOURCE = { type: 'prometheus', uid: `\${datasource}` }

/** The choice of a data source: ours, or in another Grafana its default one. */
export const dataSourceVariable = () =>
  new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The Prometheus that scrapes the exporter.')
    .type('prometheus')
    .current({ selected: true, text: 'Prometheus', value: PROMETHEUS_UID })

/** What panels of posts read. */
export const LOKI_SOURCE = { type: 'loki', uid: `\${loki}` }

/** The choice of a Loki, in the same way. Where there is none, only the panels of posts say so. */
export const lokiVariable = () =>
  new DatasourceVariableBuilder('loki')
    .label('Posts from')
    .description('The Loki that the output `loki` writes to.')
    .type('loki')
    .current({ selected: true, text: 'Loki', value: LOKI_UID })
