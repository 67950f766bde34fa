import { DatasourceVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

/** UIDs of the provisioned data sources: grafana/provisioning/datasources. */
export const PROMETHEUS_UID = 'prometheus'

/** What panels read: the data source that is chosen above the dashboard, so that it also works when imported. */
export const DATA_SOURCE = { type: 'prometheus', uid: `\${datasource}` }

/** The choice of a data source: ours, or in another Grafana its default one. */
export const dataSourceVariable = () =>
  new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The Prometheus that scrapes the exporter.')
    .type('prometheus')
    .current({ selected: true, text: 'Prometheus', value: PROMETHEUS_UID })
