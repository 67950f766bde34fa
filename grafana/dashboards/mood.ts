import { DashboardBuilder, DashboardCursorSync } from '@grafana/grafana-foundation-sdk/dashboard'
import { behind } from './mood/behind.ts'
import { present } from './mood/now.ts'
import { posts } from './mood/posts.ts'
import { sources } from './mood/sources.ts'
import { spikes } from './mood/spikes.ts'
import { terms } from './mood/terms.ts'
import { marks, OTHER_ALERTS, TOPIC_ALERTS } from './shared/alerts.ts'
import { COLOURS } from './shared/colours.ts'
import { dataSourceVariable, lokiVariable } from './shared/data-source.ts'
import { place } from './shared/layout.ts'
import { MOOD_UID, toAlertmanager, toAlertRules, toBrands, toExporter, toTrends } from './shared/links.ts'
import {
  chosenExtractor,
  chosenJob,
  chosenScorer,
  chosenTermWindow,
  chosenTopics,
  one,
  several,
} from './shared/variables.ts'

const variables = () => [
  dataSourceVariable(),
  ...chosenJob(),
  chosenTopics(),
  several(
    {
      name: 'source',
      label: 'Source',
      description:
        'The sources of the posts. Event-time windows and top terms combine all sources, so this applies to the sections by source and of posts only.',
    },
    'mood_posts_total{job=~"$job", instance=~"$instance"}',
  ),
  chosenScorer(),
  one(
    {
      name: 'window',
      label: 'Window',
      description: 'The size of the event-time windows of scores and shares.',
    },
    'mood_window_posts{job=~"$job", instance=~"$instance"}',
    'window',
    '1m',
  ),
  chosenExtractor(),
  chosenTermWindow(),
  lokiVariable(),
]

/** The mood of the topics, live. */
export const moodDashboard = () =>
  place(
    new DashboardBuilder('Mood')
      .uid(MOOD_UID)
      .description('Sentiment of the posts on your topics, top terms, and unusual changes.')
      .tags(['mood-exporter'])
      .readonly()
      .time({ from: 'now-15m', to: 'now' })
      .refresh('5s')
      .tooltip(DashboardCursorSync.Crosshair)
      .links([toBrands(), toTrends(), toExporter(), toAlertRules(), toAlertmanager()])
      .variables(variables())
      .annotations([
        marks('Alerts on topics', TOPIC_ALERTS, COLOURS.negative, ['topic']),
        marks('Alerts on the exporter', OTHER_ALERTS, COLOURS.reference, ['source', 'plugin', 'instance']),
      ]),
    [present(), posts(), terms(), spikes(), sources(), behind()],
  )
