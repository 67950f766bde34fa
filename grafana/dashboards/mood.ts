import { DashboardBuilder, DashboardCursorSync } from '@grafana/grafana-foundation-sdk/dashboard'
import { present } from './mood/now.ts'
import { posts } from './mood/posts.ts'
import { sources } from './mood/sources.ts'
import { spikes } from './mood/spikes.ts'
import { terms } from './mood/terms.ts'
import { marks, OTHER_ALERTS, TOPIC_ALERTS } from './shared/alerts.ts'
import { COLOURS } from './shared/colours.ts'
import { dataSourceVariable } from './shared/data-source.ts'
import { place } from './shared/layout.ts'
import { MOOD_UID, toAlertmanager, toAlertRules, toExporter } from './shared/links.ts'
import { one, oneInOrder, several } from './shared/variables.ts'

const variables = () => [
  dataSourceVariable(),
  several({ name: 'topic', label: 'Topic', description: 'What the posts are about.' }, 'mood_posts_total'),
  several(
    {
      name: 'source',
      label: 'Source',
      description:
        'Where the posts come from. Event-time windows and top terms are made of all sources together, so this counts in the last section only.',
    },
    'mood_posts_total',
  ),
  oneInOrder(
    {
      name: 'scorer',
      label: 'Scorer',
      description:
        'Who judges. One at a time, as each scorer counts every post; the one that the alerts go by comes first.',
    },
    // An hour back, so that there is a choice while the exporter is down.
    `sort_desc(count by (scorer) (last_over_time(mood_topic_alert_threshold[1h])) or 0 * count by (scorer) (last_over_time(mood_window_posts{sentiment="unknown"}[1h])))`,
    'scorer',
  ),
  one(
    {
      name: 'window',
      label: 'Window',
      description: 'The size of the event-time windows of scores and shares.',
    },
    'mood_window_posts',
    'window',
    '1m',
  ),
  one(
    { name: 'extractor', label: 'Terms', description: 'Which kind of terms is shown.' },
    'mood_top_term_posts',
    'extractor',
    'hashtags',
  ),
  one(
    { name: 'term_window', label: 'Terms of the last', description: 'The window that terms are counted in.' },
    'mood_top_term_posts',
    'window',
    '1m',
  ),
]

/** What people feel about the topics, as it happens. */
export const moodDashboard = () =>
  place(
    new DashboardBuilder('Mood')
      .uid(MOOD_UID)
      .description(
        'How people feel about your topics: sentiment of posts, top terms, and what is unusual about them.',
      )
      .tags(['mood-exporter'])
      .editable()
      .time({ from: 'now-15m', to: 'now' })
      .refresh('5s')
      .tooltip(DashboardCursorSync.Crosshair)
      .links([toExporter(), toAlertRules(), toAlertmanager()])
      .variables(variables())
      .annotations([
        marks('Turns of mood', TOPIC_ALERTS, COLOURS.negative, ['topic']),
        marks('Trouble with the exporter', OTHER_ALERTS, COLOURS.reference, ['source', 'plugin', 'instance']),
      ]),
    [present(), posts(), terms(), spikes(), sources()],
  )
