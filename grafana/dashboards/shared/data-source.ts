import { DatasourceVariableBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

/** UIDs of the provisioned data sources: grafana/provisioning/datasources. */
export const PROMETHEUS_UID = 'prometheus'
export const LOKI_UID = 'loki'

/** The selected data source of panels: a variable, so that dashboards also work when imported. */
export const DATA_SOURCE = { type: 'prometheus', uid: `\${datasource}` }

/** A variable for a data source of a type: by default the provisioned one, in another Grafana its default one. */
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

/** The selected data source of panels with posts. */
export const LOKI_SOURCE = { type: 'loki', uid: `\${loki}` }

/** Without a Loki only the panels of posts show an error. */
export const lokiVariable = () =>
  choiceOf('loki', 'Posts from', 'The Loki that the output `loki` writes to.', 'loki', 'Loki', LOKI_UID)
