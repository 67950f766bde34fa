import { DatasourceVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

/** UIDs of the provisioned data sources: grafana/provisioning/datasources. */
export const PROMETHEUS_UID = 'prometheus'
export const LOKI_UID = 'loki'

/** What panels read: the data source that is chosen above the dashboard, so that it also works when imported. */
export const DATA_SOURCE = { type: 'prometheus', uid: `\${datasource}` }

/** The choice of a data source of a type: ours, or in another Grafana its default one. */
const choiceOf = (
  name: string,
  label: string,
  description: string,
  type: string,
  text: string,
  uid: string,
) =>
  new DatasourceVariableBuilder(name)
    .label(label)
    .description(description)
    .type(type)
    .current({ selected: true, text, value: uid })

export const dataSourceVariable = () =>
  choiceOf(
    'datasource',
    'Data source',
    'The Prometheus that scrapes the exporter.',
    'prometheus',
    'Prometheus',
    PROMETHEUS_UID,
  )

/** What panels of posts read. */
export const LOKI_SOURCE = { type: 'loki', uid: `\${loki}` }

/** Without a Loki only the panels of posts show an error. */
export const lokiVariable = () =>
  choiceOf('loki', 'Posts from', 'The Loki that the output `loki` writes to.', 'loki', 'Loki', LOKI_UID)
