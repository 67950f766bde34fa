import { DashboardBuilder, DashboardCursorSync } from '@grafana/grafana-foundation-sdk/dashboard'
import { dataSourceVariable } from './shared/data-source.ts'
import { place } from './shared/layout.ts'
import { TRENDS_UID, toAlertmanager, toAlertRules, toExporter, toMood } from './shared/links.ts'
import { chosenJob, one } from './shared/variables.ts'
import { course } from './trends/course.ts'
import { list } from './trends/list.ts'
import { writing } from './trends/posts.ts'

const variables = () => [
  dataSourceVariable(),
  ...chosenJob(),
  one(
    { name: 'source', label: 'Ranking', description: 'Which ranking: the source that reads it.' },
    'mood_ranking_list_timestamp_seconds{job=~"$job", instance=~"$instance"}',
    'source',
    'signal',
  ),
  one(
    { name: 'window', label: 'Window', description: 'The window of shares and mean ranks.' },
    'mood_ranking_window_snapshots{job=~"$job", instance=~"$instance"}',
    'window',
    '1h',
  ),
  one(
    {
      name: 'term_window',
      label: 'Posts of the last',
      description: 'The window of posts that mention the terms, of the extractor `trends`.',
    },
    'mood_top_term_posts{job=~"$job", instance=~"$instance", extractor="trends"}',
    'window',
    '1h',
  ),
]

/** What trends: rankings such as trending searches, and what is written about their terms. */
export const trendsDashboard = () =>
  place(
    new DashboardBuilder('Trends')
      .uid(TRENDS_UID)
      .description(
        'Trending terms: the current list, how long each term has been listed, and the posts about it.',
      )
      .tags(['mood-exporter'])
      .readonly()
      .time({ from: 'now-24h', to: 'now' })
      .refresh('1m')
      .tooltip(DashboardCursorSync.Crosshair)
      .links([toMood(), toExporter(), toAlertRules(), toAlertmanager()])
      .variables(variables()),
    [list(), course(), writing()],
  )
