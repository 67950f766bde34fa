import {
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DATA_SOURCE } from './data-source.ts'

/** Grafana's numbers for the kinds of query that a variable of Prometheus may have. */
const QUERY_TYPE = { labelValues: 1, result: 3 } as const

interface VariableParts {
  name: string
  label: string
  description: string
}

function variable(
  { name, label, description }: VariableParts,
  qryType: (typeof QUERY_TYPE)[keyof typeof QUERY_TYPE],
  query: string,
) {
  return (
    new QueryVariableBuilder(name)
      .label(label)
      .description(description)
      .datasource(DATA_SOURCE)
      .query({ qryType, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
      .definition(query)
      // Once: a time range that ends now changes at every refresh.
      .refresh(VariableRefresh.OnDashboardLoad)
  )
}

const labelValues = (parts: VariableParts, series: string, label: string) =>
  variable(parts, QUERY_TYPE.labelValues, `label_values(${series}, ${label})`).sort(VariableSort.NaturalAsc)

/** Values of a label, of which any number may be selected; by default all, including later ones. */
export const several = (parts: VariableParts, series: string, label = parts.name) =>
  labelValues(parts, series, label)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ selected: true, text: ['All'], value: ['$__all'] })

/** Values of a label, of which one is selected: `first` if it exists, otherwise the first in order. */
export const one = (parts: VariableParts, series: string, label: string, first: string) =>
  labelValues(parts, series, label)
    .multi(false)
    .includeAll(false)
    .current({ selected: true, text: first, value: first })

/** Values of a label, from a query. One is selected, by default the first. */
export const oneInOrder = (parts: VariableParts, query: string, label: string) =>
  variable(parts, QUERY_TYPE.result, `query_result(${query})`)
    .regex(`/${label}="([^"]+)"/`)
    .sort(VariableSort.Disabled)
    .multi(false)
    .includeAll(false)

/** Which exporters: the scrape job, and one or another of its targets. */
export const chosenJob = () => [
  several({ name: 'job', label: 'Job', description: 'The scrape job.' }, 'mood_build_info'),
  several(
    { name: 'instance', label: 'Exporter', description: 'Select exporters, if there are several.' },
    'mood_build_info{job=~"$job"}',
  ),
]

export const chosenTopics = () =>
  several(
    { name: 'topic', label: 'Topic', description: 'What the posts are about.' },
    'mood_posts_total{job=~"$job", instance=~"$instance"}',
  )

export const chosenScorer = () =>
  oneInOrder(
    {
      name: 'scorer',
      label: 'Scorer',
      description:
        'The scorer. Select one: each scorer counts every post. The scorer of the alerts is first.',
    },
    // Of the last hour, so that there are values while the exporter is down.
    `sort_desc(count by (scorer) (last_over_time(mood_topic_alert_threshold{job=~"$job"}[1h])) or 0 * count by (scorer) (last_over_time(mood_window_posts{job=~"$job", sentiment="unknown"}[1h])))`,
    'scorer',
  )

export const chosenExtractor = () =>
  one(
    { name: 'extractor', label: 'Terms', description: 'The extractor whose terms are shown.' },
    'mood_top_term_posts{job=~"$job", instance=~"$instance"}',
    'extractor',
    'hashtags',
  )

export const chosenTermWindow = () =>
  one(
    { name: 'term_window', label: 'Terms of the last', description: 'The window of the top terms.' },
    'mood_top_term_posts{job=~"$job", instance=~"$instance"}',
    'window',
    '1m',
  )
