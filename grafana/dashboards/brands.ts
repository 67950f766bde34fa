import { DashboardBuilder, DashboardCursorSync } from '@grafana/grafana-foundation-sdk/dashboard'
import { changes } from './brands/changes.ts'
import { sentiment } from './brands/net.ts'
import { volumes } from './brands/voice.ts'
import { marks, TOPIC_ALERTS } from './shared/alerts.ts'
import { COLOURS } from './shared/colours.ts'
import { dataSourceVariable } from './shared/data-source.ts'
import { place } from './shared/layout.ts'
import { BRANDS_UID, toAlertmanager, toAlertRules, toExporter, toMood } from './shared/links.ts'
import {
  chosenExtractor,
  chosenJob,
  chosenScorer,
  chosenTermWindow,
  chosenTopics,
  several,
} from './shared/variables.ts'

const variables = () => [
  dataSourceVariable(),
  ...chosenJob(),
  chosenTopics(),
  several(
    {
      name: 'panel',
      label: 'Compared with',
      description:
        'The topics that make up 100 % of the share of voice. Leave out a topic that is about everything.',
    },
    'mood_posts_total{job=~"$job"}',
    'topic',
  ),
  chosenScorer(),
  chosenExtractor(),
  chosenTermWindow(),
]

/** How topics compare, over days and weeks. */
export const brandsDashboard = () =>
  place(
    new DashboardBuilder('Brands')
      .uid(BRANDS_UID)
      .description(
        'Topics compared: volume, share of voice and net sentiment, with the day and the week before.',
      )
      .tags(['mood-exporter'])
      .readonly()
      .time({ from: 'now-7d', to: 'now' })
      .refresh('1m')
      .tooltip(DashboardCursorSync.Crosshair)
      .links([toMood(), toExporter(), toAlertRules(), toAlertmanager()])
      .variables(variables())
      .annotations([marks('Alerts on topics', TOPIC_ALERTS, COLOURS.negative, ['topic'], '2m')]),
    [changes(), volumes(), sentiment()],
  )
