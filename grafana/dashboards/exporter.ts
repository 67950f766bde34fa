import { DashboardBuilder, DashboardCursorSync } from '@grafana/grafana-foundation-sdk/dashboard'
import { delaySection } from './exporter/delay.ts'
import { flow } from './exporter/flow.ts'
import { present } from './exporter/now.ts'
import { operation } from './exporter/operation.ts'
import { plugins } from './exporter/plugins.ts'
import { processSection } from './exporter/process.ts'
import { queues } from './exporter/queues.ts'
import { marks, OTHER_ALERTS } from './shared/alerts.ts'
import { COLOURS } from './shared/colours.ts'
import { dataSourceVariable } from './shared/data-source.ts'
import { place } from './shared/layout.ts'
import { EXPORTER_UID, toAlertmanager, toAlertRules, toMood } from './shared/links.ts'
import { chosenJob, several } from './shared/variables.ts'

const variables = () => [
  dataSourceVariable(),
  ...chosenJob(),
  several(
    { name: 'source', label: 'Source', description: 'Where the posts come from.' },
    'mood_source_up{job=~"$job", instance=~"$instance"}',
  ),
]

/** The state of the exporter itself: for its operator. */
export const exporterDashboard = () =>
  place(
    new DashboardBuilder('Exporter')
      .uid(EXPORTER_UID)
      .description('The state of the exporter: input, losses, delays and resource use.')
      .tags(['mood-exporter'])
      .readonly()
      .time({ from: 'now-15m', to: 'now' })
      .refresh('5s')
      .tooltip(DashboardCursorSync.Crosshair)
      .links([toMood(), toAlertRules(), toAlertmanager()])
      .variables(variables())
      .annotations([
        marks('Alerts on the exporter', OTHER_ALERTS, COLOURS.negative, ['source', 'plugin', 'instance']),
      ]),
    [present(), flow(), delaySection(), queues(), plugins(), processSection(), operation()],
  )
